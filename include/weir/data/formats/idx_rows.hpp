// Images as rows of a table: a number a pixel, `pixel_1` to `pixel_n`, row of pixels by row, and with a file
// of labels the column `label`.
//
//   IdxRows rows = IdxRows::try_make(read_idx_images("images-idx3-ubyte"), {}, "images").value();
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/idx.hpp>
#include <weir/data/formats/row_reader.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class IdxRows final : public RowReader {
 public:
  using RowReader::try_read;

  /// DataError when there are not as many labels as images, or when an image has more pixels than a table
  /// should have columns.
  [[nodiscard]] static Result<IdxRows> try_make(IdxImages images,
                                                std::optional<std::vector<std::uint8_t>> labels,
                                                const std::string& name) {
    constexpr std::size_t most_columns = std::size_t{1} << 16;
    if (images.size() > most_columns) {
      return Failure{ErrorKind::data,
                     name + ": images of " + std::to_string(images.size()) + " pixels make no table"};
    }
    if (labels && labels->size() != images.count) {
      return Failure{ErrorKind::data, name + ": there are " + std::to_string(labels->size()) +
                                          " labels for " + std::to_string(images.count) + " images"};
    }
    return IdxRows(std::move(images), std::move(labels));
  }

  [[nodiscard]] const Schema& schema() const noexcept override { return schema_; }
  [[nodiscard]] const std::vector<MixedColumn>& mixed() const noexcept override { return mixed_; }
  [[nodiscard]] const CsvReport& report() const noexcept override { return report_; }

  Status try_use(Schema schema) override {
    if (report_.rows > 0 || schema.columns.size() != schema_.columns.size()) {
      return Failure{ErrorKind::config, "a schema of other columns, or after the first row"};
    }
    schema_ = std::move(schema);
    return std::monostate{};
  }

  Result<std::size_t> try_read(Table& table, std::size_t max_rows) override {
    kept_.clear();
    const std::size_t first = static_cast<std::size_t>(report_.rows);
    const std::size_t count = std::min(max_rows, images_.count - first);
    for (std::size_t i = first; i < first + count; ++i) append(table, i);
    report_.rows += count;
    return count;
  }

 private:
  IdxRows(IdxImages images, std::optional<std::vector<std::uint8_t>> labels)
      : images_(std::move(images)), labels_(std::move(labels)) {
    for (std::size_t i = 1; i <= images_.size(); ++i)
      schema_.columns.push_back({"pixel_" + std::to_string(i)});
    if (labels_) schema_.columns.push_back({"label", ColumnKind::categorical});
  }

  void append(Table& table, std::size_t i) {
    std::vector<double> numbers;
    std::vector<std::string> texts;
    const auto put = [&](const Column& column, std::uint8_t value) {
      if (column.kind == ColumnKind::numeric) numbers.push_back(value);
      if (column.kind == ColumnKind::categorical) texts.push_back(std::to_string(value));
    };
    const auto pixels = images_.image(i);
    for (std::size_t j = 0; j < pixels.size(); ++j) put(schema_.columns[j], pixels[j]);
    if (labels_) put(schema_.columns.back(), (*labels_)[i]);
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    table.append_row(numbers, views);
    if (!kept_.columns().empty()) keep_row(i);
  }

  void keep_row(std::size_t i) {
    std::vector<std::string> texts;
    for (const std::uint8_t value : images_.image(i)) texts.push_back(std::to_string(value));
    if (labels_) texts.push_back(std::to_string((*labels_)[i]));
    kept_.add(std::vector<std::string_view>(texts.begin(), texts.end()));
  }

  IdxImages images_;
  std::optional<std::vector<std::uint8_t>> labels_;
  Schema schema_{};
  std::vector<MixedColumn> mixed_{};
  CsvReport report_{};
};

}  // namespace weir::inline WEIR_ABI
