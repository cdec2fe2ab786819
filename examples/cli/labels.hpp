// From the label column and the options to classes.
#pragma once

#include "commands.hpp"

#include <weir/data/labels.hpp>
#include <weir/data/table.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The rows whose value in `column` (a text or a number) is there. `missing` says how many are not.
[[nodiscard]] weir::Table labelled_rows(weir::Table table, std::string_view column, std::size_t& missing);

/// Whether a class of this name is ordinary traffic.
[[nodiscard]] bool sounds_benign(std::string_view name);

/// The classes that the options ask for. Throws when they do not fit the labels that occur; `unlabelled` rows
/// have been left out.
[[nodiscard]] weir::LabelRule make_rule(const TrainOptions& options, const weir::Table& table,
                                        std::size_t unlabelled = 0);

/// "; 280 rows are left out, their label being 'None', ...: --not-missing None": for an error about what is
/// left.
[[nodiscard]] std::string left_out_text(const TrainOptions& options, std::size_t unlabelled);

/// What is odd about the spelling of the labels, a sentence each.
[[nodiscard]] std::vector<std::string> spelling_notes(const weir::LabelRule& rule, const weir::Table& table);

/// "benign 52734, attack 7266"
[[nodiscard]] std::string counts_text(const weir::LabelRule& rule, const std::vector<std::int32_t>& labels);

}  // namespace cli
