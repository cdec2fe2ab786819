// One sample and what the net makes of it, stored in the model file, so that every reader can find out
// whether its net computes the same.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/rng.hpp>
#include <weir/models/workspace.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// A sample that every reader runs again and whose result it compares: uniform in [0, 1), from a fixed key.
template <class T>
[[nodiscard]] std::vector<T> probe_input(Shape input) {
  Rng rng(RngKey{0x5052'4f42'45});
  std::vector<T> sample(static_cast<std::size_t>(input.size()));
  for (T& value : sample) value = static_cast<T>(rng.uniform());
  return sample;
}

/// What the net makes of it, before a final sigmoid or softmax, which would hide differences.
template <class Net>
[[nodiscard]] std::vector<typename Net::Scalar> probe_output(const Net& net, Shape input,
                                                             std::span<const typename Net::Scalar> sample) {
  Workspace<Net> workspace(net, input, 1);
  const auto y = workspace.forward(net, {sample.data(), input, 1}, {.logits = true}).span();
  return {y.begin(), y.end()};
}

}  // namespace weir::inline WEIR_ABI::detail
