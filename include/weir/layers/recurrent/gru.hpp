// Gated recurrent unit (Cho et al. 2014):
//
//   r = sigmoid(W_r x + U_r h + b_r)        z = sigmoid(W_z x + U_z h + b_z)
//   n = tanh(W_n x + b_n + r (U_n h + b'))      reset_after: the default, as in PyTorch, cuDNN and Keras
//   n = tanh(W_n x + b_n + U_n (r h))           otherwise: the paper's
//   h' = (1 - z) n + z h
//
// Rows of W, U and b: r, z, n, as in PyTorch (Keras: z, r, h). b' is `recurrent_bias`; the second biases that
// PyTorch and Keras have for r and z add up with the first ones.
//   W: 3 units x in     U: 3 units x units     b: 3 units     b': units
//
// Options that recurrent layers share: layers/recurrent.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/recurrent/recurrent.hpp>
#include <weir/simd/gates.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct GruOptions {
  Returns returns = Returns::last;
  double recurrent_dropout = 0.0;
  bool learned_state = false;
  Index truncate = 0;
  bool reverse = false;
  bool reset_after = true;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::recurrent_fields(visit, o);
    visit("reset_after", o.reset_after, "the reset gate acts behind the product with the state");
  }
};

template <class T = float, Index In = dyn, Index Units = dyn>
struct Gru : Recurrent<Gru<T, In, Units>, T> {
  using Cache = detail::RecurrentCache<Gru>;
  using StepCache = detail::RecurrentStepCache<Gru>;
  static constexpr std::string_view kind = "gru";
  static constexpr Index in_channels = In;
  /// Of the scratch: r; z; nh, the part of n from h (or r h where the reset comes first); nx, from x.
  static constexpr Index blocks = 4;
  static constexpr bool has_cell = false;

  Tensor<T, detail::times(3, Units), In> weight;
  Tensor<T, detail::times(3, Units), Units> recurrent_weight;
  Tensor<T, detail::times(3, Units)> bias;
  Tensor<T, Units> recurrent_bias;  ///< with reset_after only
  Tensor<T, Units> initial_state;   ///< h before the first step: zero unless learned
  GruOptions options;

  Gru() = default;
  explicit Gru(GruOptions chosen) requires(In != dyn && Units != dyn) : options(chosen) {
    checked_fields(kind, chosen);
  }
  Gru(Index in, Index units, GruOptions chosen = {})
      : weight(3 * checked_fields(kind, Settings{units, chosen}).units, in),
        recurrent_weight(3 * units, units),
        bias(3 * units),
        recurrent_bias(units),
        initial_state(units),
        options(chosen) {}

  [[nodiscard]] Index in() const { return weight.extents()[1]; }
  [[nodiscard]] Index units() const { return initial_state.size(); }
  [[nodiscard]] Index recurrent() const { return units(); }
  [[nodiscard]] static constexpr Index made_outputs() { return 0; }
  [[nodiscard]] static constexpr Index own_outputs() { return 0; }
  [[nodiscard]] static constexpr Index spare() { return 0; }
  [[nodiscard]] static constexpr bool carries() { return true; }
  [[nodiscard]] bool own_recurrent() const { return !options.reset_after; }
  [[nodiscard]] Index flops(Shape input) const { return 6 * units() * (in() + units()) * input.length; }

  void init(Rng& rng) {
    initialize(weight.view(), Initializer::glorot_uniform, in(), 3 * units(), rng);
    detail::initialize_orthogonal(recurrent_weight.view(), rng);
    bias.fill(T(0));
    recurrent_bias.fill(T(0));
    initial_state.fill(T(0));
  }

  /// The weights in the form that products take.
  struct Packs {
    simd::PackedRows<T> gates;          ///< [W U] of r and z
    simd::PackedRows<T> input;          ///< W_n
    simd::PackedRows<T> candidate;      ///< U_n
    simd::PackedRows<T> gate_columns;   ///< U^T of r and z, with reset_after of n too
    simd::PackedRows<T> reset_columns;  ///< U_n^T, without reset_after

