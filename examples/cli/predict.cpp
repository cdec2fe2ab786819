// weir predict MODEL INPUT
//
// Rows come and verdicts go in pieces, so that a file of any size needs the same memory.
#include "commands.hpp"
#include "files.hpp"
#include "input.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/data/preparing/unseen_texts.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/assess_file.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/table_scorer.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr std::size_t rows_at_once = 4'096;

/// A field of CSV, in quotes where it needs them (RFC 4180).
[[nodiscard]] std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

[[nodiscard]] std::string digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// One row's verdict as text.
class VerdictWriter {
 public:
  /// `several`: each line also names the file of the row.
  VerdictWriter(const Model& model, bool json, bool several)
      : model_(model), json_(json), several_(several) {}

  [[nodiscard]] std::string header() const {
    if (json_) return {};
    std::string line = several_ ? "source,row" : "row";
    if (model_.task == weir::Task::regress) return line + ",value\n";
    line += ",label";
    if (model_.task == weir::Task::anomaly) line += ",score";
    if (model_.task == weir::Task::classify) {
      for (const std::string& name : model_.labels.classes) line += "," + field("score_" + name);
    }
    return line + ",alert\n";
  }

  /// The file of the rows that follow.
  void begin_source(std::string_view name) {
    if (name != source_) source_ = name;
  }

  [[nodiscard]] std::string operator()(std::uint64_t row, const weir::Verdict& verdict,
                                       const weir::Scorer<Net>& scorer) const {
    if (!verdict.usable) return unusable(row, verdict.alert);
    return json_ ? as_json(row, verdict, scorer) : as_csv(row, verdict, scorer);
  }
  /// A row of which nothing can be said; an alert where the net's answer is not a number.
  [[nodiscard]] std::string unusable(std::uint64_t row, bool alert = false) const {
    Json json = begin_json(row);
    json["usable"] = false;
    if (alert) json["alert"] = true;
    if (json_) return json.dump() + "\n";
    std::size_t commas = 1;
    if (model_.task == weir::Task::anomaly) commas = 3;
    if (model_.task == weir::Task::classify) commas = model_.labels.classes.size() + 2;
    const bool tells = alert && model_.task != weir::Task::regress;
    return begin_csv(row) + std::string(commas, ',') + (tells ? "1\n" : "\n");
  }

