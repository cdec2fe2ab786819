// A flow as a record for a pipeline: what the meter would write of it, in the order and the kinds of the
// pipeline's columns, without a text in between.
//
//   FlowModelRecord record(pipeline.preprocess.schema, flow_columns<CoreFlow>(options.features));
//   record.take(flow);
//   const Verdict verdict = scorer.score(record.numbers(), record.texts());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/traffic/features/column_spellings.hpp>
#include <weir/traffic/flow/flow_output.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class FlowModelRecord {
 public:
  /// `columns` are those of the profile. A value that is not valid is missing, or 0 where a profile writes it
  /// so (`blank_missing` false). DataError when the schema has a column that the profile has not.
  FlowModelRecord(const Schema& schema, std::span<const FlowColumn> columns, bool blank_missing = true)
      : places_(columns.size()), text_(FlowText::Format::csv, blank_missing), blank_missing_(blank_missing) {
    std::array<std::size_t, 2> counts{};
    for (const Column& column : schema.columns) {
      const std::optional<std::size_t> at = find_column(columns, column.name);
      if (!at) fail(ErrorKind::data, "the flows have no column '" + column.name + "'");
      const bool numeric = column.kind == ColumnKind::numeric;
      put(places_[*at], {numeric ? Kind::number : Kind::text, counts[numeric ? 0 : 1]++}, column.name);
    }
    numbers_.resize(counts[0]);
    texts_.resize(counts[1]);
    views_.resize(counts[1]);
  }

  template <class View>
  void take(const View& flow) {
    at_ = 0;
    flow.describe(*this);
    for (const auto& [from, to] : twins_) {
      if (from.kind == Kind::number) numbers_[to.index] = numbers_[from.index];
      if (from.kind == Kind::text) texts_[to.index] = texts_[from.index];
    }
    std::copy(texts_.begin(), texts_.end(), views_.begin());
  }
  [[nodiscard]] std::span<const double> numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::span<const std::string_view> texts() const noexcept { return views_; }

  template <class T>
  void number(FlowColumnName name, std::string_view unit, T value, bool valid = true) {
    const Place place = places_[at_++];
    if (place.kind == Kind::number) {
      numbers_[place.index] = valid || !blank_missing_ ? static_cast<double>(value) : missing;
    } else if (place.kind == Kind::text) {
      begin_text(place);
      text_.number(name, unit, value, valid);
    }
  }
  void text(FlowColumnName, std::string_view value) {
    const Place place = places_[at_++];
    if (place.kind == Kind::text) texts_[place.index] = value;
    if (place.kind == Kind::number) numbers_[place.index] = number_of(value);
  }
  void address(FlowColumnName name, const IpAddress& a, std::uint8_t ip_version) {
    as_text([&] { text_.address(name, a, ip_version); });
  }
  void mac(FlowColumnName name, const MacAddress& a, std::size_t bytes = 6) {
    as_text([&] { text_.mac(name, a, bytes); });
  }
  void ends(FlowColumnName name, const FlowEnds& e) {
    as_text([&] { text_.ends(name, e); });
  }

 private:
  enum class Kind : unsigned char { none, number, text };
  struct Place {
    Kind kind = Kind::none;
    std::size_t index = 0;
  };
  /// Tables of CICFlowMeter have a column twice, under two names.
  void put(Place& place, Place wanted, const std::string& name) {
    if (place.kind == Kind::none) {
      place = wanted;
    } else if (place.kind == wanted.kind) {
      twins_.emplace_back(place, wanted);
    } else {
      fail(ErrorKind::data, "the model reads '" + name + "' as numbers and as names");
    }
  }
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  [[nodiscard]] static double number_of(std::string_view text) {
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? value : missing;
  }
  void begin_text(const Place& place) {
    texts_[place.index].clear();
    text_.begin(texts_[place.index]);
  }
  template <class Write>
  void as_text(Write&& write) {
    const Place place = places_[at_++];
    if (place.kind == Kind::number) numbers_[place.index] = missing;
    if (place.kind != Kind::text) return;
    begin_text(place);
    write();
  }

  std::vector<Place> places_;                   ///< by the profile's columns
  std::vector<std::pair<Place, Place>> twins_;  ///< a column that the schema has twice: from, to
  std::vector<double> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  FlowText text_;
  bool blank_missing_;
  std::size_t at_ = 0;
};

}  // namespace weir::inline WEIR_ABI
