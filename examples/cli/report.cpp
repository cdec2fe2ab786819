#include "report.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/core/version.hpp>
#include <weir/data/label_sound.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <system_error>
#include <vector>

namespace cli {

namespace {

using Matrix = weir::ConfusionMatrix;

template <class... Values>
[[nodiscard]] std::string formatted(const char* format, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

[[nodiscard]] Json value_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

[[nodiscard]] Json counts_of(const Matrix& confusion) {
  Json rows = Json::array();
  for (weir::Index truth = 0; truth < confusion.classes(); ++truth) {
    Json row = Json::array();
    for (weir::Index said = 0; said < confusion.classes(); ++said)
      row.push_back(confusion.count(truth, said));
    rows.push_back(std::move(row));
  }
  return rows;
}

[[nodiscard]] double mean_fpr(const Matrix& confusion) {
  double sum = 0.0;
  for (weir::Index k = 0; k < confusion.classes(); ++k) sum += confusion.false_positive_rate(k);
  return sum / static_cast<double>(confusion.classes());
}

/// All classes but the first against the first: the alarms of a model with several classes of attacks.
[[nodiscard]] Matrix alarms_of(const Matrix& confusion) {
  Matrix two(2);
  for (weir::Index t = 0; t < confusion.classes(); ++t) {
    for (weir::Index p = 0; p < confusion.classes(); ++p) {
      for (std::int64_t i = 0; i < confusion.count(t, p); ++i) two.add(t == 0 ? 0 : 1, p == 0 ? 0 : 1);
    }
  }
  return two;
}

void add_per_class(Json& json, const weir::Assessment& result) {
  Json& all = json["per_class"] = Json::object();
  for (weir::Index k = 0; k < result.confusion.classes(); ++k) {
    all["support"].push_back(result.confusion.support(k));
    all["precision"].push_back(result.confusion.precision(k));
    all["recall"].push_back(result.confusion.recall(k));
    all["f1"].push_back(result.confusion.f1(k));
    all["fpr"].push_back(result.confusion.false_positive_rate(k));
    if (result.two_classes()) continue;
    all["roc_auc"].push_back(value_or_null(result.areas[static_cast<std::size_t>(k)].roc));
    all["pr_auc"].push_back(value_or_null(result.areas[static_cast<std::size_t>(k)].pr));
  }
}

void add_classes(Json& json, const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  const bool two = result.two_classes();
  using Average = Matrix::Average;
  json["classes"] = result.classes;
  if (two) json["threshold"] = value_or_null(result.threshold);
  json["accuracy"] = m.accuracy();
  json["balanced_accuracy"] = m.balanced_accuracy();
  json["macro_f1"] = m.f1(Average::macro);
  json["weighted_f1"] = m.f1(Average::weighted);
  json["averaging"] = two ? "precision, recall, f1, fpr, roc_auc and pr_auc are those of class 1"
                          : "precision, recall, f1, fpr, roc_auc and pr_auc are means over the classes";
  json["precision"] = two ? m.precision(1) : m.precision(Average::macro);
  json["recall"] = two ? m.recall(1) : m.recall(Average::macro);
  json["f1"] = two ? m.f1(1) : m.f1(Average::macro);
  json["fpr"] = two ? m.false_positive_rate(1) : mean_fpr(m);
  json["roc_auc"] = value_or_null(result.area().roc);
  json["pr_auc"] = value_or_null(result.area().pr);
  json["mcc"] = m.mcc();
  json["confusion"] = counts_of(m);
  add_per_class(json, result);
  if (two || !weir::sounds_benign(result.classes[0])) return;
  const Matrix alarms = alarms_of(m);
  json["alarms"] = {{"precision", alarms.precision(1)},
                    {"recall", alarms.recall(1)},
                    {"f1", alarms.f1(1)},
                    {"fpr", alarms.false_positive_rate(1)},
                    {"accuracy", alarms.accuracy()}};
}

/// Two digits more than a rate needs, and none that say nothing.
[[nodiscard]] std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", 100.0 * rate);
  return text;
}

struct Line {
  std::string name;
  std::string value;
  std::string meaning;
};

[[nodiscard]] std::string lines_text(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    text += "  " + left(line.name, 20) + right(line.value, 10) + "   " + line.meaning + "\n";
  }
  return text;
}

/// True classes down, verdicts across; names are cut where many classes must fit a line.
[[nodiscard]] std::string confusion_text(const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  const std::size_t longest = m.classes() > 4 ? 9 : 16;
  std::size_t name_width = 10, width = 8;
  for (const std::string& name : result.classes) {
    name_width = std::max(name_width, std::min<std::size_t>(name.size(), 24));
    width = std::max(width, std::min(name.size(), longest) + 2);
  }
  std::string text = "  " + left("true class", name_width) + "  taken for\n  " + left("", name_width);
  for (const std::string& name : result.classes) text += right(name.substr(0, longest), width);
  text += right("found", 11) + "\n";
  for (weir::Index t = 0; t < m.classes(); ++t) {
    text += "  " + left(result.classes[static_cast<std::size_t>(t)].substr(0, 24), name_width);
    for (weir::Index p = 0; p < m.classes(); ++p) text += right(std::to_string(m.count(t, p)), width);
    text += right(m.support(t) == 0 ? "-" : percent(m.recall(t)), 11) + "\n";
  }
  return text;
}

[[nodiscard]] std::string two_class_text(const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  const std::string& positive = result.classes[1];
  const std::string& negative = result.classes[0];
  return confusion_text(result) + "\n" +
         lines_text({{"accuracy", percent(m.accuracy()), "of all rows are judged rightly"},
                     {"balanced accuracy", percent(m.balanced_accuracy()), "mean of what is found per class"},
                     {"recall", percent(m.recall(1)), "of '" + positive + "' rows are found"},
                     {"false positive rate", percent(m.false_positive_rate(1)),
                      "of '" + negative + "' rows raise a false alarm"},
                     {"precision", percent(m.precision(1)), "of all alarms are right"},
                     {"F1", number(m.f1(1)), "of precision and recall"},
                     {"macro F1", number(m.f1(Matrix::Average::macro)), "mean F1 of the classes"},
                     {"MCC", number(m.mcc()), "Matthews' correlation: 1 perfect, 0 chance"},
                     {"ROC-AUC", number(result.area().roc), "1 perfect, 0.5 chance; of all thresholds"},
                     {"PR-AUC", number(result.area().pr), "average precision over all thresholds"}});
}

[[nodiscard]] std::string class_table(const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  std::size_t width = 5;
  for (const std::string& name : result.classes)
    width = std::max(width, std::min<std::size_t>(name.size(), 32));
  std::string text = "  " + left("class", width) + right("rows", 9) + right("precision", 12) +
                     right("recall", 11) + right("F1", 11) + right("FPR", 11) + right("ROC-AUC", 10) + "\n";
  for (weir::Index k = 0; k < m.classes(); ++k) {
    const auto at = static_cast<std::size_t>(k);
    text += "  " + left(result.classes[at].substr(0, 32), width) + right(std::to_string(m.support(k)), 9) +
            right(percent(m.precision(k)), 12) + right(percent(m.recall(k)), 11) +
            right(percent(m.f1(k)), 11) + right(percent(m.false_positive_rate(k)), 11) +
            right(number(result.areas[at].roc), 10) + "\n";
  }
  return text;
}

[[nodiscard]] std::string many_class_text(const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  std::string text = class_table(result) + "\n";
  if (m.classes() <= 10) text += confusion_text(result) + "\n";
  std::vector<Line> lines{{"accuracy", percent(m.accuracy()), "of all rows are judged rightly"},
                          {"balanced accuracy", percent(m.balanced_accuracy()), "mean recall of the classes"},
                          {"macro F1", number(m.f1(Matrix::Average::macro)), "mean F1 of the classes"},
                          {"MCC", number(m.mcc()), "correlation: 1 perfect, 0 chance"}};
  if (weir::sounds_benign(result.classes[0])) {
    const Matrix alarms = alarms_of(m);
    lines.push_back(
        {"alarms: recall", percent(alarms.recall(1)),
         "of the other rows than '" + result.classes[0] + "' are taken for some other class too"});
    lines.push_back({"alarms: FPR", percent(alarms.false_positive_rate(1)),
                     "of '" + result.classes[0] + "' rows raise a false alarm"});
  }
  return text + lines_text(lines);
}

}  // namespace

