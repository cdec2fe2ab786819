// The largest value of each window of an image, plane by plane: layers/pool2d.hpp.
//
//   y(p, u, t) = max of x(p, pixels of window (u, t))
//
// dx gets dy at the first pixel that is the largest. Padding takes no part.
//
// `MaxPool2D{32, 2, 2}`: windows of 2 rows by 2 columns on images of 32 planes, with strides of 2.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>
#include <weir/layers/pooling/pool2d.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct MaxPool2D : Pool2D<MaxPool2D<T>, MaxPool1D<T>> {
  static constexpr std::string_view kind = "max_pool2d";

  MaxPool2D() = default;
  MaxPool2D(Index planes_in, Index size, Index size_columns, Pool2DOptions chosen = {})
      : Pool2D<MaxPool2D, MaxPool1D<T>>(planes_in, size, size_columns, chosen) {}
};

MaxPool2D(Index, Index, Index, Pool2DOptions)->MaxPool2D<float>;
MaxPool2D(Index, Index, Index)->MaxPool2D<float>;

}  // namespace weir::inline WEIR_ABI
