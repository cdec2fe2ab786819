// An assessment as a JSON object, for other programs. What is not defined (an area under a curve without both
// classes) is null.
//
//   const Assessment result = assess(pipeline, table);
//   std::puts(to_json(result).c_str());
//   {"task":"classify","rows":400,"classes":["benign","attack"],"threshold":0.5,"accuracy":0.98,...,
//    "confusion":[[297,3],[5,95]],"per_class":{"support":[300,100],...}}
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/json_text.hpp>
#include <weir/data/labels/label_sound.hpp>
#include <weir/data/text/text_encoding.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/assessment_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// All figures. Those of single classes stand in "per_class", those of a model with several classes of attacks
/// as alarms in "alarms".
[[nodiscard]] std::string to_json(const Assessment& result);

/// What a threshold did to the rows held back.
[[nodiscard]] std::string to_json(const AlarmRate& rate);

namespace detail {

/// Value by value, each under its name behind `prefix`.
void write_measures(JsonWriter& out, const Measures& measures, const std::string& prefix = {});

/// What of the figures belongs to a class, class by class. Of two classes a ranking has one figure alone.
void write_per_class(JsonWriter& out, const Assessment& result);

/// "recall, fpr and f1 are those of class 1"
[[nodiscard]] std::string averaging_text(const Assessment& result);

void write_confusion(JsonWriter& out, const ConfusionMatrix& confusion);

void write_classes(JsonWriter& out, const Assessment& result);

#if WEIR_BODIES

WEIR_BODY void write_measures(JsonWriter& out, const Measures& measures, const std::string& prefix) {
  for (const Measure& measure : measures) {
    out.key(prefix + std::string(measure.metric.text.kind)).real(measure.value);
  }
}

WEIR_BODY void write_per_class(JsonWriter& out, const Assessment& result) {
  out.begin('{').key("support").begin('[');
  for (Index k = 0; k < result.confusion.classes(); ++k) out.integer(result.confusion.support(k));
  out.end(']');
  for (const Measure& measure : result.measures) {
    if (measure.of_classes.size() != result.classes.size()) continue;
    out.key(measure.metric.text.kind).begin('[');
    for (const double value : measure.of_classes) out.real(value);
    out.end(']');
  }
  out.end('}');
}

WEIR_BODY std::string averaging_text(const Assessment& result) {
  std::vector<std::string> names;
  for (const Measure& measure : result.measures) {
    if (!measure.of_classes.empty()) names.emplace_back(measure.metric.text.kind);
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  }
  return text + (result.two_classes() ? " are those of class 1" : " are means over the classes");
}

WEIR_BODY void write_confusion(JsonWriter& out, const ConfusionMatrix& confusion) {
  out.begin('[');
  for (Index truth = 0; truth < confusion.classes(); ++truth) {
    out.begin('[');
    for (Index said = 0; said < confusion.classes(); ++said) out.integer(confusion.count(truth, said));
    out.end(']');
  }
  out.end(']');
}

WEIR_BODY void write_classes(JsonWriter& out, const Assessment& result) {
  out.key("classes").begin('[');
  for (const std::string& name : result.classes) out.string(to_utf8(name));
  out.end(']');
  if (result.two_classes()) out.key("threshold").real(result.threshold);
  write_measures(out, result.measures);
  out.key("averaging").string(averaging_text(result));
  write_confusion(out.key("confusion"), result.confusion);
  write_per_class(out.key("per_class"), result);
  if (result.two_classes() || !sounds_benign(result.classes[0])) return;
  Measures alarms;
  alarms.add(alarms_of(result.confusion));
  write_measures(out.key("alarms").begin('{'), alarms);
  out.end('}');
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY std::string to_json(const Assessment& result) {
  JsonWriter out;
  out.begin('{').key("task").string(name_of(result.task)).key("rows").integer(result.rows);
  const auto left_out = [&out](const char* why, std::int64_t rows) {
    if (rows > 0) out.key(why).integer(rows);
  };
  left_out("rows_unusable", result.unusable);
  left_out("rows_without_label", result.unlabelled);
  left_out("rows_of_unknown_label", result.unknown);
  if (result.task == Task::regress) {
    detail::write_measures(out, result.measures);
    detail::write_measures(out, result.naive, "naive_");
  } else {
    detail::write_classes(out, result);
  }
  return out.end('}').text();
}

WEIR_BODY std::string to_json(const AlarmRate& rate) {
  const auto rows = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  JsonWriter out;
  out.begin('{').key("asked").real(rate.asked).key("threshold").real(rate.threshold);
  out.key("ordinary_rows").integer(rows(rate.ordinary)).key("false_alarms").integer(rows(rate.alarms));
  if (rate.attacks > 0) {
    out.key("attack_rows").integer(rows(rate.attacks)).key("attacks_found").integer(rows(rate.found));
  }
  return out.end('}').text();
}

#endif

}  // namespace weir::inline WEIR_ABI
