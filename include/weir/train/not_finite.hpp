// Where NaN and infinity come from, in words: the first thing that whoever sees a loss that is no number
// wants to know.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/train/dataset.hpp>

#include <cmath>
#include <span>
#include <string>

namespace weir::inline WEIR_ABI::detail {

/// Whether all parameters and buffers are finite.
template <class Net>
[[nodiscard]] bool finite(const Net& net) {
  bool all = true;
  Net::visit([&](Role, const ParamName&, auto p) { all = all && simd::all_finite(p.size(), p.data()); }, net);
  return all;
}

/// The first sample of which a step that counts is not finite; -1 without one.
template <class T>
[[nodiscard]] Index first_not_finite(BatchView<const T> y) {
  if (simd::all_finite(y.size(), y.data())) return -1;
  for (Index i = 0; i < y.count(); ++i) {
    if (!simd::all_finite(y.length_of(i) * y.channels(), y.sample(i).data())) return i;
  }
  return -1;
}

/// Why the numbers of these rows are not finite: the row that holds no number, or the weights; empty when all
/// of them are, so that it is the training that diverges.
template <class Net, class T>
[[nodiscard]] std::string source_of_nan(const Net& net, const Dataset<T>& data, std::span<const Index> rows) {
  const auto holds = [](Index row, const char* what) {
    return "row " + std::to_string(row) + " of these rows has NaN or infinity in " + what +
           ": clean or leave out such rows";
  };
  for (const Index row : rows) {
    if (first_not_finite(data.inputs().slice(row, 1)) >= 0) return holds(row, "x");
    if (!data.has_targets()) continue;
    const Index size = data.targets.extents()[0];
    if (!simd::all_finite(size, data.targets.data() + row * size)) return holds(row, "targets");
  }
  if (!finite(net)) return "the net's weights are not finite";
  return {};
}

}  // namespace weir::inline WEIR_ABI::detail