    [[nodiscard]] static double size(const Gru& layer) {
      const Index n = layer.units(), in = layer.in();
      using Rows = simd::PackedRows<T>;
      return Rows::bytes(2 * n, in + n) + Rows::bytes(n, in) + Rows::bytes(n, n);
    }
    void prepare(const Gru& layer, bool training) {
      const Index n = layer.units(), in = layer.in();
      gates = simd::PackedRows<T>(2 * n, in + n);
      input = simd::PackedRows<T>(n, in);
      candidate = simd::PackedRows<T>(n, n);
      if (!training) return;
      gate_columns = simd::PackedRows<T>(n, (layer.options.reset_after ? 3 : 2) * n);
      if (!layer.options.reset_after) reset_columns = simd::PackedRows<T>(n, n);
    }
    void pack(const Gru& layer) {
      const Index n = layer.units(), in = layer.in();
      gates.pack(layer.w(0), 0, in);
      gates.pack(layer.u(0), in, n);
      input.pack(layer.w(2));
      candidate.pack(layer.u(2));
    }
    void pack_backward(const Gru& layer) {
      gate_columns.pack(layer.u(0).transposed());
      if (!layer.options.reset_after) reset_columns.pack(layer.u(2).transposed());
    }
  };

  void step_forward(const detail::RecurrentStep<T>& at, const Packs& packs) const {
    const Index n = units(), rows = 4 * n, height = in() + n;
    detail::affine(at, packs.gates, 2 * n, in(), n, w(0), u(0), at.sums, rows, bias.data());
    const simd::Strided<T> x = simd::columns(at.inputs, height), h = simd::columns(at.inputs + in(), height);
    multiply(packs.input, w(2), in(), at.count, x, at.sums + 3 * n, simd::Init::bias, bias.data() + 2 * n);
    if (options.reset_after) {
      multiply(packs.candidate, u(2), at.from_zero ? 0 : n, at.count, h, at.sums + 2 * n, simd::Init::bias,
               recurrent_bias.data());
      for (Index j = 0; j < at.count; ++j) {
        simd::gru_forward(n, at.sums + j * rows, at.before + j * at.stride, at.state + j * at.stride);
      }
      return;
    }
    for (Index j = 0; j < at.count; ++j) {
      simd::gru_reset_forward(n, at.sums + j * rows, at.inputs + in() + j * height);
    }
    multiply(packs.candidate, u(2), at.from_zero ? 0 : n, at.count, simd::columns<T>(at.sums + 2 * n, rows),
             at.sums + 3 * n, simd::Init::add, nullptr);
    for (Index j = 0; j < at.count; ++j) {
      simd::gru_update_forward(n, at.sums + j * rows, at.before + j * at.stride, at.state + j * at.stride);
    }
  }

  void step_backward(const detail::RecurrentStep<T>& at, const detail::RecurrentSlopes<T>& slopes,
                     const Packs& packs, Gru& grad) const {
    const Index n = units(), rows = 4 * n;
    if (options.reset_after) {
      for (Index j = 0; j < at.count; ++j) {
        simd::gru_backward(n, at.sums + j * rows, at.before + j * at.stride, slopes.state + j * n,
                           grad.bias.data(), grad.recurrent_bias.data());
      }
      if (!slopes.before) return;
      packs.gate_columns.product(at.count, simd::columns<T>(at.sums, rows), slopes.recurrent, n,
                                 slopes.recurrent == slopes.state ? simd::Init::add : simd::Init::zero);
      return;
    }
    for (Index j = 0; j < at.count; ++j) {
      simd::gru_update_backward(n, at.sums + j * rows, at.before + j * at.stride, slopes.state + j * n);
    }
    packs.reset_columns.product(at.count, simd::columns<T>(at.sums + 3 * n, rows), slopes.recurrent, n,
                                simd::Init::zero);
    for (Index j = 0; j < at.count; ++j) {
      simd::gru_reset_backward(n, at.sums + j * rows, at.inputs + in() + j * (in() + n),
                               slopes.recurrent + j * n);
    }
    if (!slopes.before) return;
    packs.gate_columns.product(at.count, simd::columns<T>(at.sums, rows), slopes.recurrent, n,
                               simd::Init::add);
  }

