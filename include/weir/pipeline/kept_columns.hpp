// Which columns of a table are to be seen beside the verdicts on its rows, and how they look there. They are named by
//   a name     "uid"
//   a pattern  "id.*", with * for any letters and ? for one
//   a role     "identity", "time": hosts, client ports, flow numbers, and moments, in a table of flows
//   all, none
//
//   const std::vector<KeptColumn> kept = kept_columns(file.schema(), pipeline, {"identity", "time"});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/glob.hpp>
#include <weir/core/near_names.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/text_encoding.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/traffic/features/eve_fields.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_columns.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct KeptColumn {
  std::size_t place = 0;  ///< in the table
  std::string name{};     ///< beside the verdict: "input_label" where the verdict has a "label" of its own
  bool number = false;    ///< the model or the flow profile knows it as one
  const EveField* eve = nullptr;  ///< what it is in EVE, where that is asked for
};

/// Whether hosts and times are called as in EVE, where the table is one of flows or an EVE log.
enum class EveNames : bool { no, yes };

namespace detail {

[[nodiscard]] inline bool is_role(std::string_view word) noexcept {
  return word == name_of(ColumnRole::identity) || word == name_of(ColumnRole::time);
}

/// Says for each column whether the word names it.
[[nodiscard]] inline std::vector<bool> columns_meant(const std::vector<std::string>& names,
                                                     const std::optional<TableProfile>& flows,
                                                     const std::string& word) {
  std::vector<bool> meant;
  const bool own = std::find(names.begin(), names.end(), word) != names.end();
  for (const std::string& name : names) {
    if (own || word == "none") {
      meant.push_back(own && name == word);
    } else if (is_role(word)) {
      meant.push_back(flows && word == name_of(flows->role_of(name)));
    } else {
      meant.push_back(word == "all" || matches_glob(word, name));
    }
  }
  const bool any = std::find(meant.begin(), meant.end(), true) != meant.end();
  if (any || word == "none" || word == "all") return meant;
  if (is_role(word)) {
    if (flows) return meant;
    fail(ErrorKind::data,
         "'" + word + "' is known of tables of flows, and this one is of no profile of theirs");
  }
  fail(ErrorKind::data, "there is no column '" + word + "'" + near_names(word, names));
}

}  // namespace detail

/// Without words those of the table of flows that name hosts and times, and none of another table; with EVE's
/// names also all that have one. In the order of the table; `taken` are names that the verdict has for
/// itself. DataError when there is no such column.
[[nodiscard]] inline std::vector<KeptColumn> kept_columns(const Schema& table,
                                                          const PipelineSettings& pipeline,
                                                          const std::vector<std::string>& words,
                                                          std::vector<std::string> taken = {},
                                                          EveNames eve = EveNames::no) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  const std::optional<TableProfile> flows = profile_of_columns(names);
  std::vector<std::string> wanted;
  for (const std::string& word : words) wanted.push_back(to_utf8(word));  // as the names of columns are
  if (wanted.empty() && flows) wanted = {"identity", "time"};
  const bool events = table.find("event_type") && table.find("timestamp");
  const bool named = eve == EveNames::yes && (flows || events);
  std::vector<bool> kept(names.size());
  for (const std::string& word : wanted) {
    const std::vector<bool> meant = detail::columns_meant(names, flows, word);
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = kept[i] || meant[i];
  }
  std::vector<KeptColumn> columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const EveField* const field = named ? eve_field(names[i]) : nullptr;
    if (!kept[i] && !(words.empty() && field != nullptr)) continue;
    const auto of_flows = [&](const FlowColumn& c) { return c.name == names[i] && c.numeric; };
    const auto of_model = [&](const Column& c) {
      return c.name == names[i] && c.kind == ColumnKind::numeric;
    };
    const std::vector<Column>& read = pipeline.preprocess.schema.columns;
    const bool number = (flows && std::any_of(flows->columns.begin(), flows->columns.end(), of_flows)) ||
                        std::any_of(read.begin(), read.end(), of_model);
    std::string name = names[i];
    while (std::find(taken.begin(), taken.end(), name) != taken.end()) name.insert(0, "input_");
    taken.push_back(name);
    columns.push_back({i, std::move(name), number, field});
  }
  return columns;
}

}  // namespace weir::inline WEIR_ABI
