// What recurrent layers share: the walk along time. A layer adds what happens in one step.
//
//   h_t = step(x_t, h_{t-1})          h_{-1} = 0, or learned
//
// returns    last: the output at each sample's last step. sequence: at every step. state: what the layer
//            would carry on to the next step; h, for LSTM h and c one under the other
// recurrent_dropout   in training, what U multiplies is h_{t-1} m / (1 - rate), one mask m a sequence
//            (Gal, Ghahramani 2016)
// learned_state       h_{-1} is a parameter
// truncate   N > 0: no gradient goes back from step N, 2N, ... (truncated back-propagation through time)
// reverse    each sample's steps are taken from its last to its first; outputs stay at their steps
//
// Memory of a pass: samples are sorted, longest first, and a step works on those that are not over yet, as
// one matrix. So padding costs nothing and is never read. [x_t; h_{t-1}] stand in one column, so that a step
// is one product with [W U]. For backward all steps are kept, one behind the other: the weights' gradient is
// then a single product. Backward writes over what forward kept: it can run once for each forward.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/layers/dense/orthogonal.hpp>
#include <weir/layers/recurrent/recurrent_cache.hpp>
#include <weir/layers/recurrent/recurrent_options.hpp>
#include <weir/layers/recurrent/recurrent_step.hpp>
#include <weir/layers/time/time_plan.hpp>
#include <weir/simd/packed.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The common part of SimpleRnn, Lstm and Gru. `Self` has, besides its parameters and options:
///
///   blocks, has_cell                  blocks of `units` rows in `sums`; whether there is a cell state
///   in(), units(), recurrent()        extents; rows of the state (what U multiplies)
///   made_outputs()                    rows of RecurrentStep::outputs
///   own_outputs()                     the same where they are not the state, otherwise 0
///   spare()                           rows of RecurrentSlopes::spare
///   carries(), own_recurrent()        whether backward leaves something in RecurrentSlopes::state; whether
///                                     RecurrentSlopes::recurrent must be memory of its own
///   Packs                             prepare(layer, training), pack(layer), pack_backward(layer);
///                                     single steps leave it empty
///   step_forward, step_backward, input_gradient
///   add_gradients, finish_gradients   of some steps, to sums in scratch or to the gradient; at the end
template <class Self, class T>
struct Recurrent {
  using Scalar = T;
  static constexpr std::array<std::string_view, 1> arguments{"units"};
  static constexpr bool along_time = true;

  [[nodiscard]] Index out_length(Index used) const {
    return self().options.returns == Returns::sequence ? used : 1;
  }
  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(Self::kind, self().in(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {out_rows(), out_length(input.length)};
  }

  [[nodiscard]] double scratch(Shape input, Index count) const {
    return detail::recurrent_scratch(self(), input, count);
  }

  template <class Cache>
  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    const auto* packs = fixed_packs(pass);
    if (packs == nullptr) {
      cache.packs.pack(self());
      packs = &cache.packs;
    }
    for (Index first = 0; first < x.count(); first += cache.block) {
      const Index count = std::min(cache.block, x.count() - first);
      forward_block(x.slice(first, count), y.slice(first, count), cache, *packs, pass,
                    pass.first_sample + first);
    }
  }

  template <class Cache>
  void backward([[maybe_unused]] BatchView<const T> x, BatchView<const T>, BatchView<const T> dy,
                BatchView<T> dx, Cache& cache, Self& grad, const Pass& pass) const {
    assert(cache.keep && x.count() <= cache.block);
    cache.packs.pack_backward(self());
    start_slopes(dy, cache);
    std::fill_n(cache.d_weights.data(), cache.d_weights.size(), T(0));
    const Index width = self().recurrent();
    Index done = cache.plan.columns();
    for (Index t = cache.plan.steps(); t-- > 0;) {
      const Index count = cache.plan.active(t);
      const bool wanted = t == 0 ? self().options.learned_state : !cut(t);
      add_output_slopes(dy, t, cache);
      detail::RecurrentSlopes<T> slopes = slopes_of(cache, wanted, pass);
      self().step_backward(step_of(cache, t, drops(pass)), slopes, cache.packs, grad);
      if (wanted) {
        finish_slopes(count, slopes, cache, pass);
      } else {
        std::fill_n(cache.d_state.data(), width * count, T(0));
        if (Self::has_cell) std::fill_n(cache.d_cell.data(), self().units() * count, T(0));
      }
      if (const Index first = cache.plan.start(t); t == 0 || done - first >= detail::gradient_block) {
        self().add_gradients(done - first, cache.inputs.data() + first * (self().in() + width),
                             cache.sums.data() + first * Self::blocks * self().units(),
                             cache.d_weights.data(), grad);
        done = first;
      }
    }
    self().finish_gradients(cache.d_weights.data(), grad);
    if (self().options.learned_state) add_initial_slopes(cache, grad);
    if (dx.absent()) return;
    self().input_gradient(cache.plan.columns(), cache.sums.data(), cache.d_inputs.data());
    scatter(dx, cache);
  }

