// The parts of a pipeline that are not tensors, as JSON texts for the file's metadata (docs/model_format.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/data/label_rule.hpp>
#include <weir/data/preprocessor.hpp>
#include <weir/io/json_text.hpp>
#include <weir/pipeline/sample_rule.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// A name of an enumeration.
template <Named Enum>
[[nodiscard]] bool read_enum(JsonReader& in, Enum& out) {
  std::string name;
  if (!in.string(name)) return false;
  const std::optional<Enum> value = named<Enum>(name);
  if (!value) return in.cursor().refuse(in.cursor().position(), in_quotes(name) + " is not known here");
  out = *value;
  return true;
}

inline void write_strings(JsonWriter& out, const std::vector<std::string>& values) {
  out.begin('[');
  for (const std::string& value : values) out.string(value);
  out.end(']');
}
[[nodiscard]] inline bool read_strings(JsonReader& in, std::vector<std::string>& values) {
  return in.array([&] { return in.string(values.emplace_back()); });
}

// Preprocessor: {"version":1,"exclude":[...],"columns":[{"name":...,"kind":"numeric",...}, ...]}

void write_plan(JsonWriter& out, const NumericPlan& plan);
void write_plan(JsonWriter& out, const CategoricalPlan& plan);

[[nodiscard]] std::string preprocess_text(const Preprocessor& pre);

/// One column as it stands in the file; of which kind it is shows at the end.
struct ColumnText {
  std::string name, kind;
  NumericPlan numeric;
  CategoricalPlan categorical;
  bool named = false;
  bool of_numbers = false, of_texts = false;  ///< has members that only such a column has

  [[nodiscard]] bool read(JsonReader& in, std::string_view key);

  /// Why what was read cannot be used; empty when it can.
  [[nodiscard]] std::string complaint() const;
};

[[nodiscard]] Result<Preprocessor> parse_preprocess(std::string_view text);

// Labels: {"column":"label","classes":["benign","attack"],"map":{"normal":"benign"},"otherwise":"attack"}

inline void write_pairs(JsonWriter& out, const std::vector<std::pair<std::string, std::string>>& pairs) {
  out.begin('{');
  for (const auto& [key, value] : pairs) out.key(key).string(value);
  out.end('}');
}
[[nodiscard]] std::string labels_text(const LabelRule& labels);

[[nodiscard]] Result<LabelRule> parse_labels(std::string_view text);

[[nodiscard]] inline std::string record_text(const std::vector<std::pair<std::string, std::string>>& record) {
  JsonWriter out;
  write_pairs(out, record);
  return out.text();
}
[[nodiscard]] inline Result<std::vector<std::pair<std::string, std::string>>> parse_record(
    std::string_view text) {
  std::vector<std::pair<std::string, std::string>> record;
  JsonReader in(text);
  if (!in.texts(record) || !in.end()) return in.failure("record");
  return record;
}

// Samples: {"kind":"sequence"}, {"kind":"image","scale":0.00392,"rows":28,"columns":28} or
// {"kind":"window","horizon":1,"target":0,"relative":true}

[[nodiscard]] std::string samples_text(const SampleRule& rule);

[[nodiscard]] Result<SampleRule> parse_samples(std::string_view text);

#if WEIR_BODIES

WEIR_BODY void write_plan(JsonWriter& out, const NumericPlan& plan) {
  out.key("kind").string("numeric").key("used").boolean(plan.used);
  out.key("on_missing").string(name_of(plan.on_missing)).key("stand_in").number(plan.stand_in);
  out.key("scaling").string(name_of(plan.scaler.scaling));
  out.key("shift").number(plan.scaler.shift).key("scale").number(plan.scaler.scale);
  out.key("low").number(static_cast<double>(plan.low)).key("high").number(static_cast<double>(plan.high));
  out.key("landmarks").begin('[');
  for (const double landmark : plan.scaler.landmarks) out.number(landmark);
  out.end(']');
}

