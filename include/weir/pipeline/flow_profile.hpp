// Which profile of flows has the columns that a pipeline reads, and what the meter has to keep for them.
//
//   FlowOptions options;
//   options.features = features_for(pipeline.preprocess.schema, options.features);
//   ProfileSearch search(pipeline.preprocess.schema);
//   const bool is_core = search.try_profile<CoreFlow>(
//       options.features, [&]<class... Profiles>() { meter<Profiles...>(options); });
//   if (!is_core) complain(search.refusal());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/traffic/features/column_spellings.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The highest number among columns of this name: 30 for "seq_size_30".
[[nodiscard]] inline std::size_t columns_named(const Schema& schema, std::string_view base) {
  std::size_t most = 0;
  for (const Column& column : schema.columns) {
    const std::string_view name = column.name;
    if (name.substr(0, base.size()) != base) continue;
    std::size_t index = 0;
    const char* const end = name.data() + name.size();
    if (std::from_chars(name.data() + base.size(), end, index).ptr == end) most = std::max(most, index);
  }
  return most;
}

}  // namespace detail

/// With as many columns of first packets, payload bytes and header bits as the schema names.
[[nodiscard]] inline FlowFeatureOptions features_for(const Schema& schema, FlowFeatureOptions features) {
  for (const char* base : {"seq_size_", "seq_direction_", "seq_gap_ns_", "seq_flags_"}) {
    features.packets = std::max(features.packets, detail::columns_named(schema, base));
  }
  features.payload_bytes = detail::columns_named(schema, "payload_");
  features.header_packets =
      (detail::columns_named(schema, "header_bit_") + HeaderBits::bits - 1) / HeaderBits::bits;
  return features;
}

/// The columns of a schema that these profiles do not have, by any spelling (column_spellings.hpp).
template <class... Profiles>
[[nodiscard]] std::vector<std::string> lacking_columns(const Schema& schema,
                                                       const FlowFeatureOptions& features) {
  std::vector<std::string> lacking;
  const std::vector<FlowColumn> columns = flow_columns<Profiles...>(features);
  for (const Column& wanted : schema.columns) {
    if (!find_column(columns, wanted.name)) lacking.push_back(wanted.name);
  }
  return lacking;
}

class ProfileSearch {
 public:
  /// The schema must outlive it.
  explicit ProfileSearch(const Schema& schema) : schema_(schema) {}

  /// Calls `use.template operator()<Profiles...>()` with the profile alone, or with the further columns that
  /// may stand beside it, where these have all columns; says whether they do.
  template <class Profile, class Use>
  bool try_profile(const FlowFeatureOptions& features, Use&& use) {
    if (lacks_none<Profile, Profile>(features)) {
      use.template operator()<Profile>();
      return true;
    }
    return with_further_columns<Profile>([&]<class... Profiles>() {
      if (!lacks_none<Profile, Profiles...>(features)) return false;
      use.template operator()<Profiles...>();
      return true;
    });
  }

  /// Of those tried, which comes nearest: "profile 'core' has no column 'x' and 2 more are missing".
  [[nodiscard]] std::string refusal() const {
    std::string what = "profile '" + nearest_ + "' has no column '" + lacking_.front() + "'";
    if (lacking_.size() > 1) what += " and " + std::to_string(lacking_.size() - 1) + " more are missing";
    return what;
  }

 private:
  template <class Profile, class... Profiles>
  bool lacks_none(const FlowFeatureOptions& features) {
    std::vector<std::string> lacking = lacking_columns<Profiles...>(schema_, features);
    if (lacking.empty()) return true;
    if (nearest_.empty() || lacking.size() < lacking_.size()) {
      nearest_ = Profile::name;
      lacking_ = std::move(lacking);
    }
    return false;
  }

  const Schema& schema_;
  std::string nearest_{};
  std::vector<std::string> lacking_{};
};

}  // namespace weir::inline WEIR_ABI
