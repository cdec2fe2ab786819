// The mean of each window of an image, plane by plane: layers/pool2d.hpp.
//
//   y(p, u, t) = sum of x(p, pixels of window (u, t)) / number of them
//
// dx += dy / number, at each pixel of the window. Padding does not count (Keras; PyTorch's count_include_pad
// = False).
//
// `AveragePool2D{32, 2, 2}`: windows of 2 rows by 2 columns on images of 32 planes, with strides of 2.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/pooling/average_pool1d.hpp>
#include <weir/layers/pooling/pool2d.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct AveragePool2D : Pool2D<AveragePool2D<T>, AveragePool1D<T>> {
  static constexpr std::string_view kind = "average_pool2d";

  AveragePool2D() = default;
  AveragePool2D(Index planes_in, Index size, Index size_columns, Pool2DOptions chosen = {})
      : Pool2D<AveragePool2D, AveragePool1D<T>>(planes_in, size, size_columns, chosen) {}
};

AveragePool2D(Index, Index, Index, Pool2DOptions)->AveragePool2D<float>;
AveragePool2D(Index, Index, Index)->AveragePool2D<float>;

}  // namespace weir::inline WEIR_ABI
