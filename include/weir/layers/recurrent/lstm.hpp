// Long short-term memory (Hochreiter, Schmidhuber 1997), with forget gate (Gers, Schmidhuber, Cummins 2000):
//
//   i = sigmoid(W_i x + U_i h + b_i)      f = sigmoid(W_f x + U_f h + b_f)
//   g = tanh   (W_g x + U_g h + b_g)      o = sigmoid(W_o x + U_o h + b_o)
//   c' = f c + i g                        h' = o tanh c'
//
//   W: 4 units x in     U: 4 units x units     b: 4 units
//
// Rows of W, U and b: i, f, g, o, as in PyTorch, whose two biases add up to b, and in Keras, which calls g c.
//
// With `peephole` (Gers, Schraudolph, Schmidhuber 2002), i and f also see p_i c and p_f c, and o sees p_o c'.
//
// Options that recurrent layers share: layers/recurrent.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/recurrent/recurrent.hpp>
#include <weir/simd/gates.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct LstmOptions {
  Returns returns = Returns::last;
  double recurrent_dropout = 0.0;
  bool learned_state = false;
  Index truncate = 0;
  bool reverse = false;
  bool peephole = false;
  double forget_bias = 1.0;  ///< what b_f starts from (Jozefowicz, Zaremba, Sutskever 2015)

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::recurrent_fields(visit, o);
    visit("peephole", o.peephole, "the gates see the cell, too");
    visit("forget_bias", o.forget_bias, RealRange{-1e6, 1e6}, "what the bias of the forget gate starts from");
  }
};

template <class T = float, Index In = dyn, Index Units = dyn>
struct Lstm : Recurrent<Lstm<T, In, Units>, T> {
  using Cache = detail::RecurrentCache<Lstm>;
  using StepCache = detail::RecurrentStepCache<Lstm>;
  static constexpr std::string_view kind = "lstm";
  static constexpr Index in_channels = In;
  static constexpr Index blocks = 4;
  static constexpr bool has_cell = true;

  Tensor<T, detail::times(4, Units), In> weight;
  Tensor<T, detail::times(4, Units), Units> recurrent_weight;
  Tensor<T, detail::times(4, Units)> bias;
  Tensor<T, Units, 3> peephole;    ///< i, f, o; used with that option only
  Tensor<T, Units> initial_state;  ///< h and c before the first step: zero unless learned
  Tensor<T, Units> initial_cell;
  LstmOptions options;

  Lstm() = default;
  explicit Lstm(LstmOptions chosen) requires(In != dyn && Units != dyn) : options(chosen) {
    checked_fields(kind, chosen);
  }
  Lstm(Index in, Index units, LstmOptions chosen = {})
      : weight(4 * checked_fields(kind, Settings{units, chosen}).units, in),
        recurrent_weight(4 * units, units),
        bias(4 * units),
        peephole(units, Index{3}),
        initial_state(units),
        initial_cell(units),
        options(chosen) {}

  [[nodiscard]] Index in() const { return weight.extents()[1]; }
  [[nodiscard]] Index units() const { return initial_state.size(); }
  [[nodiscard]] Index recurrent() const { return units(); }
  [[nodiscard]] static constexpr Index made_outputs() { return 0; }
  [[nodiscard]] static constexpr Index own_outputs() { return 0; }
  [[nodiscard]] static constexpr Index spare() { return 0; }
  [[nodiscard]] static constexpr bool carries() { return false; }
  [[nodiscard]] static constexpr bool own_recurrent() { return false; }
  [[nodiscard]] Index flops(Shape input) const { return 8 * units() * (in() + units()) * input.length; }

  void init(Rng& rng) {
    initialize(weight.view(), Initializer::glorot_uniform, in(), 4 * units(), rng);
    detail::initialize_orthogonal(recurrent_weight.view(), rng);
    bias.fill(T(0));
    std::fill_n(bias.data() + units(), units(), static_cast<T>(options.forget_bias));
    for (auto* zero : {&initial_state, &initial_cell}) zero->fill(T(0));
    peephole.fill(T(0));
  }

  /// The weights in the form that products take.
  struct Packs {
    simd::PackedRows<T> rows;     ///< [W U]
    simd::PackedRows<T> columns;  ///< U^T

