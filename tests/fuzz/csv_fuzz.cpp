// Fuzz target of the CSV reader: it must read or refuse any bytes, without a crash and without a leak; every
// line must be accounted for, and what is read must depend neither on the size of the pieces in which the
// bytes arrive nor on the number of rows asked for at a time.
//
// What is read as a text must be UTF-8. The first four bytes choose the options; the rest is the file.
#include "table_fuzz.hpp"

#include <weir/data/formats/csv.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace weir;
using table_fuzz::check_equal, table_fuzz::DrippingSource, table_fuzz::require;

CsvOptions options_of(const std::uint8_t* choice) {
  constexpr std::string_view separators = ",;\t |";
  constexpr std::string_view quotes = "\"'\0\"";
  CsvOptions options{.separator = separators[choice[0] % separators.size()],
                     .quote = quotes[(choice[0] >> 3) % quotes.size()],
                     .header = (choice[0] & 0x20) != 0,
                     .infer_rows = choice[1] % std::size_t{8},
                     .max_reasons = 3};
  options.bad_rows = static_cast<BadRows>(choice[2] % 3);
  options.encoding = static_cast<TextEncoding>(choice[3] % 4);
  if ((choice[3] & 0x04) != 0) options.numbers.decimal = ',';
  constexpr std::array<char, 4> thousands{'\0', ',', '.', ' '};
  options.numbers.thousands = thousands[(choice[3] >> 3) % thousands.size()];
  if ((choice[3] & 0x20) != 0) options.mixed = MixedColumns::categorical;
  if ((choice[1] & 0x10) != 0) options.max_row_bytes = 32;
  if ((choice[1] & 0x20) != 0) options.max_columns = 3;
  if ((choice[1] & 0x40) != 0) options.missing.push_back("-1");
  if ((choice[1] & 0x80) != 0) {
    options.schema.columns = {
        {"a", ColumnKind::numeric}, {"b", ColumnKind::categorical}, {"c", ColumnKind::ignore}};
  }
  return options;
}

/// The text that the lines are those of.
std::string decoded(std::string_view bytes, const CsvOptions& options) {
  const bool guess = options.encoding != TextEncoding::utf16;
  if (guess && content_kind(bytes.substr(0, 512)) != ContentKind::utf16_text) return std::string(bytes);
  auto peeked = PeekedSource::try_make(std::make_unique<MemorySource>(bytes), 512);
  Utf16Source source(std::move(peeked).value());
  std::string text;
  std::array<char, 100> piece{};
  while (const std::size_t count = source.read(piece).value()) text.append(piece.data(), count);
  return text;
}

void check_lines(const CsvReport& report, std::string_view text, const CsvOptions& options) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  const auto feeds = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  const bool open_end = !text.empty() && text.back() != '\n';
  require(report.lines == feeds + (open_end ? 1 : 0));
  const std::uint64_t known = report.rows + report.bad_rows + report.blank_lines + report.head_lines +
                              report.repeated_headers + (options.header ? 1 : 0);
  require(options.quote == '\0' ? report.lines == known : report.lines >= known);
  require(report.reasons.size() <= options.max_reasons && report.reasons.size() <= report.bad_rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const CsvOptions options = options_of(data);
  const std::string_view text(reinterpret_cast<const char*>(data) + 4, size - 4);

  CsvReport report;
  Result<Table> whole = try_parse_csv(text, options, &report);
  Result<CsvReader> reader =
      CsvReader::try_make(std::make_unique<DrippingSource>(text, 1 + data[2] / std::size_t{3}), options);
  if (!reader) {
    require(!whole && !reader.error().what.empty() && is_utf8(reader.error().what));
    return 0;
  }
  Table pieces = reader->make_table();
  while (true) {
    const Result<std::size_t> count = reader->try_read(pieces, 1 + data[2] % std::size_t{5});
    if (!count) {
      require(!whole && is_utf8(count.error().what) && options.bad_rows == BadRows::stop);
      return 0;
    }
    if (count.value() == 0) break;
  }
  require(whole.ok());
  check_equal(*whole, pieces);
  check_lines(report, decoded(text, options), options);
  require(report.lines == reader->report().lines && report.bad_rows == reader->report().bad_rows);
  require(report.recoded == reader->report().recoded && report.lost == reader->report().lost);
  return 0;
}
