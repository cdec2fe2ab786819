// What a user should know before they believe a figure: judgements that refuse nothing, or refuse early.
#pragma once

#include "commands.hpp"
#include "input.hpp"
#include "preparation.hpp"

#include <weir/train/history.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cli {

/// Throws ConfigError when each value is a class of its own and the column is no label.
void refuse_quantities(const TrainOptions& options, const weir::LabelRule& rule, std::size_t rows);

/// Few held-back rows, classes that cannot be learned or judged: a sentence each.
[[nodiscard]] std::vector<std::string> notes_on(const Preparation& prepared);
/// What is to be said of how training went.
[[nodiscard]] std::vector<std::string> notes_on(const weir::History& history);

/// The size and CRC-64 of a file as text; empty for what can be read once only.
[[nodiscard]] std::string checksum_of(const std::string& path);

/// A sentence when this is the file that the model was trained on.
[[nodiscard]] std::vector<std::string> notes_on(const Record& record, const std::string& table);

/// A line each.
[[nodiscard]] std::string notes_text(const std::vector<std::string>& notes);

}  // namespace cli
