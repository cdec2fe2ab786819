// What the fuzz targets of formats made of lines have in common: any bytes are read or refused, every line is
// accounted for, and what is read depends neither on the size of the pieces in which the bytes arrive nor on the
// number of rows asked for at a time. The first two bytes of the input choose the options; the rest is the file.
#pragma once

#include <weir/core/content_kind.hpp>
#include <weir/data/formats/field_reader.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace table_fuzz {

using namespace weir;

/// Hands out a few bytes at a time.
class DrippingSource final : public ByteSource {
 public:
  DrippingSource(std::string_view bytes, std::size_t most) : ByteSource("drip"), rest_(bytes), most_(most) {}

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min({out.size(), rest_.size(), most_});
    std::copy_n(rest_.data(), count, out.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::size_t most_;
};

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline CsvOptions options_of(const std::uint8_t* choice) {
  CsvOptions options{.infer_rows = choice[0] % std::size_t{8}, .max_reasons = 3};
  options.bad_rows = static_cast<BadRows>((choice[0] >> 3) % 3);
  options.encoding = static_cast<TextEncoding>(choice[1] % 4);
  if ((choice[0] & 0x20) != 0) options.max_row_bytes = 32;
  if ((choice[0] & 0x40) != 0) options.max_columns = 3;
  if ((choice[0] & 0x80) != 0) options.missing = {""};
  if ((choice[1] & 0x04) == 0) options.mixed = MixedColumns::categorical;
  if ((choice[1] & 0x08) != 0) options.numbers.decimal = ',';
  return options;
}

inline void check_equal(const Table& a, const Table& b) {
  require(a.schema() == b.schema() && a.rows() == b.rows());
  for (std::size_t i = 0; i < a.columns(); ++i) {
    for (std::size_t row = 0; row < a.rows(); ++row) {
      if (a.numeric(i)) {
        const double x = a.numbers(i)[row];
        const double y = b.numbers(i)[row];
        require(x == y || (is_missing(x) && is_missing(y)));
      } else {
        require(a.text(i, row) == b.text(i, row) && is_utf8(a.text(i, row)));
      }
    }
  }
}

/// Whether the lines of the report are those of the file, which may be UTF-16.
inline void check_lines(const CsvReport& report, std::string_view bytes, const CsvOptions& options) {
  require(report.lines ==
          report.rows + report.bad_rows + report.blank_lines + report.head_lines + report.repeated_headers);
  require(report.reasons.size() <= options.max_reasons && report.reasons.size() <= report.bad_rows);
  const bool utf16 = content_kind(bytes.substr(0, 512)) == ContentKind::utf16_text;
  if (utf16 || options.encoding == TextEncoding::utf16) return;
  const auto feeds = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  require(report.lines == feeds + (!bytes.empty() && bytes.back() != '\n' ? 1 : 0));
}

/// `open(source, options)` gives a Result<FieldReader>.
template <class Open>
int run(const std::uint8_t* data, std::size_t size, Open open) {
  if (size < 2) return 0;
  const CsvOptions options = options_of(data);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Result<FieldReader> whole = open(std::make_unique<MemorySource>(text), options);
  Result<FieldReader> reader =
      open(std::make_unique<DrippingSource>(text, 1 + data[1] / std::size_t{16}), options);
  require(whole.ok() == reader.ok());
  if (!whole) {
    require(!whole.error().what.empty() && is_utf8(whole.error().what));
    return 0;
  }
  Table all = whole->make_table();
  const Result<std::size_t> rows = whole->try_read(all);
  Table pieces = reader->make_table();
  while (true) {
    const Result<std::size_t> count = reader->try_read(pieces, 1 + data[0] % std::size_t{5});
    if (!count) {
      require(!rows && is_utf8(count.error().what) && options.bad_rows == BadRows::stop);
      return 0;
    }
    if (count.value() == 0) break;
  }
  require(rows.ok());
  check_equal(all, pieces);
  check_lines(whole->report(), text, options);
  require(whole->report().lines == reader->report().lines);
  require(whole->report().bad_rows == reader->report().bad_rows);
  return 0;
}

}  // namespace table_fuzz
