// What takes the bytes of a file apart into rows of text fields: the part of a reader that a format has of its
// own (csv_splitter.hpp, arff.hpp, ...). FieldReader (field_reader.hpp) makes tables of the rows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What is known of a row besides its fields, and the lines read so far.
struct RowPlace {
  std::uint64_t line = 0;  ///< on which it begins, from 1
  std::uint64_t lines = 0;
  std::uint64_t blank_lines = 0;
  std::uint64_t head_lines = 0;
  std::size_t column = 0;  ///< of a bad row, from 1
  std::string reason{};
  BadField kind = BadField::layout;  ///< of a bad row
};

class RowSplitter {
 public:
  enum class Step : std::uint8_t { row, bad, end, failed };

  virtual ~RowSplitter() = default;

  /// The next row that is not blank.
  virtual Step next() = 0;
  /// The fields of the row, an empty one being missing; valid until the next call of next().
  [[nodiscard]] virtual std::span<const std::string_view> fields() const noexcept = 0;
  /// Of the last step.
  [[nodiscard]] virtual RowPlace place() const = 0;
  /// After Step::failed.
  [[nodiscard]] virtual const Failure& failure() const noexcept = 0;
  /// Whether a row may lack any column, so that columns may be added behind its own.
  [[nodiscard]] virtual bool open_ended() const noexcept { return false; }
  virtual void add_columns(const std::vector<std::string>&) {}
  /// Writes down what it has come across besides rows.
  virtual void tell(CsvReport&) const {}

 protected:
  RowSplitter() = default;
  RowSplitter(RowSplitter&&) = default;
  RowSplitter& operator=(RowSplitter&&) = default;
};

/// "flows.csv:17:5: the reason"
[[nodiscard]] inline std::string place_text(const std::string& name, std::uint64_t line, std::size_t column,
                                            const std::string& reason) {
  return name + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + reason;
}

}  // namespace weir::inline WEIR_ABI
