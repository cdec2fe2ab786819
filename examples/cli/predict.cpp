// weir predict MODEL INPUT
//
// Rows come and verdicts go in pieces, so that a file of any size needs the same memory.
#include "commands.hpp"
#include "files.hpp"
#include "input.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/event_types.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/data/preparing/unseen_texts.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/assess_file.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/kept_columns.hpp>
#include <weir/pipeline/kept_json.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/table_scorer.hpp>

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
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

/// Of one row, the kept columns' own.
using Texts = std::vector<std::string_view>;

/// One row's verdict as text.
class VerdictWriter {
 public:
  /// `several`: each line also names the file of the row.
  VerdictWriter(const Model& model, bool json, std::string source_column, std::vector<weir::KeptColumn> kept)
      : model_(model), json_(json), source_column_(std::move(source_column)), kept_(std::move(kept)) {}

  [[nodiscard]] std::string header() const {
    if (json_) return {};
    std::string line = source_column_.empty() ? "row" : field(source_column_) + ",row";
    if (model_.task == weir::Task::regress) return line + ",value" + kept_names() + "\n";
    line += ",label";
    if (model_.task == weir::Task::anomaly) line += ",score";
    if (model_.task == weir::Task::classify) {
      for (const std::string& name : model_.labels.classes) line += "," + field("score_" + name);
    }
    return line + ",alert" + kept_names() + "\n";
  }

  /// The file of the rows that follow.
  void begin_source(std::string_view name) {
    if (name != source_) source_ = name;
  }

  [[nodiscard]] std::string operator()(std::uint64_t row, const weir::Verdict& verdict,
                                       const weir::Scorer<Net>& scorer, const Texts& texts) const {
    std::string line = !verdict.usable ? unusable(row, verdict.alert)
                       : json_         ? as_json(row, verdict, scorer)
                                       : as_csv(row, verdict, scorer);
    add_kept(line, texts);
    return line + "\n";
  }

 private:
  /// A row of which nothing can be said; an alert where the net's answer is not a number.
  [[nodiscard]] std::string unusable(std::uint64_t row, bool alert = false) const {
    Json json = begin_json(row);
    json["usable"] = false;
    if (alert) json["alert"] = true;
    if (json_) return json.dump();
    std::size_t commas = 1;
    if (model_.task == weir::Task::anomaly) commas = 3;
    if (model_.task == weir::Task::classify) commas = model_.labels.classes.size() + 2;
    const bool tells = alert && model_.task != weir::Task::regress;
    return begin_csv(row) + std::string(commas, ',') + (tells ? "1" : "");
  }
  [[nodiscard]] std::string begin_csv(std::uint64_t row) const {
    return (source_column_.empty() ? std::string() : field(source_) + ",") + std::to_string(row);
  }
  [[nodiscard]] Json begin_json(std::uint64_t row) const {
    Json json{{"row", row}};
    if (!source_column_.empty()) json[source_column_] = source_;
    return json;
  }
  [[nodiscard]] std::string kept_names() const {
    std::string text;
    for (const weir::KeptColumn& column : kept_) text += "," + field(column.name);
    return text;
  }
  void add_kept(std::string& line, const Texts& texts) const {
    if (!json_) {
      for (std::size_t k = 0; k < kept_.size(); ++k) line += "," + field(std::string(texts[k]));
    } else if (!kept_.empty()) {
      line.pop_back();
      weir::append_json(line, kept_, std::span(texts).first(kept_.size()));
      line += '}';
    }
  }
  [[nodiscard]] const std::string& name_of(const weir::Verdict& verdict) const {
    return model_.labels.classes[static_cast<std::size_t>(verdict.label)];
  }
  [[nodiscard]] std::string as_csv(std::uint64_t row, const weir::Verdict& verdict,
                                   const weir::Scorer<Net>& scorer) const {
    std::string line = begin_csv(row) + ",";
    if (model_.task == weir::Task::regress) return line + digits(verdict.score);
    line += field(name_of(verdict));
    if (model_.task == weir::Task::anomaly) line += "," + digits(verdict.score);
    if (model_.task == weir::Task::classify) {
      for (std::size_t k = 0; k < model_.labels.classes.size(); ++k) {
        line += "," + digits(scorer.probability(static_cast<std::int32_t>(k)));
      }
    }
    return line + (verdict.alert ? ",1" : ",0");
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
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  const Model& model_;
  bool json_;
  std::string source_column_;  // empty: one file
  std::string source_{};
  std::vector<weir::KeptColumn> kept_;
};

/// Counts a verdict, and writes it unless only alerts are wanted.
class VerdictLog {
 public:
  VerdictLog(const Model& model, const PredictOptions& options, const std::string& source_column,
             OutputFile& out, std::vector<weir::KeptColumn> kept = {})
      : writer_(model, options.json, source_column, std::move(kept)),
        alerts_only_(options.alerts_only),
        out_(out),
        lines_(writer_.header()) {}

