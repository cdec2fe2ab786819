// What a user should know before they believe a figure: judgements that refuse nothing.
#pragma once

#include <weir/data/formats/table_options.hpp>
#include <weir/train/history.hpp>

#include <string>
#include <vector>

namespace cli {

/// What is to be said of how training went.
[[nodiscard]] std::vector<std::string> notes_on(const weir::History& history);

/// The size and CRC-64 of a file as text; empty for what can be read once only.
[[nodiscard]] std::string checksum_of(const std::string& path);

/// The same of several, one after the other.
[[nodiscard]] std::string checksums_of(const std::vector<std::string>& paths);

/// A sentence when the model was trained on one of these files.
[[nodiscard]] std::vector<std::string> notes_on(const weir::TextRecord& record,
                                                const std::vector<std::string>& tables);

/// A line each.
[[nodiscard]] std::string notes_text(const std::vector<std::string>& notes);

}  // namespace cli
