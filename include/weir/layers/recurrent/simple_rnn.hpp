// Simple recurrent network (Elman 1990; Jordan 1986):
//
//   h_t = f(W x_t + U h_{t-1} + b)        f: tanh, relu, sigmoid or identity
//   y_t = g(V h_t + c)                    with `outputs`; otherwise y_t = h_t
//
// With feedback = output, U multiplies y_{t-1} in the place of h_{t-1} (Jordan).
//   W: units x in     U: units x units (units x outputs)     b: units     V: outputs x units     c: outputs
//
// Options that recurrent layers share: layers/recurrent.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/recurrent/recurrent.hpp>
#include <weir/simd/math.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class RecurrentActivation : unsigned char { tanh, relu, sigmoid, identity };
/// What U multiplies.
enum class Feedback : unsigned char { state, output };

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(RecurrentActivation) noexcept {
  return {"tanh", "relu", "sigmoid", "identity"};
}
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(Feedback) noexcept {
  return {"state", "output"};
}

namespace detail {
/// x becomes f(x).
template <class T>
void activate(RecurrentActivation activation, Index count, T* x) {
  using V = simd::Simd<T>;
  switch (activation) {
    case RecurrentActivation::tanh:
      return simd::transform(count, x, x, [](const V& v) { return simd::tanh<T>(v); });
    case RecurrentActivation::relu:  // in this order NaN stays NaN
      return simd::transform(count, x, x, [](const V& v) { return xsimd::max(V(T(0)), v); });
    case RecurrentActivation::sigmoid:
      return simd::transform(count, x, x, [](const V& v) { return simd::sigmoid<T>(v); });
    case RecurrentActivation::identity: return;
  }
}

/// to = dy f'(x), given y = f(x). `to` may be y.
template <class T>
void through_activation(RecurrentActivation activation, Index count, const T* y, const T* dy, T* to) {
  using V = simd::Simd<T>;
  const V one(T(1));
  switch (activation) {
    case RecurrentActivation::tanh:
      return simd::transform(count, y, dy, to,
                             [&](const V& v, const V& d) { return d * simd::fma<T>(-v, v, one); });
    case RecurrentActivation::relu:
      return simd::transform(count, y, dy, to,
                             [](const V& v, const V& d) { return xsimd::select(v > V(T(0)), d, V(T(0))); });
    case RecurrentActivation::sigmoid:
      return simd::transform(count, y, dy, to, [&](const V& v, const V& d) { return d * v * (one - v); });
    case RecurrentActivation::identity: std::copy_n(dy, count, to);
  }
}
}  // namespace detail

struct SimpleRnnOptions {
  Returns returns = Returns::last;
  RecurrentActivation activation = RecurrentActivation::tanh;
  Index outputs = 0;  ///< 0: y = h, without V and c
  RecurrentActivation output_activation = RecurrentActivation::identity;
  Feedback feedback = Feedback::state;
  double recurrent_dropout = 0.0;
  bool learned_state = false;
  Index truncate = 0;
  bool reverse = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::recurrent_fields(visit, o);
    visit("activation", o.activation, "f, of the state");
    visit("outputs", o.outputs, IntegerRange{0, detail::recurrent_units_range.high},
          "size of y = g(V h + c); 0: y is the state");
    visit("output_activation", o.output_activation, "g");
    visit("feedback", o.feedback, "what U multiplies: the state (Elman), or the output (Jordan)");
    visit.refuse(o.feedback == Feedback::output && o.outputs == 0, "feedback", "needs 'outputs'");
  }
};

template <class T = float, Index In = dyn, Index Units = dyn>
struct SimpleRnn : Recurrent<SimpleRnn<T, In, Units>, T> {
  using Cache = detail::RecurrentCache<SimpleRnn>;
  using StepCache = detail::RecurrentStepCache<SimpleRnn>;
  static constexpr std::string_view kind = "simple_rnn";
  static constexpr Index in_channels = In;
  static constexpr Index blocks = 1;
  static constexpr bool has_cell = false;

