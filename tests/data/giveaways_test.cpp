// Columns that give the label away, cells without content, labels spelt in several ways.
#include <weir/core/rng.hpp>
#include <weir/data/labels/label_spelling.hpp>
#include <weir/data/tables/giveaways.hpp>
#include <weir/data/tables/table_gaps.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

struct Sample {
  Table table{Schema{{{"noise"},
                      {"code"},
                      {"size"},
                      {"host", ColumnKind::categorical},
                      {"label", ColumnKind::categorical}}}};
  std::vector<std::int32_t> labels;
};

/// `code` is the class, `size` lies in ranges of their own, `host` is a name of each class, if they tell.
Sample sample(std::size_t rows, std::int32_t classes, bool telling) {
  Sample result;
  Rng rng(5);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto label = static_cast<std::int32_t>(i) % classes;
    const double shown =
        telling ? label : static_cast<double>(rng.below(static_cast<std::uint64_t>(classes)));
    const std::string host = "h" + std::to_string(static_cast<int>(shown));
    const std::array<double, 3> numbers{rng.normal(), shown, 100.0 * shown + 40.0 * rng.uniform()};
    const std::array<std::string_view, 2> texts{host, "l"};
    result.table.append_row(numbers, texts);
    result.labels.push_back(label);
  }
  return result;
}

std::vector<std::string> named(const Sample& sample, std::size_t classes) {
  std::vector<std::string> names;
  for (const Giveaway& one : find_giveaways(sample.table, sample.labels, classes, "label"))
    names.push_back(one.column);
  return names;
}

}  // namespace

TEST_CASE("giveaways: a copy of the label, ranges and names are found, noise is not") {
  const std::vector<std::string> all{"code", "size", "host"};
  CHECK(named(sample(2'000, 2, true), 2) == all);
  CHECK(named(sample(2'000, 5, true), 5) == all);
  CHECK(named(sample(100'000, 3, true), 3) == all);
  CHECK(named(sample(2'000, 2, false), 2).empty());
}

TEST_CASE("giveaways: a column that only mostly tells, a rare class, a small table are no reason") {
  Sample mostly = sample(4'000, 2, true);
  for (std::size_t row = 0; row < 4'000; row += 20) {
    mostly.labels[row] = 1 - mostly.labels[row];  // one row of twenty
  }
  CHECK(named(mostly, 2).empty());
  CHECK(named(sample(30, 2, true), 2).empty());
  Sample lopsided = sample(2'000, 1, true);
  lopsided.labels[7] = 1;  // 1,999 of 2,000 are told by any column
  CHECK(named(lopsided, 2).empty());
}

TEST_CASE("giveaways: that a value is missing, or infinite, may tell") {
  Sample gaps = sample(1'000, 2, false);
  for (std::size_t row = 0; row < 1'000; ++row) {
    if (gaps.labels[row] == 1) gaps.table.numbers(0)[row] = missing_number;
    gaps.table.numbers(2)[row] =
        gaps.labels[row] == 1 ? std::numeric_limits<double>::infinity() : static_cast<double>(row);
  }
  CHECK(named(gaps, 2) == std::vector<std::string>{"noise", "size"});
}

TEST_CASE("gaps: missing and infinite cells by column") {
  Table t(Schema{{{"a"}, {"b"}, {"c", ColumnKind::categorical}}});
  const double inf = std::numeric_limits<double>::infinity();
  t.append_row(std::array{1.0, missing_number}, std::array<std::string_view, 1>{"x"});
  t.append_row(std::array{2.0, inf}, std::array<std::string_view, 1>{""});
  t.append_row(std::array{3.0, -inf}, std::array<std::string_view, 1>{""});
  const std::vector<ColumnGaps> gaps = gaps_of(t);
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0].column == "b");
  CHECK(gaps[0].missing == 1);
  CHECK(gaps[0].infinite == 2);
  CHECK(gaps[1].column == "c");
  CHECK(gaps[1].cells() == 2);
  CHECK(gaps_of(Table()).empty());
}

TEST_CASE("labels: spellings that differ by blanks or by case") {
  CHECK(without_extra_blanks("  Web \t Attack\xC2\xA0 XSS ") == "Web Attack XSS");
  CHECK(without_extra_blanks("\xC2\xA0").empty());
  // Em space, ideographic space; a byte-order mark and a zero-width space part nothing.
  CHECK(without_extra_blanks("\xE2\x80\x83Web\xE3\x80\x80 Att\xEF\xBB\xBF"
                             "ack\xE2\x80\x8B") == "Web Attack");
  CHECK(without_case(" DDoS") == "ddos");
  CHECK(without_form("0.0") == without_form("-0"));
  CHECK(without_form("+1e0") == without_form("1"));
  CHECK(without_form("1.5") != without_form("1"));
  CHECK(without_form("Inf") == "inf");
  const std::vector<std::string> labels{"A  B", "A B", "a b", "C"};
  CHECK(same_labels(labels, without_extra_blanks) == std::vector<std::vector<std::string>>{{"A  B", "A B"}});
  CHECK(same_labels(labels, without_case).size() == 1);
  CHECK(same_labels(labels, without_case)[0].size() == 3);
}
