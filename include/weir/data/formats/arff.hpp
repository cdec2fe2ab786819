// ARFF, the attribute-relation files of Weka (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/):
//
//   @relation flows                      % a comment
//   @attribute duration numeric          also real, integer; string, date [format]
//   @attribute 'the class' {VPN,Non-VPN}
//   @data
//   0.5,VPN                              dense: a value for each attribute, ? for a missing one
//   {1 VPN}                              sparse: what is left out is 0, or the first of the named values
//
// Names and kinds of the columns are as declared. A value that is none of those declared makes a bad row; so do
// weights of rows. Dates are texts. Relational attributes are refused.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/arff_line.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_fields.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/field_reader.hpp>
#include <weir/data/formats/line_rows.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/schema.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class ArffRows final : public LineRows {
 public:
  ArffRows(std::unique_ptr<ByteSource> source, const CsvOptions& options)
      : LineRows(std::move(source), options.max_row_bytes), max_columns_(options.max_columns) {}

  /// Reads the lines up to @data.
  Status read_head(const std::string& name);
  /// As declared, behind read_head().
  [[nodiscard]] Schema schema() const;

 private:
  struct Attribute {
    std::string name;
    ColumnKind kind = ColumnKind::categorical;
    std::vector<std::string> values{};  // in order of the alphabet; none: any
    std::string absent{};               // what a sparse row leaves out
  };

  Line take(std::string_view line) override { return in_data_ ? take_row(line) : take_declaration(line); }

  Line take_declaration(std::string_view line);
  Line take_attribute(ArffLine& line);
  Line take_values(ArffLine& line, Attribute& attribute);
  Line take_type(std::string_view type, Attribute& attribute);

  Line take_row(std::string_view line);
  Line take_dense(ArffLine& line);
  Line take_sparse(ArffLine& line);
  Line take_sparse_value(ArffLine& line);
  /// The end of the row, and the values that are declared.
  Line finish(ArffLine& line);

  std::size_t max_columns_;
  std::vector<Attribute> attributes_;
  std::string memory_;
  std::vector<bool> given_;  // in a sparse row, by column
  std::size_t head_bytes_ = 0;
  bool in_data_ = false;
};

/// The reader of an ARFF file. Missing is ?, and what options.missing names.
[[nodiscard]] Result<FieldReader> try_arff_reader(std::unique_ptr<ByteSource> source, CsvOptions options);

#if WEIR_BODIES

WEIR_BODY Status ArffRows::read_head(const std::string& name) {
  while (!in_data_) {
    const std::optional<Step> step = next_line();
    if (!step) continue;
    if (*step == Step::failed) return failure();
    if (*step == Step::end) return Failure{ErrorKind::data, name + ": there is no @data line"};
    return refused(name);
  }
  return std::monostate{};
}

WEIR_BODY Schema ArffRows::schema() const {
  std::vector<std::string_view> names;
  for (const Attribute& attribute : attributes_) names.push_back(attribute.name);
  const std::vector<std::string> unique = unique_names(names);
  Schema schema;
  for (std::size_t i = 0; i < unique.size(); ++i) schema.columns.push_back({unique[i], attributes_[i].kind});
  return schema;
}

WEIR_BODY LineRows::Line ArffRows::take_declaration(std::string_view line) {
  constexpr std::size_t most = std::size_t{16} << 20;
  head_bytes_ += line.size();
  if (head_bytes_ > most) return refuse(1, "the declarations are longer than 16 MiB");
  ArffLine rest(line, memory_);
  if (rest.at_end()) return Line::head;
  std::string_view word;
  const bool plain = rest.take(" \t", word) && !rest.quoted();
  const auto is = [&](std::string_view name) {
    return plain && word.size() == name.size() && detail::begins_with_word(word, name);
  };
  if (is("@relation")) return Line::head;
  if (is("@attribute")) return take_attribute(rest);
  if (!is("@data"))
    return refuse(1, "@relation, @attribute or @data is expected, not " + quoted_excerpt(word));
  if (attributes_.empty()) return refuse(1, "there is no @attribute line before @data");
  in_data_ = true;
  return Line::head;
}

WEIR_BODY LineRows::Line ArffRows::take_attribute(ArffLine& line) {
  if (attributes_.size() >= max_columns_) return refuse(1, "there are too many attributes");
  std::string_view name, type;
  if (!line.take(" \t{", name)) return refuse(2, "a quote is not closed");
  Attribute attribute{std::string(name)};
  if (line.skip('{')) {
    const Line values = take_values(line, attribute);
    if (values != Line::head) return values;
  } else {
    if (!line.take(" \t", type)) return refuse(3, "a quote is not closed");
    const Line known = take_type(type, attribute);
    if (known != Line::head) return known;
  }
  attributes_.push_back(std::move(attribute));
  return Line::head;
}