  Tensor<T, Units, In> weight;
  Tensor<T, Units, dyn> recurrent_weight;
  Tensor<T, Units> bias;
  Tensor<T, dyn, Units> output_weight;
  Tensor<T, dyn> output_bias;
  Tensor<T, dyn> initial_state;  ///< before the first step: zero unless learned
  SimpleRnnOptions options;

  SimpleRnn() requires(In == dyn || Units == dyn) = default;
  explicit SimpleRnn(SimpleRnnOptions chosen = {}) requires(In != dyn && Units != dyn)
      : SimpleRnn(In, Units, chosen) {}
  SimpleRnn(Index in, Index units, SimpleRnnOptions chosen = {})
      : weight(checked_fields(kind, Settings{units, chosen}).units, in),
        recurrent_weight(units, state_rows(units, chosen)),
        bias(units),
        output_weight(chosen.outputs, units),
        output_bias(chosen.outputs),
        initial_state(state_rows(units, chosen)),
        options(chosen) {}

  [[nodiscard]] Index in() const { return weight.extents()[1]; }
  [[nodiscard]] Index units() const { return bias.size(); }
  [[nodiscard]] Index recurrent() const { return initial_state.size(); }
  [[nodiscard]] Index made_outputs() const { return options.outputs; }
  [[nodiscard]] Index own_outputs() const { return jordan() ? 0 : options.outputs; }
  [[nodiscard]] Index spare() const { return options.outputs + (jordan() ? units() : 0); }
  [[nodiscard]] static constexpr bool carries() { return false; }
  [[nodiscard]] static constexpr bool own_recurrent() { return false; }
  [[nodiscard]] Index flops(Shape input) const {
    return 2 * units() * (in() + recurrent() + options.outputs) * input.length;
  }

  void init(Rng& rng) {
    initialize(weight.view(), Initializer::glorot_uniform, in(), units(), rng);
    detail::initialize_orthogonal(recurrent_weight.view(), rng);
    bias.fill(T(0));
    initialize(output_weight.view(), Initializer::glorot_uniform, units(), options.outputs, rng);
    output_bias.fill(T(0));
    initial_state.fill(T(0));
  }

  /// The weights in the form that products take.
  struct Packs {
    simd::PackedRows<T> rows;     ///< [W U]
    simd::PackedRows<T> columns;  ///< U^T

    [[nodiscard]] static double size(const SimpleRnn& layer) {
      return simd::PackedRows<T>::bytes(layer.units(), layer.in() + layer.recurrent());
    }
    void prepare(const SimpleRnn& layer, bool training) {
      rows = simd::PackedRows<T>(layer.units(), layer.in() + layer.recurrent());
      if (training) columns = simd::PackedRows<T>(layer.recurrent(), layer.units());
    }
    void pack(const SimpleRnn& layer) {
      rows.pack(layer.w(), 0, layer.in());
      rows.pack(layer.u(), layer.in(), layer.recurrent());
    }
    void pack_backward(const SimpleRnn& layer) { columns.pack(layer.u().transposed()); }
  };

  void step_forward(const detail::RecurrentStep<T>& at, const Packs& packs) const {
    const Index n = units(), outputs = options.outputs;
    detail::affine(at, packs.rows, n, in(), recurrent(), w(), u(), at.sums, n, bias.data());
    detail::activate(options.activation, n * at.count, at.sums);  // h takes the place of its sums
    if (outputs > 0) {
      simd::gemm<T>(outputs, at.count, n, v(), simd::columns<T>(at.sums, n), at.outputs, outputs,
                    simd::Init::bias, output_bias.data());
      detail::activate(options.output_activation, outputs * at.count, at.outputs);
    }
    const T* state = jordan() ? at.outputs : at.sums;
    for (Index j = 0; j < at.count; ++j) {
      std::copy_n(state + j * recurrent(), recurrent(), at.state + j * at.stride);
    }
  }