  /// Adds dL/d[W U] of r and z, dL/dW_n and dL/dU_n, given dL/d(sums) of some steps, to `sums`. Without
  /// reset_after, r h stands where dL/d(nh) would, and the bias is still to come.
  void add_gradients(Index columns, const T* inputs, const T* slopes, T* sums, Gru& grad) const {
    const Index n = units(), rows = 4 * n, height = in() + n;
    const simd::Strided<T> from = simd::columns(inputs, height).transposed();
    simd::add_product<T>(2 * n, height, columns, simd::columns(slopes, rows), from, sums, 2 * n);
    const simd::Strided<T> candidate = simd::columns(slopes + 3 * n, rows);
    const simd::Strided<T> hidden = simd::columns(slopes + 2 * n, rows);
    simd::add_product<T>(n, in(), columns, candidate, from, sums + 2 * n * height, n);
    const simd::Strided<T> state = simd::columns(inputs + in(), height).transposed();
    simd::add_product<T>(n, n, columns, options.reset_after ? hidden : candidate,
                         options.reset_after ? state : hidden.transposed(), sums + n * (2 * height + in()),
                         n);
    if (options.reset_after) return;
    for (Index j = 0; j < columns; ++j) {
      const T* column = slopes + j * rows;
      simd::add(2 * n, column, grad.bias.data());
      simd::add(n, column + 3 * n, grad.bias.data() + 2 * n);
    }
  }
  void finish_gradients(const T* sums, Gru& grad) const {
    const Index n = units(), height = in() + n;
    const T* candidate = sums + 2 * n * height;
    for (Index j = 0; j < height; ++j) {
      T* to = j < in() ? grad.weight.data() + j * 3 * n : grad.recurrent_weight.data() + (j - in()) * 3 * n;
      simd::add(2 * n, sums + j * 2 * n, to);
      simd::add(n, candidate + j * n, to + 2 * n);
    }
  }
  void input_gradient(Index columns, const T* slopes, T* dx) const {
    const Index n = units(), rows = 4 * n;
    simd::gemm<T>(in(), columns, 2 * n, w(0).transposed(), simd::columns(slopes, rows), dx, in(),
                  simd::Init::zero);
    simd::gemm<T>(in(), columns, n, w(2).transposed(), simd::columns(slopes + 3 * n, rows), dx, in(),
                  simd::Init::add);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    f(Role::weight, "recurrent_weight", layer.recurrent_weight.view()...);
    f(Role::bias, "bias", layer.bias.view()...);
    if ((layer.options.reset_after && ...)) f(Role::bias, "recurrent_bias", layer.recurrent_bias.view()...);
    if ((layer.options.learned_state && ...)) f(Role::bias, "initial_state", layer.initial_state.view()...);
  }

  using Settings = detail::RecurrentSettings<GruOptions>;
  [[nodiscard]] Settings settings() const { return {units(), options}; }
  [[nodiscard]] static Gru made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto units = static_cast<double>(s.units);
    const double others = (s.options.reset_after ? 1.0 : 0.0) + (s.options.learned_state ? 1.0 : 0.0);
    return units * (3.0 * (static_cast<double>(input.channels) + units + 1.0) + others);
  }

 private:
  /// Rows of W and U from gate number `gate` on.
  [[nodiscard]] simd::Strided<T> w(Index gate) const {
    return simd::columns(weight.data() + gate * units(), 3 * units());
  }
  [[nodiscard]] simd::Strided<T> u(Index gate) const {
    return simd::columns(recurrent_weight.data() + gate * units(), 3 * units());
  }

  /// A product of `units` rows of a weight matrix, packed or not.
  void multiply(const simd::PackedRows<T>& packed, const simd::Strided<T>& a, Index depth, Index count,
                const simd::Strided<T>& b, T* to, simd::Init init, const T* start) const {
    if (packed.rows() > 0) {
      packed.product(count, depth, b, to, 4 * units(), init, start);
    } else {
      simd::gemm<T>(units(), count, depth, a, b, to, 4 * units(), init, start);
    }
  }
};

Gru(Index, Index, GruOptions)->Gru<float>;
Gru(Index, Index)->Gru<float>;

}  // namespace weir::inline WEIR_ABI
