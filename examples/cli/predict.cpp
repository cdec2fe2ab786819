// weir predict MODEL INPUT
//
// Rows come and verdicts go in pieces, so that a file of any size needs the same memory.
#include "assessment.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "gaps.hpp"
#include "input.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/preprocess.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/sequence_rows.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <string>
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
  VerdictWriter(const Model& model, bool json) : model_(model), json_(json) {}

  [[nodiscard]] std::string header() const {
    if (json_) return {};
    std::string line = "row";
    if (model_.task == weir::Task::regress) return line + ",value\n";
    line += ",label";
    if (model_.task == weir::Task::anomaly) line += ",score";
    if (model_.task == weir::Task::classify) {
      for (const std::string& name : model_.labels.classes) line += "," + field("score_" + name);
    }
    return line + ",alert\n";
  }

  [[nodiscard]] std::string operator()(std::uint64_t row, const weir::Verdict& verdict,
                                       const weir::Scorer<Net>& scorer) const {
    if (!verdict.usable) return unusable(row, verdict.alert);
    return json_ ? as_json(row, verdict, scorer) : as_csv(row, verdict, scorer);
  }
  /// A row of which nothing can be said; an alert where the net's answer is not a number.
  [[nodiscard]] std::string unusable(std::uint64_t row, bool alert = false) const {
    Json json{{"row", row}, {"usable", false}};
    if (alert) json["alert"] = true;
    if (json_) return json.dump() + "\n";
    std::size_t commas = 1;
    if (model_.task == weir::Task::anomaly) commas = 3;
    if (model_.task == weir::Task::classify) commas = model_.labels.classes.size() + 2;
    const bool tells = alert && model_.task != weir::Task::regress;
    return std::to_string(row) + std::string(commas, ',') + (tells ? "1\n" : "\n");
  }

 private:
  [[nodiscard]] const std::string& name_of(const weir::Verdict& verdict) const {
    return model_.labels.classes[static_cast<std::size_t>(verdict.label)];
  }
  [[nodiscard]] std::string as_csv(std::uint64_t row, const weir::Verdict& verdict,
                                   const weir::Scorer<Net>& scorer) const {
    std::string line = std::to_string(row) + ",";
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
    Json json{{"row", row}};
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
};

struct Tally {
  std::uint64_t rows = 0;
  std::uint64_t alerts = 0;
};

/// Whoever reads it should not have to wait for the next piece.
void hand_on(OutputFile& out, std::string& lines) {
  out.write(std::exchange(lines, std::string()));
  out.flush();
}

/// Judges the rows of one piece; `out` gets the lines.
void predict_rows(const Model& model, const weir::Table& rows, const VerdictWriter& writer,
                  weir::Scorer<Net>& scorer, bool alerts_only, Tally& tally, std::string& out) {
  std::vector<std::size_t> kept;
  const weir::Matrix<float> x = model.preprocess.transform(rows, &kept);
  const auto height = static_cast<std::size_t>(x.extents()[0]);
  std::size_t used = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::uint64_t number = ++tally.rows;
    if (used == kept.size() || kept[used] != row) {
      if (!alerts_only) out += writer.unusable(number);
      continue;
    }
    const weir::Verdict verdict = scorer.score(std::span<const float>(x.data() + used * height, height));
    ++used;
    if (verdict.alert) ++tally.alerts;
    if (verdict.alert || !alerts_only) out += writer(number, verdict, scorer);
  }
}

/// The same for rows that are sequences or steps of a series.
void predict_steps(const weir::Table& rows, const VerdictWriter& writer, weir::Scorer<Net>& scorer,
                   bool alerts_only, Tally& tally, std::string& out) {
  std::vector<double> numbers;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::uint64_t number = ++tally.rows;
    weir::numbers_of(rows, row, numbers);
    const weir::Verdict verdict = scorer.score(numbers, {});
    if (verdict.alert) ++tally.alerts;
    if (alerts_only && !verdict.alert) continue;
    out += writer(number, verdict, scorer);
  }
}

void predict_images(const Model& model, const PredictOptions& options, const VerdictWriter& writer,
                    OutputFile& out, Tally& tally) {
  const weir::LabelledImages images = weir::read_images(options.table, {}, weir::open_any);
  weir::check_images(images, model.samples, options.table);
  weir::Scorer<Net> scorer(model);
  std::vector<float> sample(static_cast<std::size_t>(model.input.size()));
  std::string lines = writer.header();
  for (std::size_t i = 0; i < images.count(); ++i) {
    weir::encode_pixels(images.pixels.image(i), model.samples, sample);
    const weir::Verdict verdict = scorer.score(std::span<const float>(sample));
    ++tally.rows;
    if (verdict.alert) ++tally.alerts;
    if (verdict.alert || !options.alerts_only) lines += writer(tally.rows, verdict, scorer);
    if ((i + 1) % rows_at_once == 0) hand_on(out, lines);
  }
  hand_on(out, lines);
}

void predict_table(const Model& model, const PredictOptions& options, const VerdictWriter& writer,
                   OutputFile& out, TableFile file, Tally& tally) {
  std::vector<std::string> names;
  for (const weir::Column& column : model.preprocess.schema.columns) names.push_back(column.name);
  std::vector<weir::Column> columns = columns_for(model, file, false);
  weir::CsvReader reader = std::move(file).open(std::move(columns), false);
  weir::Scorer<Net> scorer(model);
  weir::GapCount gaps;
  const std::string notation = stored_notation(model.record);
  std::string lines = writer.header();
  for (;;) {
    weir::Table rows = reader.make_table();
    const std::size_t count = read_rows(reader, rows, rows_at_once, notation);
    const weir::Table taken = rows.select(names);
    if (model.samples.kind != weir::SampleKind::sequence) gaps.add(taken);  // there, it is padding
    if (count > 0 && model.samples.kind == weir::SampleKind::features) {
      predict_rows(model, taken, writer, scorer, options.alerts_only, tally, lines);
    } else if (count > 0) {
      predict_steps(taken, writer, scorer, options.alerts_only, tally, lines);
    }
    hand_on(out, lines);
    if (count == 0) break;
  }
  std::vector<std::string> notes = reading_notes(reader.report());
  if (std::string text = gaps_text(gaps, model.preprocess); !text.empty()) notes.push_back(std::move(text));
  for (const std::string& note : notes) std::fprintf(stderr, "%s\n", note.c_str());
}

}  // namespace

void predict(const PredictOptions& options) {
  check_files({{"MODEL", options.model}, {"INPUT", options.table}}, {{"-o", options.out}});
  Model model = load_model(options.model, options.model_memory, options.table);
  replace_threshold(model, options.threshold);
  const VerdictWriter writer(model, options.json);
  OutputFile out(options.out);
  Tally tally;
  if (model.samples.kind == weir::SampleKind::image) {
    predict_images(model, options, writer, out, tally);
  } else {
    TableFile file(options.table, table_format(options.input, model.record), options.input.skip_bad_rows);
    predict_table(model, options, writer, out, std::move(file), tally);
  }
  out.commit();
  if (is_standard_output(options.out)) return;
  std::string summary = options.out + ": " + count_of(static_cast<std::int64_t>(tally.rows), "row");
  if (model.task != weir::Task::regress) {
    summary += ", " + count_of(static_cast<std::int64_t>(tally.alerts), "alert");
  }
  print(summary + "\n");
}

}  // namespace cli
