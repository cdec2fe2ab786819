// Autoencoders of normal rows, one of each family.
#pragma once

#include <weir/core/tensor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace one_class {

/// What a trained autoencoder makes of rows, one a column.
using Reconstruct = std::function<weir::Matrix<float>(const weir::Matrix<float>&)>;

struct Family {
  std::string name;
  std::function<Reconstruct(const weir::Matrix<float>& normal, std::uint64_t seed)> train;
};

[[nodiscard]] std::vector<Family> families();

}  // namespace one_class
