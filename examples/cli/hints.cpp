#include "hints.hpp"

#include "near_names.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/data/byte_source.hpp>
#include <weir/data/label_outlook.hpp>
#include <weir/io/checksum.hpp>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

namespace cli {

void refuse_quantities(const TrainOptions& options, const weir::LabelRule& rule, std::size_t rows) {
  const bool each_a_class = options.benign.empty() && options.positive.empty() && !options.classes;
  const bool meant = std::find(options.categorical.begin(), options.categorical.end(), options.label) !=
                     options.categorical.end();
  const weir::LabelOutlook outlook = weir::label_outlook(rule.classes, rows);
  if (!each_a_class || meant || (!outlook.quantity && !outlook.identifier)) return;
  const std::string column = "column '" + options.label + "' has " + std::to_string(rule.classes.size()) +
                             " different values in " + count_of(static_cast<std::int64_t>(rows), "row");
  weir::fail(weir::ErrorKind::config,
             "--label: " + column +
                 (outlook.quantity ? ", which looks like a quantity: --task regress learns numbers"
                                   : ", which names rows rather than classes: choose another --label, or "
                                     "join values with --benign or --positive") +
                 "; or, if they are names of classes, --categorical " + options.label);
}

std::vector<std::string> notes_on(const Preparation& prepared) {
  constexpr weir::Index few_rows = 30;
  std::vector<std::string> notes;
  const weir::Index held_back = prepared.validation.rows();
  if (held_back > 0 && held_back < few_rows) {
    notes.push_back("only " + count_of(held_back, "row") + (held_back == 1 ? " is" : " are") +
                    " held back, so figures on them say little; take more rows or a larger --validation");
  }
  if (prepared.task != weir::Task::classify) return notes;
  std::vector<std::string> unlearned, unjudged;
  for (std::size_t k = 0; k < prepared.labels.classes.size(); ++k) {
    const auto rows_in = [k](const std::vector<std::int32_t>& labels) {
      return std::count(labels.begin(), labels.end(), static_cast<std::int32_t>(k));
    };
    const std::string& name = prepared.labels.classes[k];
    if (rows_in(prepared.training.labels) == 0) {
      unlearned.push_back(name);
    } else if (held_back > 0 && rows_in(prepared.validation.labels) == 0) {
      unjudged.push_back(name);
    }
  }
  if (!unlearned.empty()) notes.push_back("no row to learn from of " + name_list(unlearned));
  if (!unjudged.empty()) {
    notes.push_back("too few rows of " + name_list(unjudged) +
                    " to hold one back, so nothing is said of how well they are found");
  }
  return notes;
}

std::vector<std::string> notes_on(const weir::History& history) {
  if (history.epochs.size() < 2) return {};
  const double first = history.epochs.front().loss, last = history.epochs.back().loss;
  if (last <= 2.0 * first) return {};
  return {"the loss grew in training, from " + number(first) + " to " + number(last) +
          ": a smaller --lr, or --clip-norm, is needed"};
}

std::string checksum_of(const std::string& path) {
  std::error_code none;
  if (path == "-" || !std::filesystem::is_regular_file(path, none)) return {};
  const auto source = weir::open_file(path);
  if (!source) return {};
  weir::Crc64 sum;
  std::uint64_t size = 0;
  std::vector<char> piece(std::size_t{1} << 20);
  for (;;) {
    const weir::Result<std::size_t> count = source.value()->read(piece);
    if (!count) return {};
    if (count.value() == 0) break;
    size += count.value();
    sum.update(std::as_bytes(std::span(piece).first(count.value())));
  }
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64 " (CRC-64 of %" PRIu64 " bytes)", sum.value(), size);
  return text.data();
}

std::vector<std::string> notes_on(const Record& record, const std::string& table) {
  const std::string_view trained_on = recorded(record, "data checksum");
  if (trained_on.empty() || trained_on != checksum_of(table)) return {};
  return {
      "the model was trained on this file, so it knows the answers; judge it by rows that it has not seen"};
}

std::string notes_text(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += "  note: " + note + "\n";
  return text;
}

}  // namespace cli
