// Minimal gated recurrent unit (Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, "Were RNNs All We Needed?"): a linear
// recurrence, whose gate sees the input alone:
//
//   z_t = sigmoid(W_z x_t + b_z)       c_t = W_c x_t + b_c
//   h_t = (1 - z_t) h_{t-1} + z_t c_t       h_{-1} = 0, or learned
//
//   x: in x L     W: 2 units x in, rows z, c     b: 2 units     y: units x 1 (last) or units x L (sequence)
//
// So all products of a sequence are one, and what is left along time is a walk of an addition and a multiplication
// (simd/linear_recurrence.hpp). A stream's state is h.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/layers/recurrent/recurrent_options.hpp>
#include <weir/layers/recurrent/recurrent_step.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/linear_recurrence.hpp>
#include <weir/simd/packed.hpp>
#include <weir/simd/reduce.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct MinGruOptions {
  Returns returns = Returns::last;  ///< state is last
  bool learned_state = false;
  bool reverse = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("return", o.returns, "the last output, the outputs of all steps, or the last state");
    visit("learned_state", o.learned_state,
          "the state before the first step is trained; otherwise it is zero");
    visit("reverse", o.reverse, "runs from the last step to the first");
  }
};

template <class T = float, Index In = dyn, Index Units = dyn>
struct MinGru {
  using Scalar = T;
  static constexpr std::string_view kind = "min_gru";
  static constexpr std::array<std::string_view, 1> arguments{"units"};
  static constexpr bool along_time = true;
  static constexpr Index in_channels = In;

  Tensor<T, detail::times(2, Units), In> weight;
  Tensor<T, detail::times(2, Units)> bias;
  Tensor<T, Units> initial_state;  ///< h before the first step: zero unless learned
  MinGruOptions options;

  MinGru() = default;
  explicit MinGru(MinGruOptions chosen) requires(In != dyn && Units != dyn) : options(chosen) {}
  MinGru(Index in, Index units, MinGruOptions chosen = {})
      : weight(2 * checked_fields(kind, Settings{units, chosen}).units, in),
        bias(2 * units),
        initial_state(units),
        options(chosen) {}

  [[nodiscard]] Index in() const { return weight.extents()[1]; }
  [[nodiscard]] Index units() const { return initial_state.size(); }
  [[nodiscard]] Index flops(Shape input) const { return 4 * units() * in() * input.length; }

  [[nodiscard]] Index out_length(Index used) const { return sequence() ? used : 1; }
  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, in(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {units(), out_length(input.length)};
  }

  void init(Rng& rng) {
    initialize(weight.view(), Initializer::glorot_uniform, in(), 2 * units(), rng);
    bias.fill(T(0));
    initial_state.fill(T(0));
  }

  [[nodiscard]] double scratch(Shape input, Index) const {
    return 3.0 * detail::bytes_of<T>(units(), input.length);
  }
  struct Cache {
    Index columns = 0;              ///< steps of a sample, of which backward needs every sample's
    AlignedBuffer<T> sums, states;  ///< of each step: z and c, h
    AlignedBuffer<T> slopes;        ///< dL/dh while a sample is walked back

