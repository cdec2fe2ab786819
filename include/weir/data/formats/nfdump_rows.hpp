// CSV as it is, but for the summary that nfdump writes behind its flows (nfdump -o csv), which is told apart:
//
//   ts,te,td,sa,da,sp,dp,pr,flg,...
//   2024-01-01 10:00:00,...
//   Summary
//   flows,bytes,packets,avg_bps,avg_pps,avg_bpp
//   1,60,1,0,0,60
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/csv_splitter.hpp>
#include <weir/data/formats/row_splitter.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class NfdumpRows final : public RowSplitter {
 public:
  NfdumpRows(std::unique_ptr<ByteSource> source, const CsvDialect& dialect)
      : csv_(std::move(source), dialect) {}

  Step next() override {
    if (summary_line_ > 0) return csv_.next();  // at its end
    const Step step = csv_.next();
    if (std::exchange(first_, false)) nfdump_ = step == Step::row && is_header(csv_.fields());
    return nfdump_ && step == Step::row && is_summary(csv_.fields()) ? leave_out() : step;
  }
  [[nodiscard]] bool ready() const override { return csv_.ready(); }
  [[nodiscard]] std::span<const std::string_view> fields() const noexcept override { return csv_.fields(); }
  [[nodiscard]] RowPlace place() const override {
    RowPlace place = csv_.place();
    place.head_lines = summary_lines_;
    return place;
  }
  [[nodiscard]] const Failure& failure() const noexcept override { return csv_.failure(); }
  void tell(CsvReport& report) const override {
    report.summary_line = summary_line_;
    report.summaries = summary_line_ > 0 ? 1 : 0;
  }

 private:
  [[nodiscard]] static bool is_header(std::span<const std::string_view> fields) noexcept {
    constexpr std::array<std::string_view, 5> names{"ts", "te", "td", "sa", "da"};
    return fields.size() > names.size() && std::equal(names.begin(), names.end(), fields.begin());
  }
  [[nodiscard]] static bool is_summary(std::span<const std::string_view> fields) noexcept {
    return fields.size() == 1 && fields[0] == "Summary";
  }
  /// All lines from this one on.
  Step leave_out() {
    const RowPlace from = csv_.place();
    Step step = Step::row;
    while (step == Step::row || step == Step::bad) step = csv_.next();
    const RowPlace to = csv_.place();
    summary_line_ = from.line;
    summary_lines_ = to.lines - from.lines + 1 - (to.blank_lines - from.blank_lines);
    return step;
  }

  CsvSplitter csv_;
  std::uint64_t summary_line_ = 0;
  std::uint64_t summary_lines_ = 0;
  bool first_ = true;
  bool nfdump_ = false;
};

}  // namespace weir::inline WEIR_ABI
