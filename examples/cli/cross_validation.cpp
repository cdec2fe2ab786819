#include "cross_validation.hpp"

#include "hints.hpp"
#include "report.hpp"

#include <weir/core/plain_text.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/cross_validate_file.hpp>
#include <weir/pipeline/cross_validation_text.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>

namespace cli {

weir::CrossValidation cross_validate(const TrainOptions& options) {
  weir::OnFold progress;
  if (isatty(STDERR_FILENO) != 0 && !options.output.quiet) {
    progress = [judged = std::size_t{0}](const weir::FoldResult&, std::size_t folds) mutable {
      ++judged;
      std::fprintf(stderr, "\r  part %zu of %zu%s", judged, folds, judged == folds ? "\n" : "");
    };
  }
  return weir::cross_validate(options.tables, options.input, options.samples, options.learning,
                              options.validation, progress);
}

std::string cross_validation_text(const weir::CrossValidation& result) {
  return "Cross-validation, " + result.parts +
         (result.seeds > 1 ? ", " + weir::count_text(result.seeds, "seed") : std::string()) + ":\n" +
         weir::to_text(result);
}

void report_cross_validation(const TrainOptions& options) {
  const weir::CrossValidation result = cross_validate(options);
  if (options.output.json) {
    print_json({{"cross_validation", to_json(result)}, {"notes", result.notes}});
  } else if (!options.output.quiet) {
    print(weir::files_text(options.tables) + ": " + weir::count_text(result.pooled.rows, "row") +
          " judged\n" + notes_text(result.notes) + "\n" + cross_validation_text(result));
  }
}

}  // namespace cli