    [[nodiscard]] static double size(const Lstm& layer) {
      return simd::PackedRows<T>::bytes(4 * layer.units(), layer.in() + layer.units());
    }
    void prepare(const Lstm& layer, bool training) {
      rows = simd::PackedRows<T>(4 * layer.units(), layer.in() + layer.units());
      if (training) columns = simd::PackedRows<T>(layer.units(), 4 * layer.units());
    }
    void pack(const Lstm& layer) {
      rows.pack(layer.w(), 0, layer.in());
      rows.pack(layer.u(), layer.in(), layer.units());
    }
    void pack_backward(const Lstm& layer) { columns.pack(layer.u().transposed()); }
  };

  void step_forward(const detail::RecurrentStep<T>& at, const Packs& packs) const {
    const Index n = units();
    detail::affine(at, packs.rows, 4 * n, in(), n, w(), u(), at.sums, 4 * n, bias.data());
    for (Index j = 0; j < at.count; ++j) simd::lstm_forward(n, column(at, j));
  }

  void step_backward(const detail::RecurrentStep<T>& at, const detail::RecurrentSlopes<T>& slopes,
                     const Packs& packs, Lstm& grad) const {
    const Index n = units();
    for (Index j = 0; j < at.count; ++j) {
      const simd::LstmColumn<T> here = column(at, j);
      simd::lstm_backward(n, here, slopes.state + j * n, slopes.cell + j * n, grad.bias.data());
      if (!options.peephole) continue;
      add_products(n, here.sums, here.c_before, grad.peephole.data());
      add_products(n, here.sums + n, here.c_before, grad.peephole.data() + n);
      add_products(n, here.sums + 3 * n, here.c, grad.peephole.data() + 2 * n);
    }
    if (!slopes.before) return;
    packs.columns.product(at.count, simd::columns<T>(at.sums, 4 * n), slopes.recurrent, n, simd::Init::zero);
  }

  /// Adds dL/d[W U], given dL/d(sums) of some steps, to `sums`.
  void add_gradients(Index columns, const T* inputs, const T* slopes, T* sums, Lstm&) const {
    const Index rows = 4 * units(), height = in() + units();
    simd::add_product<T>(rows, height, columns, simd::columns(slopes, rows),
                         simd::columns(inputs, height).transposed(), sums, rows);
  }
  void finish_gradients(const T* sums, Lstm& grad) const {
    const Index rows = 4 * units();
    simd::add(rows * in(), sums, grad.weight.data());
    simd::add(rows * units(), sums + rows * in(), grad.recurrent_weight.data());
  }
  void input_gradient(Index columns, const T* slopes, T* dx) const {
    simd::gemm<T>(in(), columns, 4 * units(), w().transposed(), simd::columns(slopes, 4 * units()), dx, in(),
                  simd::Init::zero);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    f(Role::weight, "recurrent_weight", layer.recurrent_weight.view()...);
    f(Role::bias, "bias", layer.bias.view()...);
    if ((layer.options.peephole && ...)) f(Role::bias, "peephole", layer.peephole.view()...);
    if ((layer.options.learned_state && ...)) {
      f(Role::bias, "initial_state", layer.initial_state.view()...);
      f(Role::bias, "initial_cell", layer.initial_cell.view()...);
    }
  }

  using Settings = detail::RecurrentSettings<LstmOptions>;
  [[nodiscard]] Settings settings() const { return {units(), options}; }
  [[nodiscard]] static Lstm made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto units = static_cast<double>(s.units);
    const double others = (s.options.peephole ? 3.0 : 0.0) + (s.options.learned_state ? 2.0 : 0.0);
    return units * (4.0 * (static_cast<double>(input.channels) + units + 1.0) + others);
  }

  [[nodiscard]] simd::Strided<T> w() const { return simd::columns(weight.data(), 4 * units()); }
  [[nodiscard]] simd::Strided<T> u() const { return simd::columns(recurrent_weight.data(), 4 * units()); }

 private:
  [[nodiscard]] simd::LstmColumn<T> column(const detail::RecurrentStep<T>& at, Index j) const {
    const Index n = units();
    return {at.sums + j * 4 * n,  at.cell_before + j * n,   at.cell + j * n,
            at.tanh_cell + j * n, at.state + j * at.stride, options.peephole ? peephole.data() : nullptr};
  }
  static void add_products(Index count, const T* a, const T* b, T* sums) {
    simd::detail::each_register<T>(count, [&](Index i, auto access) {
      access(sums + i, simd::fma<T>(access(a + i), access(b + i), access(sums + i)));
    });
  }
};

Lstm(Index, Index, LstmOptions)->Lstm<float>;
Lstm(Index, Index)->Lstm<float>;

}  // namespace weir::inline WEIR_ABI
