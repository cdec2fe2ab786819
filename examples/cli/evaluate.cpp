// weir evaluate MODEL TEST
#include "commands.hpp"
#include "files.hpp"
#include "hints.hpp"
#include "input.hpp"
#include "report.hpp"

#include <weir/core/plain_text.hpp>
#include <weir/pipeline/assessment_json.hpp>
#include <weir/pipeline/assessment_text.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace cli {

namespace {

/// What was left out, a line each; honest numbers need it.
[[nodiscard]] std::string omissions(const weir::Assessment& result) {
  std::string text;
  const auto add = [&text](std::int64_t count, const char* why) {
    if (count > 0) text += "  left out: " + weir::count_text(count, "row") + " " + why + "\n";
  };
  add(result.unusable, result.forecast ? "for want of a whole window before the forecast"
                                       : "with a missing value that the model does not allow");
  add(result.unlabelled, "without a label");
  add(result.unknown, "with a label that the model does not know");
  return text;
}

}  // namespace

void evaluate(const EvaluateOptions& options) {
  check_files({{"MODEL", options.model}, {"TABLE", options.table}}, {{"standard output", "-"}});
  Model model = load_model(options.model, options.model_memory, options.table);
  replace_threshold(model, options.threshold);
  weir::CsvReport report;
  const weir::Assessment result =
      assess_file(model, options.table, options.input, options.ignore_unknown, report);
  std::vector<std::string> notes = weir::reading_notes(report, weir::OptionWords::flags);
  for (std::string& note : weir::notes_on(model, result)) notes.push_back(std::move(note));
  for (std::string& note : notes_on(model.record, options.table)) notes.push_back(std::move(note));
  if (options.output.json) {
    Json json{{"model", options.model}, {"table", options.table}};
    json.update(parsed(weir::to_json(result)));
    json["rows_unreadable"] = report.bad_rows;
    json["notes"] = notes;
    print_json(json);
    return;
  }
  std::string head = options.model + " on " + options.table + ": " + weir::count_text(result.rows, "row");
  if (result.two_classes()) head += ", alarm from score " + weir::number_text(result.threshold) + " on";
  print(head + "\n" + omissions(result) + notes_text(notes) + "\n" + weir::to_text(result));
}

}  // namespace cli
