#include "hints.hpp"

#include <weir/core/plain_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/io/checksum.hpp>

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

namespace cli {

std::vector<std::string> notes_on(const weir::History& history) {
  if (history.epochs.size() < 2) return {};
  const double first = history.epochs.front().loss, last = history.epochs.back().loss;
  if (last <= 2.0 * first) return {};
  return {"the loss grew in training, from " + weir::number_text(first) + " to " + weir::number_text(last) +
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

std::string checksums_of(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) {
    const std::string one = checksum_of(path);
    if (!one.empty()) text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

std::vector<std::string> notes_on(const weir::TextRecord& record, const std::vector<std::string>& tables) {
  const std::string_view trained_on = weir::recorded(record, "data checksum");
  if (trained_on.empty()) return {};
  for (const std::string& table : tables) {
    const std::string checksum = checksum_of(table);
    if (checksum.empty() || trained_on.find(checksum) == std::string_view::npos) continue;
    return {"the model was trained on " + (tables.size() == 1 ? "this file" : table) +
            ", so it knows the answers; judge it by rows that it has not seen"};
  }
  return {};
}

std::string notes_text(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += "  note: " + note + "\n";
  return text;
}

}  // namespace cli