WEIR_BODY void write_plan(JsonWriter& out, const CategoricalPlan& plan) {
  out.key("kind").string("categorical").key("on_missing").string(name_of(plan.on_missing));
  out.key("categories");
  write_strings(out, plan.categories);
}

WEIR_BODY std::string preprocess_text(const Preprocessor& pre) {
  JsonWriter out;
  out.begin('{').key("version").integer(pre.schema.version).key("exclude");
  write_strings(out, pre.exclude);
  out.key("columns").begin('[');
  const auto write = [&](const auto& plan, auto...) {
    out.begin('{').key("name").string(plan.name);
    write_plan(out, plan);
    out.end('}');
  };
  pre.each_column(write, write);
  return out.end(']').end('}').text();
}

WEIR_BODY bool ColumnText::read(JsonReader& in, std::string_view key) {
  double number = 0.0;
  if (key == "name") return (named = true) && in.string(name);
  if (key == "kind") return in.string(kind);
  if (key == "on_missing") return read_enum(in, numeric.on_missing);
  (key == "categories" ? of_texts : of_numbers) = true;
  if (key == "used") return in.boolean(numeric.used);
  if (key == "stand_in") return in.number(numeric.stand_in);
  if (key == "scaling") return read_enum(in, numeric.scaler.scaling);
  if (key == "shift") return in.number(numeric.scaler.shift);
  if (key == "scale") return in.number(numeric.scaler.scale);
  if (key == "low" || key == "high") {
    constexpr double limit = std::numeric_limits<float>::max();
    if (!in.number(number) || std::fabs(number) > limit) return false;
    (key == "low" ? numeric.low : numeric.high) = static_cast<float>(number);
    return true;
  }
  if (key == "landmarks") return in.array([&] { return in.number(numeric.scaler.landmarks.emplace_back()); });
  if (key == "categories") return read_strings(in, categorical.categories);
  return false;
}

WEIR_BODY std::string ColumnText::complaint() const {
  if (!named) return "a column has no name";
  if (kind != "numeric" && kind != "categorical")
    return "column " + in_quotes(name) + " is of unknown kind " + in_quotes(kind);
  if (kind == "numeric" ? of_texts : of_numbers)
    return "column " + in_quotes(name) + " has members that a " + kind + " one does not have";
  if (kind == "categorical") {
    const auto& c = categorical.categories;
    const bool ascending = std::adjacent_find(c.begin(), c.end(), std::greater_equal<>()) == c.end();
    return ascending ? "" : "the categories of " + in_quotes(name) + " are not in ascending order, each once";
  }
  const Scaler& scaler = numeric.scaler;
  const bool ranked = scaler.scaling == Scaling::rank;
  if (!(scaler.scale > 0.0) || !(numeric.low < numeric.high))
    return "the scaling of " + in_quotes(name) + " is not usable";
  if (ranked &&
      (scaler.landmarks.size() < 2 || !std::is_sorted(scaler.landmarks.begin(), scaler.landmarks.end()))) {
    return "the landmarks of " + in_quotes(name) + " are not usable";
  }
  if (!ranked && !scaler.landmarks.empty())
    return in_quotes(name) + " has landmarks and is not scaled by rank";
  return "";
}