  void step_backward(const detail::RecurrentStep<T>& at, const detail::RecurrentSlopes<T>& slopes,
                     const Packs& packs, SimpleRnn& grad) const {
    const Index n = units(), count = at.count;
    const T* h = at.sums;
    const T* d_h = slopes.state;
    if (jordan()) {
      T* through_output = slopes.spare + options.outputs * count;
      output_backward(count, h, at.outputs, slopes.state, slopes.spare, through_output, simd::Init::zero,
                      grad);
      d_h = through_output;
    } else if (options.outputs > 0 && slopes.outputs != nullptr) {
      output_backward(count, h, at.outputs, slopes.outputs, slopes.spare, slopes.state, simd::Init::add,
                      grad);
    }
    detail::through_activation(options.activation, n * count, h, d_h, at.sums);
    if (!slopes.before) return;
    packs.columns.product(count, simd::columns<T>(at.sums, n), slopes.recurrent, recurrent(),
                          simd::Init::zero);
  }

  /// Adds the gradients of W, U and b, given dL/d(sums) of some steps.
  void add_gradients(Index columns, const T* inputs, const T* slopes, T*, SimpleRnn& grad) const {
    const Index n = units(), height = in() + recurrent();
    simd::add_product<T>(n, in(), columns, simd::columns(slopes, n),
                         simd::columns(inputs, height).transposed(), grad.weight.data(), n);
    simd::add_product<T>(n, recurrent(), columns, simd::columns(slopes, n),
                         simd::columns(inputs + in(), height).transposed(), grad.recurrent_weight.data(), n);
    simd::add_row_sums(n, columns, slopes, grad.bias.data());
  }
  static void finish_gradients(const T*, SimpleRnn&) noexcept {}
  void input_gradient(Index columns, const T* slopes, T* dx) const {
    simd::gemm<T>(in(), columns, units(), w().transposed(), simd::columns(slopes, units()), dx, in(),
                  simd::Init::zero);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    f(Role::weight, "recurrent_weight", layer.recurrent_weight.view()...);
    f(Role::bias, "bias", layer.bias.view()...);
    if (((layer.options.outputs > 0) && ...)) {
      f(Role::weight, "output_weight", layer.output_weight.view()...);
      f(Role::bias, "output_bias", layer.output_bias.view()...);
    }
    if ((layer.options.learned_state && ...)) f(Role::bias, "initial_state", layer.initial_state.view()...);
  }

  using Settings = detail::RecurrentSettings<SimpleRnnOptions>;
  [[nodiscard]] Settings settings() const { return {units(), options}; }
  [[nodiscard]] static SimpleRnn made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto units = static_cast<double>(s.units), outputs = static_cast<double>(s.options.outputs);
    const auto state = static_cast<double>(state_rows(s.units, s.options));
    return units * (static_cast<double>(input.channels) + state + outputs + 1.0) + outputs +
           (s.options.learned_state ? state : 0.0);
  }

 private:
  [[nodiscard]] bool jordan() const { return options.feedback == Feedback::output; }
  [[nodiscard]] static Index state_rows(Index units, const SimpleRnnOptions& chosen) {
    return chosen.feedback == Feedback::output ? chosen.outputs : units;
  }
  [[nodiscard]] simd::Strided<T> w() const { return simd::columns(weight.data(), units()); }
  [[nodiscard]] simd::Strided<T> u() const { return simd::columns(recurrent_weight.data(), units()); }
  [[nodiscard]] simd::Strided<T> v() const { return simd::columns(output_weight.data(), options.outputs); }

  /// Backwards through y = g(V h + c): adds the gradients of V and c; d_h = V^T (dy g') by `init`.
  void output_backward(Index count, const T* h, const T* y, const T* dy, T* spare, T* d_h, simd::Init init,
                       SimpleRnn& grad) const {
    const Index n = units(), outputs = options.outputs;
    detail::through_activation(options.output_activation, outputs * count, y, dy, spare);
    simd::gemm<T>(outputs, n, count, simd::columns<T>(spare, outputs), simd::columns(h, n).transposed(),
                  grad.output_weight.data(), outputs, simd::Init::add);
    simd::add_row_sums<T>(outputs, count, spare, grad.output_bias.data());
    simd::gemm<T>(n, count, outputs, v().transposed(), simd::columns<T>(spare, outputs), d_h, n, init);
  }
};

SimpleRnn(Index, Index, SimpleRnnOptions)->SimpleRnn<float>;
SimpleRnn(Index, Index)->SimpleRnn<float>;

}  // namespace weir::inline WEIR_ABI