 private:
  [[nodiscard]] std::string begin_csv(std::uint64_t row) const {
    return (several_ ? field(source_) + "," : std::string()) + std::to_string(row);
  }
  [[nodiscard]] Json begin_json(std::uint64_t row) const {
    Json json{{"row", row}};
    if (several_) json["source"] = source_;
    return json;
  }
  [[nodiscard]] const std::string& name_of(const weir::Verdict& verdict) const {
    return model_.labels.classes[static_cast<std::size_t>(verdict.label)];
  }
  [[nodiscard]] std::string as_csv(std::uint64_t row, const weir::Verdict& verdict,
                                   const weir::Scorer<Net>& scorer) const {
    std::string line = begin_csv(row) + ",";
    if (model_.task == weir::Task::regress) return line + digits(verdict.score) + "\n";
    line += field(name_of(verdict));
    if (model_.task == weir::Task::anomaly) line += "," + digits(verdict.score);
    if (model_.task == weir::Task::classify) {
      for (std::size_t k = 0; k < model_.labels.classes.size(); ++k) {
        line += "," + digits(scorer.probability(static_cast<std::int32_t>(k)));
      }
    }
    return line + (verdict.alert ? ",1\n" : ",0\n");
  }
  [[nodiscard]] std::string as_json(std::uint64_t row, const weir::Verdict& verdict,
                                    const weir::Scorer<Net>& scorer) const {
    Json json = begin_json(row);
    if (model_.task == weir::Task::regress) {
      json["value"] = verdict.score;
    } else {
      json["label"] = name_of(verdict);
      json["score"] = verdict.score;
      json["alert"] = verdict.alert;
    }
    if (model_.task == weir::Task::classify) {
      for (std::size_t k = 0; k < model_.labels.classes.size(); ++k) {
        json["scores"][model_.labels.classes[k]] = scorer.probability(static_cast<std::int32_t>(k));
      }
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

  const Model& model_;
  bool json_;
  bool several_;
  std::string source_{};
};

/// Counts a verdict, and writes it unless only alerts are wanted.
class VerdictLog {
 public:
  VerdictLog(const Model& model, const PredictOptions& options, bool several, OutputFile& out)
      : writer_(model, options.json, several),
        alerts_only_(options.alerts_only),
        out_(out),
        lines_(writer_.header()) {}

  void begin_source(std::string_view name) { writer_.begin_source(name); }
  void add(const weir::Verdict& verdict, const weir::Scorer<Net>& scorer) {
    ++rows;
    if (verdict.alert) ++alerts;
    if (verdict.alert || !alerts_only_) lines_ += writer_(rows, verdict, scorer);
  }
  /// Whoever reads it should not have to wait for the next piece.
  void hand_on() {
    out_.write(std::exchange(lines_, std::string()));
    out_.flush();
  }

  std::uint64_t rows = 0;
  std::uint64_t alerts = 0;

 private:
  VerdictWriter writer_;
  bool alerts_only_;
  OutputFile& out_;
  std::string lines_;
};

void predict_images(const Model& model, const std::string& path, VerdictLog& log) {
  const weir::LabelledImages images = weir::read_images(path, {}, open_source);
  weir::check_images(images, model.samples, path);
  weir::Scorer<Net> scorer(model);
  std::vector<float> sample(static_cast<std::size_t>(model.input.size()));
  for (std::size_t i = 0; i < images.count(); ++i) {
    weir::encode_pixels(images.pixels.image(i), model.samples, sample);
    log.add(scorer.score(std::span<const float>(sample)), scorer);
    if ((i + 1) % rows_at_once == 0) log.hand_on();
  }
  log.hand_on();
}

void predict_table(const Model& model, weir::TableFile file, VerdictLog& log) {
  weir::read_columns_of(model, file, false);
  weir::TableScorer<Net> scorer(model);
  for (weir::Table rows = file.make_table(); file.read(rows, rows_at_once) > 0; rows = file.make_table()) {
    std::size_t row = 0;
    scorer.score(rows, [&](std::uint64_t, const weir::Verdict& verdict) {
      log.begin_source(rows.source(row++));
      log.add(verdict, scorer.scorer());
    });
    log.hand_on();
  }
  log.hand_on();  // the header line of a table without rows
  std::vector<std::string> notes = weir::reading_notes(file.report(), weir::OptionWords::flags);
  if (std::string text = weir::gaps_text(scorer.gaps(), model.preprocess); !text.empty())
    notes.push_back(std::move(text));
  if (std::string text = weir::unseen_text(scorer.unseen()); !text.empty()) notes.push_back(std::move(text));
  for (const std::string& note : notes) std::fprintf(stderr, "%s\n", note.c_str());
}

}  // namespace

void predict(const PredictOptions& options) {
  const std::vector<std::string> tables = weir::expand_files(options.tables);
  std::vector<NamedFile> inputs = named("INPUT", tables);
  inputs.push_back({"MODEL", options.model});
  check_files(inputs, {{"-o", options.out}});
  Model model = load_model(options.model, options.model_memory, tables[0]);
  replace_threshold(model, options.threshold);
  OutputFile out(options.out);
  const bool images = model.samples.kind == weir::SampleKind::image;
  if (images && tables.size() > 1) {
    weir::fail(weir::ErrorKind::config, "images are read from one file at a time");
  }
  VerdictLog log(model, options, tables.size() > 1, out);
  if (images) {
    predict_images(model, tables[0], log);
  } else {
    predict_table(model, open_input(tables, options.input, model.record), log);
  }
  out.commit();
  if (is_standard_output(options.out)) return;
  std::string summary = options.out + ": " + weir::count_text(log.rows, "row");
  if (model.task != weir::Task::regress) {
    summary += ", " + weir::count_text(log.alerts, "alert");
  }
  print(summary + "\n");
}

}  // namespace cli
