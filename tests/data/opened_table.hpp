// Tables of any format from a text, for the tests of the formats: what is read, and what is said of a mistake.
#pragma once

#include <weir/core/error.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace data_test {

[[nodiscard]] inline weir::TableFile opened(std::string_view text, weir::TableOptions options = {}) {
  return {std::make_unique<weir::MemorySource>(text, "t"), std::move(options)};
}

/// The error when it is read; empty without one.
[[nodiscard]] inline std::string message(std::string_view text, const weir::TableOptions& options = {}) {
  try {
    static_cast<void>(opened(text, options).read_all());
  } catch (const weir::Error& error) {
    return error.what();
  }
  return {};
}

[[nodiscard]] inline bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The folder of the real data; empty, and said so, when there is none.
[[nodiscard]] inline std::string data_folder() {
  const char* folder = std::getenv("WEIR_DATA");
  if (folder == nullptr) MESSAGE("SKIPPED: WEIR_DATA not set");
  return folder == nullptr ? "" : folder;
}

}  // namespace data_test