std::string percent(double share) {
  return std::isnan(share) ? std::string("-") : formatted("%.2f %%", 100.0 * share);
}
std::string number(double value) {
  if (std::isnan(value)) return "-";
  const double size = std::fabs(value);
  return formatted(size != 0.0 && (size < 1e-3 || size >= 1e6) ? "%.4g" : "%.4f", value);
}
std::string brief(double value) { return formatted("%g", value); }

namespace {
[[nodiscard]] std::string blanks_for(const std::string& text, std::size_t width) {
  const auto letters = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  return std::string(width > letters ? width - letters : 0, ' ');
}
}  // namespace

std::string right(const std::string& text, std::size_t width) { return blanks_for(text, width) + text; }
std::string left(const std::string& text, std::size_t width) { return text + blanks_for(text, width); }

std::string count_of(std::int64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string version_text() {
  return formatted("weir %d.%d.%d", WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_VERSION_PATCH);
}

Json to_json(const weir::Assessment& result) {
  Json json;
  json["task"] = std::string(weir::name_of(result.task));
  json["rows"] = result.rows;
  if (result.unusable > 0) json["rows_unusable"] = result.unusable;
  if (result.unlabelled > 0) json["rows_without_label"] = result.unlabelled;
  if (result.unknown > 0) json["rows_of_unknown_label"] = result.unknown;
  if (result.task == weir::Task::regress) {
    json["mse"] = value_or_null(result.mse);
    json["rmse"] = value_or_null(std::sqrt(result.mse));
    json["mae"] = value_or_null(result.mae);
    json["r2"] = value_or_null(result.r2);
    if (result.forecast) {
      json["mape"] = value_or_null(result.mape);
      json["naive_mape"] = value_or_null(result.naive_mape);
      json["naive_mae"] = value_or_null(result.naive_mae);
    }
  } else {
    add_classes(json, result);
  }
  return json;
}

std::string to_text(const weir::Assessment& result) {
  if (result.task == weir::Task::regress) {
    std::vector<Line> lines{{"RMSE", number(std::sqrt(result.mse)), "root of the mean squared error"},
                            {"MAE", number(result.mae), "mean absolute error"},
                            {"R²", number(result.r2), "1 perfect, 0 no better than the mean"}};
    if (result.forecast) {
      lines.push_back({"MAPE", percent(result.mape), "mean absolute error, as a share of the value"});
      lines.push_back({"naive MAPE", percent(result.naive_mape), "of the last known value as forecast"});
    }
    return lines_text(lines);
  }
  return result.two_classes() ? two_class_text(result) : many_class_text(result);
}

std::string to_text(const weir::AlarmRate& rate, const weir::LabelRule& labels) {
  if (rate.asked == 0.0) return {};
  // A threshold of rank k of n is exceeded by a share of fresh rows that follows a beta law.
  const auto n = static_cast<double>(rate.ordinary);
  const double mean = std::floor((n + 1.0) * rate.asked + 1e-9) / (n + 1.0);
  const double spread = 2.0 * std::sqrt(mean * (1.0 - mean) / (n + 2.0));
  std::string text = "\nThreshold " + brief(rate.threshold) + ": " + std::to_string(rate.alarms) + " of " +
                     count_of(static_cast<std::int64_t>(rate.ordinary), "held-back row") + " of '" +
                     labels.classes[0] + "' raise an alarm, asked for " + rate_text(rate.asked) +
                     "; of fresh ones like them " + rate_text(std::max(0.0, mean - spread)) + " to " +
                     rate_text(mean + spread) + " will\n";
  if (rate.attacks > 0) {
    text += "  and " + std::to_string(rate.found) + " of " + std::to_string(rate.attacks) + " of '" +
            labels.classes[1] + "' (" +
            percent(static_cast<double>(rate.found) / static_cast<double>(rate.attacks)) + ")\n";
  }
  if (rate.attacks > 0 && rate.found == 0) {
    text += "  Nothing is found at this rate: ask for a larger one, or train longer\n";
  }
  return text;
}

Json to_json(const weir::AlarmRate& rate) {
  Json json{{"asked", rate.asked},
            {"threshold", rate.threshold},
            {"ordinary_rows", rate.ordinary},
            {"false_alarms", rate.alarms}};
  if (rate.attacks > 0) {
    json["attack_rows"] = rate.attacks;
    json["attacks_found"] = rate.found;
  }
  return json;
}

void print(const std::string& from) {
  // Names come from files: none may steer the terminal.
  std::string text = from;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; },
      '?');
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    weir::fail(weir::ErrorKind::io,
               "cannot write to standard output: " + std::generic_category().message(errno));
  }
}

void print_json(const Json& json) {
  // Names come from files, which may not be UTF-8: replaced rather than refused.
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace cli
