// weir evaluate MODEL TEST
#include "commands.hpp"
#include "files.hpp"
#include "hints.hpp"
#include "input.hpp"
#include "page.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/assessment_json.hpp>
#include <weir/pipeline/assessment_text.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace cli {

void evaluate(const EvaluateOptions& options) {
  refuse_standard_output_for_page(options.report);
  const std::vector<std::string> tables = weir::expand_files(options.tables);
  const std::string name = weir::files_text(tables);
  std::vector<NamedFile> inputs = named("TABLE", tables);
  inputs.push_back({"MODEL", options.model});
  check_files(inputs, {{"--report", options.report}, {"standard output", "-"}});
  Model model = load_model(options.model, options.model_memory, tables[0]);
  replace_threshold(model, options.threshold);
  weir::CsvReport report;
  const bool page = !options.report.empty();
  const weir::Assessment result = assess_files(
      model, tables, options.input,
      {.ignore_unknown = options.ignore_unknown, .keep_rows = page ? rows_for_importance : 0}, report);
  std::vector<std::string> notes = weir::reading_notes(report, weir::OptionWords::flags);
  for (std::string& note : weir::notes_on(model, result)) notes.push_back(std::move(note));
  for (std::string& note : notes_on(model.record, tables)) notes.push_back(std::move(note));
  weir::ModelReport drawn{shown_name(options.model), model};
  if (page) {
    drawn.judged.push_back(
        {"On " + shown_name(name), result, notes, weir::permutation_importance(model, result.sample)});
    write_page(options.report, weir::to_html(drawn));
  }
  if (options.output.json) {
    Json json{{"model", options.model}, {"table", name}};
    json.update(parsed(weir::to_json(result)));
    json["rows_unreadable"] = report.bad_rows;
    json["notes"] = notes;
    if (page) json["report"] = to_json(drawn);
    print_json(json);
    return;
  }
  std::string head = options.model + " on " + name + ": " + weir::count_text(result.rows, "row");
  if (result.two_classes()) head += ", alarm from score " + weir::number_text(result.threshold) + " on";
  print(head + "\n" + weir::unjudged_text(result) + notes_text(notes) + "\n" + weir::to_text(result) +
        (page ? "\nWrote " + options.report + "\n" : std::string()));
}

}  // namespace cli
