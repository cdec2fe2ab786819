// The parts of a pipeline that are not tensors, as JSON texts for the file's metadata (docs/model_format.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/json_text.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/io/json_fields.hpp>
#include <weir/pipeline/sample_rule.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI::detail {

// Preprocessor: {"version":1,"exclude":[...],"columns":[{"name":...,"kind":"numeric",...}, ...]}

/// One column as it stands in the file; of which kind it is may show at the end.
struct ColumnText {
  std::string name, kind;
  OnMissing on_missing = OnMissing::impute;
  NumericPlan numeric{};          ///< of a numeric one, without what stands above
  CategoricalPlan categorical{};  ///< of a categorical one, likewise

  template <class Visitor, class Text>
  static void fields(Visitor& visit, Text& c) {
    const bool numbers = c.kind == "numeric";
    visit("name", c.name);
    visit("kind", c.kind);
    visit.only_if(numbers, "used", c.numeric.used);
    visit("on_missing", c.on_missing);
    visit.only_if(numbers, "stand_in", c.numeric.stand_in);
    visit.only_if(numbers, "scaling", c.numeric.scaler.scaling);
    visit.only_if(numbers, "shift", c.numeric.scaler.shift);
    visit.only_if(numbers, "scale", c.numeric.scaler.scale);
    visit.only_if(numbers, "low", c.numeric.low);
    visit.only_if(numbers, "high", c.numeric.high);
    visit.only_if(numbers, "landmarks", c.numeric.scaler.landmarks);
    visit.only_if(!numbers, "categories", c.categorical.categories);
  }

  /// Why what was read cannot be used; empty when it can.
  [[nodiscard]] std::string complaint(const JsonFieldReader& read) const;
};

void write_value(JsonWriter& out, const NumericPlan& plan);
void write_value(JsonWriter& out, const CategoricalPlan& plan);
[[nodiscard]] bool read_column(JsonReader& in, Preprocessor& pre);

/// The columns of a preprocessor, in order.
template <class P>
struct ColumnsText {
  P& of;
};
inline void write_value(JsonWriter& out, const ColumnsText<const Preprocessor>& columns) {
  const auto write = [&](const auto& plan, auto...) { write_value(out, plan); };
  out.begin('[');
  columns.of.each_column(write, write);
  out.end(']');
}
[[nodiscard]] inline bool read_value(JsonReader& in, ColumnsText<Preprocessor>& columns) {
  return in.array([&] { return read_column(in, columns.of); });
}

template <class P>
struct PreprocessText {
  P& pre;

  template <class Visitor>
  static void fields(Visitor& visit, const PreprocessText& text) {
    ColumnsText<P> columns{text.pre};
    visit("version", text.pre.schema.version);
    visit("exclude", text.pre.exclude);
    visit("columns", columns);
  }
};

[[nodiscard]] std::string preprocess_text(const Preprocessor& pre);
[[nodiscard]] Result<Preprocessor> parse_preprocess(std::string_view text);

// Labels: {"column":"label","classes":["benign","attack"],"map":{"normal":"benign"},"otherwise":"attack"}

[[nodiscard]] std::string labels_text(const LabelRule& labels);
[[nodiscard]] Result<LabelRule> parse_labels(std::string_view text);

// Record: {"duration":"0.5","protocol":"tcp"}

[[nodiscard]] inline std::string record_text(const TextPairs& record) {
  JsonWriter out;
  write_value(out, record);
  return out.text();
}
[[nodiscard]] inline Result<TextPairs> parse_record(std::string_view text) {
  TextPairs record;
  JsonReader in(text);
  if (!in.texts(record) || !in.end()) return in.failure("record");
  return record;
}

// Samples: {"kind":"sequence"}, {"kind":"image","scale":0.00392,"rows":28,"columns":28} or
// {"kind":"window","horizon":1,"target":0,"relative":true}

[[nodiscard]] std::string samples_text(const SampleRule& rule);
[[nodiscard]] Result<SampleRule> parse_samples(std::string_view text);

#if WEIR_BODIES

WEIR_BODY void write_value(JsonWriter& out, const NumericPlan& plan) {
  write_object(out, ColumnText{plan.name, "numeric", plan.on_missing, plan, {}});
}
WEIR_BODY void write_value(JsonWriter& out, const CategoricalPlan& plan) {
  write_object(out, ColumnText{plan.name, "categorical", plan.on_missing, {}, plan});
}

WEIR_BODY std::string ColumnText::complaint(const JsonFieldReader& read) const {
  if (!read.given("name")) return "a column has no name";
  if (kind != "numeric" && kind != "categorical")
    return "column " + in_quotes(name) + " is of unknown kind " + in_quotes(kind);
  if (read.has_foreign(*this))
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

WEIR_BODY bool read_column(JsonReader& in, Preprocessor& pre) {
  ColumnText column;
  JsonFieldReader read(in);
  if (!read.read(column)) return false;
  if (std::string wrong = column.complaint(read); !wrong.empty())
    return in.cursor().refuse(in.cursor().position(), std::move(wrong));
  const bool numeric = column.kind == "numeric";
  pre.schema.columns.push_back({column.name, numeric ? ColumnKind::numeric : ColumnKind::categorical});
  const auto add = [&column](auto& plans, auto& plan) {
    plan.name = std::move(column.name);
    plan.on_missing = column.on_missing;
    plans.push_back(std::move(plan));
  };
  if (numeric) {
    add(pre.numeric, column.numeric);
  } else {
    add(pre.categorical, column.categorical);
  }
  return true;
}

WEIR_BODY std::string preprocess_text(const Preprocessor& pre) {
  return object_text(PreprocessText<const Preprocessor>{pre});
}

WEIR_BODY Result<Preprocessor> parse_preprocess(std::string_view text) {
  Preprocessor pre;
  PreprocessText<Preprocessor> object{pre};
  JsonReader in(text);
  if (!JsonFieldReader(in).read(object) || !in.end()) return in.failure("preprocess");
  if (const auto name = repeated_name(pre.schema)) {
    return Failure{ErrorKind::format, "preprocess: there are two columns " + in_quotes(*name)};
  }
  return pre;
}

WEIR_BODY std::string labels_text(const LabelRule& labels) { return object_text(labels); }

WEIR_BODY Result<LabelRule> parse_labels(std::string_view text) {
  LabelRule labels;
  JsonReader in(text);
  if (!JsonFieldReader(in).read(labels) || !in.end()) return in.failure("labels");
  return labels;
}

WEIR_BODY std::string samples_text(const SampleRule& rule) { return object_text(rule); }

WEIR_BODY Result<SampleRule> parse_samples(std::string_view text) {
  SampleRule rule;
  JsonReader in(text);
  JsonFieldReader object(in);
  bool fine = object.read(rule);
  if (fine && object.has_foreign(rule)) {
    fine = in.cursor().refuse(in.cursor().position(),
                              "members that '" + std::string(name_of(rule.kind)) + "' does not have");
  }
  if (!fine || !in.end()) return in.failure("samples");
  return rule;
}

#endif

}  // namespace weir::inline WEIR_ABI::detail