WEIR_BODY LineRows::Line ArffRows::take_values(ArffLine& line, Attribute& attribute) {
  do {
    std::string_view value;
    if (!line.take(",}", value)) return refuse(3, "a quote is not closed");
    if (!value.empty() || line.quoted()) attribute.values.emplace_back(value);
  } while (line.skip(','));
  if (!line.skip('}')) return refuse(3, "the list of values is not closed: } is expected in this line");
  if (attribute.values.empty()) return refuse(3, "the list of values is empty");
  attribute.absent = attribute.values.front();
  std::sort(attribute.values.begin(), attribute.values.end());
  return Line::head;
}

WEIR_BODY LineRows::Line ArffRows::take_type(std::string_view type, Attribute& attribute) {
  const auto is = [type](std::string_view name) {
    return type.size() == name.size() && detail::begins_with_word(type, name);
  };
  if (is("numeric") || is("real") || is("integer")) {
    attribute.kind = ColumnKind::numeric;
    attribute.absent = "0";
  } else if (!is("string") && !is("date")) {
    return refuse(3, quoted_excerpt(type) +
                         " is no type that is read: numeric, real, integer, string, date or {a,b,...}");
  }
  return Line::head;
}

WEIR_BODY LineRows::Line ArffRows::take_row(std::string_view line) {
  ArffLine rest(line, memory_);
  if (rest.at_end()) return Line::head;
  return rest.skip('{') ? take_sparse(rest) : take_dense(rest);
}

WEIR_BODY LineRows::Line ArffRows::take_dense(ArffLine& line) {
  fields_.clear();
  do {
    std::string_view value;
    if (line.sees('{')) return refuse(fields_.size() + 1, "weights of rows are not read");
    if (!line.take(",\t", value)) return refuse(fields_.size() + 1, "a quote is not closed");
    if (value.empty() && !line.quoted())
      return refuse(fields_.size() + 1, "there is no value; ? is a missing one");
    fields_.push_back(value == "?" && !line.quoted() ? std::string_view() : value);
  } while (line.skip_separator());
  return finish(line);
}

WEIR_BODY LineRows::Line ArffRows::take_sparse(ArffLine& line) {
  fields_.clear();
  for (const Attribute& attribute : attributes_) fields_.push_back(attribute.absent);
  given_.assign(attributes_.size(), false);
  if (!line.skip('}')) {
    do {
      const Line taken = take_sparse_value(line);
      if (taken != Line::row) return taken;
    } while (line.skip(','));
    if (!line.skip('}')) return refuse(1, "the sparse row is not closed: } is expected");
  }
  if (line.skip_separator()) return refuse(1, "weights of rows are not read");
  return finish(line);
}

WEIR_BODY LineRows::Line ArffRows::take_sparse_value(ArffLine& line) {
  std::string_view word, value;
  std::size_t index = 0;
  const bool plain = line.take(" \t,}", word) && !line.quoted();
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, index);
  if (!plain || error != std::errc() || stop != end)
    return refuse(1,
                  "a sparse row holds numbers of attributes and their values, not " + quoted_excerpt(word));
  if (index >= attributes_.size() || given_[index])
    return refuse(1, "attribute " + std::string(word) +
                         (index < attributes_.size() ? " comes twice" : " is not there; they count from 0"));
  if (!line.take(",}", value)) return refuse(index + 1, "a quote is not closed");
  if (value.empty() && !line.quoted()) return refuse(index + 1, "there is no value; ? is a missing one");
  fields_[index] = value == "?" && !line.quoted() ? std::string_view() : value;
  given_[index] = true;
  return Line::row;
}

WEIR_BODY LineRows::Line ArffRows::finish(ArffLine& line) {
  if (!line.at_end()) return refuse(fields_.size(), "there is text behind the value");
  for (std::size_t i = 0; i < std::min(fields_.size(), attributes_.size()); ++i) {
    const std::vector<std::string>& values = attributes_[i].values;
    if (values.empty() || fields_[i].empty() || std::binary_search(values.begin(), values.end(), fields_[i]))
      continue;
    return refuse(i + 1, "column " + quoted_excerpt(attributes_[i].name) + ": " + quoted_excerpt(fields_[i]) +
                             " is none of its values");
  }
  return Line::row;
}

WEIR_BODY Result<FieldReader> try_arff_reader(std::unique_ptr<ByteSource> source, CsvOptions options) {
  Result<std::unique_ptr<ByteSource>> text =
      detail::table_text(std::move(source), options.encoding, ContentKind::arff);
  if (!text) return text.error();
  std::string name = text.value()->name();
  auto rows = std::make_unique<ArffRows>(std::move(text).value(), options);
  if (Status status = rows->read_head(name); !status) return status.error();
  Schema schema = rows->schema();
  return FieldReader::try_make(std::move(name), std::move(rows), std::move(schema), std::move(options));
}

#endif

}  // namespace weir::inline WEIR_ABI