WEIR_BODY Result<Preprocessor> parse_preprocess(std::string_view text) {
  Preprocessor pre;
  std::string complaint;
  JsonReader in(text);
  const auto column = [&] {
    ColumnText read;
    if (!in.object([&](std::string_view key) { return read.read(in, key); })) return false;
    complaint = read.complaint();
    if (!complaint.empty()) return in.cursor().refuse(in.cursor().position(), complaint);
    const bool numeric = read.kind == "numeric";
    pre.schema.columns.push_back({read.name, numeric ? ColumnKind::numeric : ColumnKind::categorical});
    if (numeric) {
      read.numeric.name = read.name;
      pre.numeric.push_back(std::move(read.numeric));
    } else {
      read.categorical.name = read.name;
      read.categorical.on_missing = read.numeric.on_missing;
      pre.categorical.push_back(std::move(read.categorical));
    }
    return true;
  };
  const bool fine = in.object([&](std::string_view key) {
    std::int64_t version = 0;
    if (key == "version") {
      if (!in.integer(version) || version < 0 || version > std::numeric_limits<std::uint32_t>::max())
        return false;
      pre.schema.version = static_cast<std::uint32_t>(version);
      return true;
    }
    if (key == "exclude") return read_strings(in, pre.exclude);
    return key == "columns" && in.array(column);
  });
  if (!fine || !in.end()) return in.failure("preprocess");
  if (const auto name = repeated_name(pre.schema)) {
    return Failure{ErrorKind::format, "preprocess: there are two columns " + in_quotes(*name)};
  }
  return pre;
}

WEIR_BODY std::string labels_text(const LabelRule& labels) {
  JsonWriter out;
  out.begin('{').key("column").string(labels.column).key("classes");
  write_strings(out, labels.classes);
  out.key("map");
  write_pairs(out, labels.map);
  return out.key("otherwise").string(labels.otherwise).end('}').text();
}

WEIR_BODY Result<LabelRule> parse_labels(std::string_view text) {
  LabelRule labels;
  JsonReader in(text);
  const bool fine = in.object([&](std::string_view key) {
    if (key == "column") return in.string(labels.column);
    if (key == "classes") return read_strings(in, labels.classes);
    if (key == "map") return in.texts(labels.map);
    return key == "otherwise" && in.string(labels.otherwise);
  });
  if (!fine || !in.end()) return in.failure("labels");
  return labels;
}

WEIR_BODY std::string samples_text(const SampleRule& rule) {
  JsonWriter out;
  out.begin('{').key("kind").string(name_of(rule.kind));
  if (rule.kind == SampleKind::image) {
    out.key("scale").number(rule.pixel_scale).key("rows").integer(rule.rows);
    out.key("columns").integer(rule.columns);
  }
  if (rule.kind == SampleKind::window) {
    out.key("horizon").integer(rule.horizon).key("target").integer(rule.target);
    out.key("relative").boolean(rule.relative);
  }
  return out.end('}').text();
}

WEIR_BODY Result<SampleRule> parse_samples(std::string_view text) {
  constexpr std::int64_t limit = 1 << 24;
  SampleRule rule;
  JsonReader in(text);
  const auto count = [&in](Index& to) {
    std::int64_t value = 0;
    if (!in.integer(value) || value < 0 || value > limit) return false;
    to = static_cast<Index>(value);
    return true;
  };
  const bool fine = in.object([&](std::string_view key) {
    if (key == "kind") return read_enum(in, rule.kind);
    if (key == "scale") return in.number(rule.pixel_scale);
    if (key == "rows") return count(rule.rows);
    if (key == "columns") return count(rule.columns);
    if (key == "horizon") return count(rule.horizon);
    if (key == "target") return count(rule.target);
    return key == "relative" && in.boolean(rule.relative);
  });
  if (!fine || !in.end()) return in.failure("samples");
  SampleRule own{.kind = rule.kind};  // with what its kind has, and nothing else
  if (rule.kind == SampleKind::image) {
    own.pixel_scale = rule.pixel_scale;
    own.rows = rule.rows;
    own.columns = rule.columns;
  }
  if (rule.kind == SampleKind::window) {
    own.horizon = rule.horizon;
    own.target = rule.target;
    own.relative = rule.relative;
  }
  if (own == rule) return rule;
  return Failure{ErrorKind::format,
                 "samples: members that '" + std::string(name_of(rule.kind)) + "' does not have"};
}

#endif

}  // namespace weir::inline WEIR_ABI::detail