  // One step of many streams; see core/layer_traits.hpp.

  [[nodiscard]] bool streams() const { return !self().options.reverse; }
  [[nodiscard]] Index state_size(Shape) const {
    return self().recurrent() + (Self::has_cell ? self().units() : 0);
  }
  void start(T* state, Shape) const {
    start_state(state);
    start_cell(state + self().recurrent());
  }
  template <class Cache>
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            Cache& cache, const Pass& pass = {}) const {
    const auto* fixed = fixed_packs(pass);
    const auto& packs = fixed == nullptr ? cache.packs : *fixed;
    for (Index first = 0; first < x.count(); first += cache.block) {
      const Index count = std::min(cache.block, x.count() - first);
      step_block(x.slice(first, count), y.slice(first, count),
                 states.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), cache,
                 packs);
    }
  }

 private:
  [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }

  /// The weights packed once for all passes, or null.
  [[nodiscard]] auto fixed_packs(const Pass& pass) const {
    using Packs = typename Self::Packs;
    return find_packed<Packs>(pass, self().weight.data(), [this](Packs& packs) {
      packs.prepare(self(), false);
      packs.pack(self());
    });
  }

  /// Rows of an output: last, sequence.
  [[nodiscard]] Index output_rows() const {
    return self().own_outputs() > 0 ? self().own_outputs() : self().recurrent();
  }
  [[nodiscard]] Index out_rows() const {
    return self().options.returns == Returns::state ? state_size({}) : output_rows();
  }
  [[nodiscard]] bool cut(Index t) const {
    return self().options.truncate > 0 && t % self().options.truncate == 0;
  }
  [[nodiscard]] bool drops(const Pass& pass) const {
    return pass.training && self().options.recurrent_dropout > 0.0;
  }
  /// The column of x and of a returned sequence that a sample takes as its step t.
  template <class U>
  [[nodiscard]] Index column_of(BatchView<U> x, Index sample, Index t) const {
    return sample * x.length() + (self().options.reverse ? x.length_of(sample) - 1 - t : t);
  }

  void start_state(T* to) const {
    if (self().options.learned_state) {
      std::copy_n(self().initial_state.data(), self().recurrent(), to);
    } else {
      std::fill_n(to, self().recurrent(), T(0));
    }
  }
  void start_cell(T* to) const {
    if constexpr (Self::has_cell) {
      if (self().options.learned_state) {
        std::copy_n(self().initial_cell.data(), self().units(), to);
      } else {
        std::fill_n(to, self().units(), T(0));
      }
    }
  }

  /// The memory of step t; steps that are not kept share one place. A state stands where the next step reads
  /// it, under that step's x, or with dropout in a place of its own.
  template <class Cache>
  [[nodiscard]] detail::RecurrentStep<T> step_of(Cache& cache, Index t, bool masked) const {
    const Index at = cache.keep ? cache.plan.start(t) : 0;
    const Index next = cache.keep ? cache.plan.start(t + 1) : 0;
    const Index in = self().in(), width = self().recurrent(), units = self().units();
    detail::RecurrentStep<T> step;
    step.count = cache.plan.active(t);
    step.from_zero = t == 0 && !self().options.learned_state;
    step.inputs = cache.inputs.data() + at * (in + width);
    step.sums = cache.sums.data() + at * Self::blocks * units;
    step.outputs = cache.outputs.data() + at * self().made_outputs();
    step.stride = masked ? width : in + width;
    T* states = masked ? cache.state.data() : cache.inputs.data() + in;
    step.before = states + at * step.stride;
    step.state = states + next * step.stride;
    if constexpr (Self::has_cell) {
      // Unlike the state, backward may want that of a sample's last step: nothing is written over it.
      const Index before = cache.keep && t > 0 ? cache.block + cache.plan.start(t - 1) : 0;
      step.cell_before = cache.cell.data() + before * units;
      step.cell = cache.cell.data() + (cache.keep ? cache.block + at : 0) * units;
      step.tanh_cell = cache.tanh_cell.data() + at * units;
    }
    return step;
  }

  template <class Cache>
  void forward_block(BatchView<const T> x, BatchView<T> y, Cache& cache, const auto& packs, const Pass& pass,
                     Index first_sample) const {
    cache.plan.plan(x);
    if (drops(pass)) draw_masks(x.count(), cache, pass, first_sample);
    clear_unused(y, x);
    const bool masked = drops(pass);
    start_states(x.count(), cache, masked);
    for (Index t = 0; t < cache.plan.steps(); ++t) {
      const detail::RecurrentStep<T> step = step_of(cache, t, masked);
      gather(x, t, step, cache, masked);
      self().step_forward(step, packs);
      emit(y, x, t, step, cache.plan);
    }
  }

  /// One mask a sample, by place, scaled.
  template <class Cache>
  void draw_masks(Index count, Cache& cache, const Pass& pass, Index first_sample) const {
    const Index width = self().recurrent();
    const double rate = self().options.recurrent_dropout;
    const T kept = static_cast<T>(1.0 / (1.0 - rate));
    for (Index place = 0; place < count; ++place) {
      Rng rng(pass.key.fork(static_cast<std::uint64_t>(first_sample + cache.plan.sample(place))));
      T* mask = cache.mask.data() + place * width;
      for (Index u = 0; u < width; ++u) mask[u] = rng.chance(rate) ? T(0) : kept;
    }
  }

  /// Zeros where no step writes: padding, and what an empty sample gives.
  void clear_unused(BatchView<T> y, BatchView<const T> x) const {
    if (x.lengths().empty() && x.length() > 0) return;
    for (Index i = 0; i < y.count(); ++i) {
      const Index written = x.length_of(i) == 0 ? 0 : out_length(x.length_of(i));
      std::fill(y.sample(i).begin() + written * y.channels(), y.sample(i).end(), T(0));
    }
  }

  template <class Cache>
  void start_states(Index count, Cache& cache, bool masked) const {
    const Index in = self().in(), width = self().recurrent();
    for (Index place = 0; place < count; ++place) {
      start_state(masked ? cache.state.data() + place * width
                         : cache.inputs.data() + in + place * (in + width));
      if (cache.cell.size() > 0) start_cell(cache.cell.data() + place * self().units());
    }
  }

  /// Puts x_t, and with dropout what is left of the state before, into the columns of step t.
  template <class Cache>
  void gather(BatchView<const T> x, Index t, const detail::RecurrentStep<T>& step, Cache& cache,
              bool masked) const {
    const Index in = self().in(), width = self().recurrent();
    T* to = cache.inputs.data() + (step.inputs - cache.inputs.data());
    for (Index place = 0; place < step.count; ++place, to += in + width) {
      std::copy_n(x.data() + column_of(x, cache.plan.sample(place), t) * in, in, to);
      if (masked) multiply(width, step.before + place * width, cache.mask.data() + place * width, to + in);
    }
  }

  static void multiply(Index count, const T* a, const T* b, T* to) {
    simd::transform(count, a, b, to,
                    [](const simd::Simd<T>& left, const simd::Simd<T>& right) { return left * right; });
  }

  /// Writes what step t adds to y.
  void emit(BatchView<T> y, BatchView<const T> x, Index t, const detail::RecurrentStep<T>& step,
            const detail::TimePlan& plan) const {
    const Index rows = output_rows(), width = self().recurrent(), units = self().units();
    const bool own = self().own_outputs() > 0;
    const T* from = own ? step.outputs : step.state;
    const Index stride = own ? rows : step.stride;
    if (self().options.returns == Returns::sequence) {
      for (Index place = 0; place < step.count; ++place) {
        std::copy_n(from + place * stride, rows, y.data() + column_of(x, plan.sample(place), t) * rows);
      }
      return;
    }
    for (Index place = plan.active(t + 1); place < step.count; ++place) {  // whose last step this is
      T* to = y.sample(plan.sample(place)).data();
      if (self().options.returns == Returns::last) {
        std::copy_n(from + place * stride, rows, to);
      } else {
        std::copy_n(step.state + place * step.stride, width, to);
        if (Self::has_cell) std::copy_n(step.cell + place * units, units, to + width);
      }
    }
  }

  /// dL/d(state) behind each sample's last step.
  template <class Cache>
  void start_slopes(BatchView<const T> dy, Cache& cache) const {
    const Index width = self().recurrent(), units = self().units(), count = dy.count();
    std::fill_n(cache.d_state.data(), width * count, T(0));
    if (Self::has_cell) std::fill_n(cache.d_cell.data(), units * count, T(0));
    const Returns returns = self().options.returns;
    if (returns == Returns::sequence || (returns == Returns::last && self().own_outputs() > 0)) return;
    const Index running = cache.plan.steps() > 0 ? cache.plan.active(0) : 0;
    for (Index place = 0; place < running; ++place) {
      const T* from = dy.sample(cache.plan.sample(place)).data();
      std::copy_n(from, width, cache.d_state.data() + place * width);
      if (Self::has_cell && returns == Returns::state) {
        std::copy_n(from + width, units, cache.d_cell.data() + place * units);
      }
    }
  }

  /// What dy says of step t.
  template <class Cache>
  void add_output_slopes(BatchView<const T> dy, Index t, Cache& cache) const {
    const Index rows = output_rows(), count = cache.plan.active(t);
    const bool own = self().own_outputs() > 0;
    const Returns returns = self().options.returns;
    if (own) std::fill_n(cache.d_outputs.data(), rows * count, T(0));
    if (returns == Returns::state || (returns == Returns::last && !own)) return;
    T* to = own ? cache.d_outputs.data() : cache.d_state.data();
    const bool sequence = returns == Returns::sequence;
    for (Index place = sequence ? 0 : cache.plan.active(t + 1); place < count; ++place) {
      const Index sample = cache.plan.sample(place);
      simd::add(rows, dy.data() + (sequence ? column_of(dy, sample, t) : sample) * rows, to + place * rows);
    }
  }

  template <class Cache>
  [[nodiscard]] detail::RecurrentSlopes<T> slopes_of(Cache& cache, bool wanted, const Pass& pass) const {
    detail::RecurrentSlopes<T> slopes;
    slopes.state = cache.d_state.data();
    slopes.cell = cache.d_cell.data();
    slopes.outputs = self().options.returns == Returns::state ? nullptr : cache.d_outputs.data();
    slopes.recurrent =
        drops(pass) || self().own_recurrent() ? cache.d_recurrent.data() : cache.d_state.data();
    slopes.spare = cache.spare.data();
    slopes.before = wanted;
    return slopes;
  }

  /// dL/d(before) from what passes by U and what goes through it.
  template <class Cache>
  void finish_slopes(Index count, const detail::RecurrentSlopes<T>& slopes, Cache& cache,
                     const Pass& pass) const {
    if (slopes.recurrent == slopes.state) return;
    const Index size = self().recurrent() * count;
    if (drops(pass)) multiply(size, slopes.recurrent, cache.mask.data(), slopes.recurrent);
    if (self().carries()) {
      simd::add(size, slopes.recurrent, slopes.state);
    } else {
      std::copy_n(slopes.recurrent, size, slopes.state);
    }
  }

  template <class Cache>
  void add_initial_slopes(Cache& cache, Self& grad) const {
    const Index count = cache.plan.steps() > 0 ? cache.plan.active(0) : 0;
    simd::add_row_sums(self().recurrent(), count, cache.d_state.data(), grad.initial_state.data());
    if constexpr (Self::has_cell) {
      simd::add_row_sums(self().units(), count, cache.d_cell.data(), grad.initial_cell.data());
    }
  }

  template <class Cache>
  void scatter(BatchView<T> dx, Cache& cache) const {
    const Index in = self().in();
    for (Index i = 0; i < dx.count(); ++i) {
      std::fill(dx.sample(i).begin() + dx.length_of(i) * in, dx.sample(i).end(), T(0));
    }
    for (Index t = 0; t < cache.plan.steps(); ++t) {
      const T* from = cache.d_inputs.data() + cache.plan.start(t) * in;
      for (Index place = 0; place < cache.plan.active(t); ++place) {
        std::copy_n(from + place * in, in, dx.data() + column_of(dx, cache.plan.sample(place), t) * in);
      }
    }
  }

  template <class Cache>
  void step_block(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, Cache& cache,
                  const auto& packs) const {
    const Index in = self().in(), width = self().recurrent(), units = self().units();
    const Index rows = output_rows();
    const Index height = in + width;
    detail::RecurrentStep<T> step;
    step.count = x.count();
    step.inputs = cache.inputs.data();
    step.sums = cache.sums.data();
    step.before = step.state = cache.inputs.data() + in;
    step.stride = height;
    step.cell_before = step.cell = cache.cell.data();
    step.tanh_cell = cache.tanh_cell.data();
    step.outputs = cache.outputs.data();
    for (Index i = 0; i < x.count(); ++i) {
      const T* from = states[static_cast<std::size_t>(i)];
      std::copy_n(x.data() + i * in, in, cache.inputs.data() + i * height);
      std::copy_n(from, width, step.state + i * height);
      if (Self::has_cell) std::copy_n(from + width, units, step.cell + i * units);
    }
    self().step_forward(step, packs);
    const bool outputs = self().options.returns != Returns::state && self().own_outputs() > 0;
    for (Index i = 0; i < x.count(); ++i) {
      T* to = states[static_cast<std::size_t>(i)];
      std::copy_n(step.state + i * height, width, to);
      if (Self::has_cell) std::copy_n(step.cell + i * units, units, to + width);
      std::copy_n(outputs ? step.outputs + i * rows : to, out_rows(), y.data() + i * out_rows());
    }
  }
};

}  // namespace weir::inline WEIR_ABI
