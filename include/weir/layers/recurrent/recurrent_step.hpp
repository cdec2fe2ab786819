// What a recurrent layer sees of one step: recurrent.hpp points it to its memory, forward and back.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/packed.hpp>

namespace weir::inline WEIR_ABI {
namespace detail {

/// `extent` times a number; dyn stays dyn.
[[nodiscard]] consteval Index times(Index factor, Index extent) {
  return extent == dyn ? dyn : factor * extent;
}

/// What one step reads and writes; one column a sample.
template <class T>
struct RecurrentStep {
  Index count = 0;
  bool from_zero = false;     ///< the state before is zero: products with it can be left out
  const T* inputs = nullptr;  ///< x and, under it, what U multiplies
  T* sums = nullptr;          ///< room for the layer's gates; after backward: dL/d(sums)
  const T* before = nullptr;  ///< the state before: `recurrent` rows, every `stride` values
  T* state = nullptr;         ///< may be `before`
  Index stride = 0;
  const T* cell_before = nullptr;  ///< LSTM
  T* cell = nullptr;
  T* tanh_cell = nullptr;
  T* outputs = nullptr;  ///< of a layer that has more than its state
};

/// The derivatives of one step.
template <class T>
struct RecurrentSlopes {
  T* state = nullptr;  ///< dL/d(state); becomes the part of dL/d(before) that passes by U
  T* cell = nullptr;
  const T* outputs = nullptr;  ///< dL/d(outputs), where the layer has any
  T* recurrent = nullptr;      ///< for dL/d(what U multiplied); may be `state`
  T* spare = nullptr;          ///< room for the layer
  bool before = true;          ///< whether dL/d(before) is wanted
};

/// to = bias + W x + U h for `rows` rows of both, by `packed` = [W U] if it holds something.
template <class T>
void affine(const RecurrentStep<T>& at, const simd::PackedRows<T>& packed, Index rows, Index in,
            Index recurrent, const simd::Strided<T>& w, const simd::Strided<T>& u, T* to, Index stride,
            const T* bias) {
  const Index height = in + recurrent;
  if (packed.rows() > 0) {
    packed.product(at.count, at.from_zero ? in : height, simd::columns(at.inputs, height), to, stride,
                   simd::Init::bias, bias);
    return;
  }
  simd::gemm<T>(rows, at.count, in, w, simd::columns(at.inputs, height), to, stride, simd::Init::bias, bias);
  if (at.from_zero) return;
  simd::gemm<T>(rows, at.count, recurrent, u, simd::columns(at.inputs + in, height), to, stride,
                simd::Init::add);
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