  void begin_source(std::string_view name) { writer_.begin_source(name); }
  void add(const weir::Verdict& verdict, const weir::Scorer<Net>& scorer, const Texts& texts = {}) {
    ++rows;
    if (verdict.alert) ++alerts;
    if (verdict.alert || !alerts_only_) lines_ += writer_(rows, verdict, scorer, texts);
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

void predict_images(const Model& model, const PredictOptions& options, const std::string& path,
                    VerdictLog& log) {
  if (!options.keep.empty()) weir::fail(weir::ErrorKind::config, "--keep: images have no columns");
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

/// Whether rows come when they please: a pipe, a terminal.
[[nodiscard]] bool is_stream(const std::string& path) {
  struct stat status {};
  const int found = path == "-" ? fstat(STDIN_FILENO, &status) : stat(path.c_str(), &status);
  return found == 0 && !S_ISREG(status.st_mode);
}

/// Of a stream rows are judged as they come, and what the model reads of them is known.
[[nodiscard]] weir::TableFile open_rows(const Model& model, const PredictOptions& options,
                                        const std::vector<std::string>& tables) {
  weir::TableOptions input = options.input;
  input.as_they_come = std::any_of(tables.begin(), tables.end(), is_stream);
  return open_input(tables, input, model.record);
}

/// Those of the table that are to be seen beside its verdicts.
[[nodiscard]] std::vector<weir::KeptColumn> keep_columns(const Model& model, const PredictOptions& options,
                                                         const std::string& source_column,
                                                         weir::TableFile& file) {
  std::vector<std::string> own{"row", "value", "label", "score", "scores", "alert", "usable"};
  if (!source_column.empty()) own.push_back(source_column);
  for (const std::string& name : model.labels.classes) own.push_back("score_" + name);
  std::vector<weir::KeptColumn> kept = weir::kept_columns(
      file.schema(), model, options.keep, own, options.json ? weir::EveNames::yes : weir::EveNames::no);
  std::vector<std::size_t> places;
  for (const weir::KeptColumn& column : kept) places.push_back(column.place);
  file.keep(std::move(places));
  return kept;
}

void predict_table(const Model& model, weir::TableFile& file, VerdictLog& log) {
  weir::read_columns_of(model, file, false);
  const std::optional<std::size_t> type = weir::keep_event_types(file);
  weir::EventTypes events;
  weir::TableScorer<Net> scorer(model);
  std::size_t row = 0;  // of the piece
  Texts texts(file.kept().columns().size());
  for (weir::Table rows = file.make_table(); file.read(rows, rows_at_once) > 0; rows = file.make_table()) {
    row = 0;
    scorer.score(rows, [&](std::uint64_t, const weir::Verdict& verdict) {
      for (std::size_t k = 0; k < texts.size(); ++k) texts[k] = file.kept().text(row, k);
      log.begin_source(rows.source(row++));
      log.add(verdict, scorer.scorer(), texts);
    });
    if (type) events.add(rows, [&](std::size_t at) { return file.kept().text(at, *type); });
    log.hand_on();
  }
  log.hand_on();  // the header line of a table without rows
  std::vector<std::string> notes = weir::reading_notes(file.report(), weir::OptionWords::flags);
  if (std::string text = events.text(); !text.empty()) notes.push_back(std::move(text));
  if (std::string text = weir::foreign_table_text(scorer.gaps()); !text.empty())
    notes.push_back(std::move(text));
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
  if (options.alerts_only && model.task == weir::Task::regress)
    weir::fail(weir::ErrorKind::config, "--alerts: " + options.model + " tells numbers and raises no alarm");
  OutputFile out(options.out);
  const bool several = tables.size() > 1;
  const std::string& asked = options.input.source_column;
  const std::string source_column = several && asked.empty() ? "source" : asked;
  std::optional<VerdictLog> log;
  if (model.samples.kind == weir::SampleKind::image) {
    if (several) weir::fail(weir::ErrorKind::config, "images are read from one file at a time");
    log.emplace(model, options, source_column, out);
    log->begin_source(tables[0]);
    predict_images(model, options, tables[0], *log);
  } else {
    weir::TableFile file = open_rows(model, options, tables);
    log.emplace(model, options, source_column, out, keep_columns(model, options, source_column, file));
    predict_table(model, file, *log);
  }
  out.commit();
  if (is_standard_output(options.out)) return;
  std::string summary = options.out + ": " + weir::count_text(log->rows, "row");
  if (model.task != weir::Task::regress) {
    summary += ", " + weir::count_text(log->alerts, "alert");
  }
  print(summary + "\n");
}

}  // namespace cli