    void prepare(const MinGru& layer, Shape input, Index count, bool training) {
      columns = training ? input.length : 0;
      const Index steps = input.length * (training ? count : 1);
      sums = AlignedBuffer<T>(static_cast<std::size_t>(2 * layer.units() * steps));
      states = AlignedBuffer<T>(static_cast<std::size_t>(layer.units() * steps));
      slopes = AlignedBuffer<T>(static_cast<std::size_t>(training ? layer.units() : 0));
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i), n = units();
      const simd::LinearSteps<T> steps = steps_of(cache, i, used);
      product(used, x.sample(i).data(), cache.sums.data() + 2 * n * cache.columns * i, pass);
      simd::linear_forward<T>(steps, initial_state.data());
      const T* from = sequence() || used == 0 ? cache.states.data() + n * cache.columns * i
                                              : steps.states + (used - 1) * (steps.stride / 2);
      const Index given = used == 0 ? 0 : out_length(used) * n;
      const std::span<T> to = y.sample(i);
      std::copy_n(from, given, to.data());
      std::fill(to.begin() + given, to.end(), T(0));
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, MinGru& grad, const Pass&) const {
    const Index n = units();
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      if (!dx.absent()) std::fill(dx.sample(i).begin() + used * in(), dx.sample(i).end(), T(0));
      if (used == 0) continue;
      walk_back(steps_of(cache, i, used), dy.sample(i).data(), cache.slopes.data());
      if (options.learned_state) simd::add(n, cache.slopes.data(), grad.initial_state.data());
      const T* sums = cache.sums.data() + 2 * n * cache.columns * i;
      simd::gemm<T>(2 * n, in(), used, simd::columns(sums, 2 * n),
                    simd::columns(x.sample(i).data(), in()).transposed(), grad.weight.data(), 2 * n,
                    simd::Init::add);
      simd::add_row_sums(2 * n, used, sums, grad.bias.data());
      if (dx.absent()) continue;
      simd::gemm<T>(in(), used, 2 * n, w().transposed(), simd::columns(sums, 2 * n), dx.sample(i).data(),
                    in(), simd::Init::zero);
    }
  }

  // One step of many streams; see core/layer_traits.hpp.
  struct StepCache {
    AlignedBuffer<T> sums;  ///< 2 units x streams

    void prepare(const MinGru& layer, Shape, Index streams) {
      sums = AlignedBuffer<T>(static_cast<std::size_t>(2 * layer.units() * streams));
    }
  };
  [[nodiscard]] bool streams() const { return !options.reverse; }
  [[nodiscard]] Index state_size(Shape) const { return units(); }
  void start(T* state, Shape) const { std::copy_n(initial_state.data(), units(), state); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache& cache, const Pass& pass = {}) const {
    const Index n = units();
    product(x.count(), x.data(), cache.sums.data(), pass);
    for (Index i = 0; i < x.count(); ++i) {
      T* const state = states[static_cast<std::size_t>(i)];
      simd::linear_forward<T>({n, 1, cache.sums.data() + 2 * n * i, state, 2 * n}, state);
      std::copy_n(state, n, y.sample(i).data());
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    f(Role::bias, "bias", layer.bias.view()...);
    if ((layer.options.learned_state && ...)) f(Role::bias, "initial_state", layer.initial_state.view()...);
  }

  using Settings = detail::RecurrentSettings<MinGruOptions>;
  [[nodiscard]] Settings settings() const { return {units(), options}; }
  [[nodiscard]] static MinGru made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return static_cast<double>(s.units) *
           (2.0 * static_cast<double>(input.channels + 1) + (s.options.learned_state ? 1.0 : 0.0));
  }

 private:
  [[nodiscard]] bool sequence() const { return options.returns == Returns::sequence; }
  [[nodiscard]] simd::Strided<T> w() const { return simd::columns(weight.data(), 2 * units()); }

  /// The steps of sample i in the order of the walk.
  [[nodiscard]] simd::LinearSteps<T> steps_of(Cache& cache, Index i, Index used) const {
    const Index n = units(), first = cache.columns * i + (options.reverse ? std::max<Index>(used - 1, 0) : 0);
    return {n, used, cache.sums.data() + 2 * n * first, cache.states.data() + n * first,
            options.reverse ? -2 * n : 2 * n};
  }

  /// to = W x + b for so many columns.
  void product(Index columns, const T* x, T* to, const Pass& pass) const {
    using Rows = simd::PackedRows<T>;
    const Index rows = 2 * units();
    const auto pack = [&](Rows& packed) {
      packed = Rows(rows, in());
      packed.pack(w());
    };
    const Rows* packed = rows < simd::width<T> ? nullptr : find_packed<Rows>(pass, weight.data(), pack);
    if (packed != nullptr) {
      packed->product(columns, simd::columns(x, in()), to, rows, simd::Init::bias, bias.data());
    } else {
      simd::gemm<T>(rows, columns, in(), w(), simd::columns(x, in()), to, rows, simd::Init::bias,
                    bias.data());
    }
  }

  void walk_back(const simd::LinearSteps<T>& steps, const T* dy, T* carry) const {
    const Index n = units();
    if (sequence()) {
      std::fill_n(carry, n, T(0));
      const T* first = options.reverse ? dy + (steps.count - 1) * n : dy;
      simd::linear_backward<T>(steps, initial_state.data(), first, carry);
    } else {
      std::copy_n(dy, n, carry);
      simd::linear_backward<T>(steps, initial_state.data(), nullptr, carry);
    }
  }
};

MinGru(Index, Index, MinGruOptions)->MinGru<float>;
MinGru(Index, Index)->MinGru<float>;

}  // namespace weir::inline WEIR_ABI
