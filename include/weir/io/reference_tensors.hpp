// The statistics of a training as tensors of a pipeline's file (docs/model_format.md):
//
//   reference.cuts     F64 [features, 9]     borders of each feature's bins, rising; then infinity
//   reference.counts   I64 [features, 10]    training samples in each bin
//   reference.scores   F64 [n]               ascending
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/reference_statistics.hpp>
#include <weir/io/safetensors_view.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// `cuts` and `counts` of all features, one behind the other.
struct ReferenceTables {
  static constexpr std::size_t bins = ReferenceStatistics::bins;
  std::vector<double> cuts{};
  std::vector<std::int64_t> counts{};
};

[[nodiscard]] ReferenceTables reference_tables(const ReferenceStatistics& reference);

/// One feature's bins; nothing when they make no sense.
[[nodiscard]] bool restore_feature(const double* cuts, const std::int64_t* counts,
                                   ReferenceStatistics& reference);

/// Reads them if the file has them. FormatError when they do not fit `features`.
[[nodiscard]] Status read_reference(const SafetensorsView& file, Index features,
                                    ReferenceStatistics& reference);

#if WEIR_BODIES

WEIR_BODY ReferenceTables reference_tables(const ReferenceStatistics& reference) {
  constexpr std::size_t bins = ReferenceTables::bins;
  ReferenceTables tables;
  tables.cuts.assign(reference.features.size() * (bins - 1), std::numeric_limits<double>::infinity());
  tables.counts.assign(reference.features.size() * bins, 0);
  for (std::size_t j = 0; j < reference.features.size(); ++j) {
    const PopulationStability& feature = reference.features[j];
    std::copy(feature.cuts().begin(), feature.cuts().end(), &tables.cuts[j * (bins - 1)]);
    std::copy(feature.expected().begin(), feature.expected().end(), &tables.counts[j * bins]);
  }
  return tables;
}

WEIR_BODY bool restore_feature(const double* cuts, const std::int64_t* counts,
                               ReferenceStatistics& reference) {
  constexpr std::size_t bins = ReferenceTables::bins;
  const auto used = static_cast<std::size_t>(
      std::find(cuts, cuts + bins - 1, std::numeric_limits<double>::infinity()) - cuts);
  for (std::size_t b = 0; b < bins; ++b) {
    constexpr std::int64_t most = std::int64_t{1} << 53;  // so that their sum is a number of rows, too
    if (counts[b] < 0 || counts[b] > most || (b > used && counts[b] != 0)) return false;
    if (b < used && (!std::isfinite(cuts[b]) || (b > 0 && cuts[b] <= cuts[b - 1]))) return false;
  }
  reference.features.push_back(
      PopulationStability::restore({cuts, cuts + used}, {counts, counts + used + 1}));
  return true;
}

WEIR_BODY Status read_reference(const SafetensorsView& file, Index features, ReferenceStatistics& reference) {
  if (!file.find("reference.cuts")) return std::monostate{};
  constexpr auto bins = static_cast<Index>(ReferenceTables::bins);
  const Failure bad{ErrorKind::format,
                    "the tensors 'reference.*' are not the statistics of this net's features"};
  const std::optional<TensorInfo> scores = file.find("reference.scores");
  const std::size_t count = scores ? scores->bytes.size() / sizeof(double) : 0;
  if (count == 0 || count > ReferenceStatistics::most_scores) return bad;
  // The extents are compared before memory is taken.
  const std::size_t expected = static_cast<std::size_t>(features * (bins - 1)) * sizeof(double);
  if (file.find("reference.cuts")->bytes.size() != expected) return bad;
  ReferenceTables tables;
  tables.cuts.resize(static_cast<std::size_t>(features * (bins - 1)));
  tables.counts.resize(static_cast<std::size_t>(features * bins));
  reference.scores.resize(count);
  Status status =
      file.try_read_into("reference.cuts", TensorView<double>(tables.cuts.data(), {bins - 1, features}));
  if (status) {
    status = file.try_read_into("reference.counts",
                                TensorView<std::int64_t>(tables.counts.data(), {bins, features}));
  }
  if (status) {
    status = file.try_read_into("reference.scores",
                                TensorView<double>(reference.scores.data(), {static_cast<Index>(count)}));
  }
  if (!status) return status;
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(reference.scores.begin(), reference.scores.end(), finite) ||
      !std::is_sorted(reference.scores.begin(), reference.scores.end())) {
    return bad;
  }
  for (Index j = 0; j < features; ++j) {
    if (!restore_feature(&tables.cuts[static_cast<std::size_t>(j * (bins - 1))],
                         &tables.counts[static_cast<std::size_t>(j * bins)], reference)) {
      return bad;
    }
  }
  return std::monostate{};
}

#endif

}  // namespace weir::inline WEIR_ABI::detail
