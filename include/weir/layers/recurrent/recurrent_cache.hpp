// The memory of a recurrent layer's passes and single steps (layers/recurrent/recurrent.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/time_plan.hpp>
#include <weir/simd/gemm.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::inline WEIR_ABI::detail {

/// Samples at a time in inference: the kernels run at full speed and the scratch stays close to the core.
inline constexpr Index recurrent_block = 96;
/// Steps (of all samples) after which backward adds up the weights' gradient, while they are close to the
/// core.
inline constexpr Index gradient_block = simd::detail::k_block;

template <class L>
struct RecurrentCache {
  using T = typename L::Scalar;

  TimePlan plan;
  typename L::Packs packs;
  bool keep = false;  ///< all steps, for backward
  Index block = 0;    ///< samples at a time
  AlignedBuffer<T> inputs, sums, cell, tanh_cell, outputs;
  AlignedBuffer<T> mask, state;  ///< with recurrent dropout, where `inputs` holds h times its mask
  AlignedBuffer<T> d_state, d_cell, d_outputs, d_recurrent, spare, d_weights, d_inputs;

  void prepare(const L& layer, Shape input, Index count, bool training) {
    keep = training;
    block = training ? std::max<Index>(count, 1) : std::clamp<Index>(count, 1, recurrent_block);
    plan.prepare(input.length, block);
    packs.prepare(layer, training);
    const Index in = layer.in(), width = layer.recurrent(), units = layer.units();
    const Index columns = training ? block * input.length : block;
    const Index with_start = training ? columns + block : block;
    const bool drops = layer.options.recurrent_dropout > 0.0;
    take(inputs, (in + width) * with_start);
    take(sums, L::blocks * units * columns);
    take(cell, L::has_cell ? units * with_start : 0);
    take(tanh_cell, L::has_cell ? units * columns : 0);
    take(outputs, layer.made_outputs() * columns);
    take(mask, drops ? width * block : 0);
    take(state, drops ? width * with_start : 0);
    const Index backward = training ? 1 : 0;
    take(d_state, backward * width * block);
    take(d_cell, L::has_cell ? backward * units * block : 0);
    take(d_outputs, backward * layer.own_outputs() * block);
    take(d_recurrent, backward * width * block);
    take(spare, backward * layer.spare() * block);
    take(d_weights, backward * L::blocks * units * (in + width));
    take(d_inputs, backward * in * columns);
  }

  static void take(AlignedBuffer<T>& buffer, Index size) {
    buffer = AlignedBuffer<T>(static_cast<std::size_t>(size));
  }
};

/// What RecurrentCache takes outside of training.
template <class L>
[[nodiscard]] double recurrent_scratch(const L& layer, Shape input, Index count) {
  using T = typename L::Scalar;
  const Index block = std::clamp<Index>(count, 1, recurrent_block);
  const Index in = layer.in(), width = layer.recurrent(), units = layer.units();
  const Index cells = L::has_cell ? 2 * units : 0;
  const Index drops = layer.options.recurrent_dropout > 0.0 ? 2 * width : 0;
  const Index rows = in + width + L::blocks * units + cells + layer.made_outputs() + drops;
  const double plan = bytes_of<Index>(block) + bytes_of<Index>(3, input.length + 1);
  return plan + L::Packs::size(layer) + bytes_of<T>(rows, block);
}

/// Scratch of single steps.
template <class L>
struct RecurrentStepCache {
  using T = typename L::Scalar;

  typename L::Packs packs;  ///< stays empty: a step uses each weight once a stream
  Index block = 0;
  AlignedBuffer<T> inputs, sums, cell, tanh_cell, outputs;

  void prepare(const L& layer, Shape, Index streams) {
    block = std::clamp<Index>(streams, 1, recurrent_block);
    using Cache = RecurrentCache<L>;
    Cache::take(inputs, (layer.in() + layer.recurrent()) * block);
    Cache::take(sums, L::blocks * layer.units() * block);
    Cache::take(cell, L::has_cell ? layer.units() * block : 0);
    Cache::take(tanh_cell, L::has_cell ? layer.units() * block : 0);
    Cache::take(outputs, layer.made_outputs() * block);
  }
};

}  // namespace weir::inline WEIR_ABI::detail
