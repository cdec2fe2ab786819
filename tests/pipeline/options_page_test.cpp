// The page of the options of learning says what their lists say. With WEIR_WRITE_DOCS set it is written anew.
#include <weir/core/field_check.hpp>
#include <weir/core/field_texts.hpp>
#include <weir/data/preparing/preprocess_options.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/search_options.hpp>
#include <weir/train/find_learning_rate.hpp>
#include <weir/train/fit_options.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "source_dir.hpp"

using namespace weir;

namespace {

/// A table for each group of options.
template <class Options>
std::string tables() {
  std::string text, group = "none yet";
  for (const FieldText& option : field_texts<Options>()) {
    if (option.group != group) {
      text += (option.group.empty() ? "" : "\n" + option.group + ":\n") +
              "\n| option | values | otherwise | |\n|---|---|---|---|\n";
    }
    group = option.group;
    const std::string standard = option.standard.empty() ? "" : "`" + option.standard + "`";
    text += "| `" + option.name + "` | " + option.values + " | " + standard + " | " + option.meaning + " |\n";
  }
  return text;
}

std::string page() {
  return "# Options of reading, preparing and learning\n\n"
         "Members of the structs that `read_samples`, `learn`, `Preprocessor::fit` and `fit` take "
         "([train](train.md#from-a-table-to-a-detector)). What lies\n"
         "outside of these values is refused with `ConfigError`. `weir train` has those of `SampleOptions`, "
         "`LearnOptions` and `CrossValidationOptions` as\n"
         "flags with the same bounds: `batch_size` is `--batch-size`; only `learning_rate` is `--lr`, and a "
         "sequence is written `30x3`,\n"
         "steps x channels; `skip` is `OnMissing::reject`. Options of losses, optimizers and layers: "
         "[training_options](training_options.md), "
         "[layers](layers.md).\n"
         "This page is made from the lists in the code, and a test holds it against them.\n"
         "\n## `SampleOptions`\n\nWhat of a table is learned (`pipeline/sample_options.hpp`).\n" +
         tables<SampleOptions>() +
         "\n## `LearnOptions`\n\nHow a net is chosen and trained (`pipeline/learn_options.hpp`).\n" +
         tables<LearnOptions>() +
         "\n## `CrossValidationOptions`\n\nHow models of a recipe are judged "
         "(`pipeline/cross_validation.hpp`); "
         "besides, `metrics`, what is measured.\n" +
         tables<CrossValidationOptions>() +
         "\n## `FitOptions`\n\nWhat `fit` is told (`train/fit_options.hpp`); besides, `schedule`, a function "
         "that "
         "gives the factor of the learning\nrate, and `pool`, the caller's threads.\n" +
         tables<FitOptions>() +
         "\n## `SearchOptions`\n\nWhat a search over nets and rates may try "
         "(`pipeline/search_options.hpp`).\n" +
         tables<SearchOptions>() +
         "\n## `RateFinderOptions`\n\nWhat the search for a learning rate is told "
         "(`train/find_learning_rate.hpp`).\n" +
         tables<RateFinderOptions>() +
         "\n## `PreprocessOptions`\n\nHow columns become features (`data/preparing/preprocess_options.hpp`): "
         "`numeric` "
         "and "
         "`categorical` for all of them, `numeric_rules`\nand `categorical_rules` for single ones.\n" +
         tables<PreprocessOptions>();
}

template <class Options>
void check_list(const Options& standard) {
  CHECK(fields_complaint(standard) == "");
  for (const FieldText& option : field_texts<Options>()) {
    CAPTURE(option.name);
    CHECK_FALSE(option.values.empty());
    CHECK_FALSE(option.meaning.empty());
  }
}

}  // namespace

TEST_CASE("docs/options.md has all options of learning") {
  const std::filesystem::path path = weir_test::source_dir() / "docs/options.md";
  const std::string expected = page();
  if (std::getenv("WEIR_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << expected;
  std::ifstream in(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(found == expected,
                "make it anew: WEIR_WRITE_DOCS=1 tests/test_pipeline -sf='*options_page_test.cpp'");
}

TEST_CASE("what is standard lies within its bounds, and every option has a meaning") {
  check_list(SampleOptions{});
  check_list(LearnOptions{});
  check_list(CrossValidationOptions{});
  check_list(FitOptions{});
  check_list(SearchOptions{});
  check_list(RateFinderOptions{});
  check_list(PreprocessOptions{});
}

TEST_CASE("the first option out of its bounds is named") {
  CHECK(fields_complaint(FitOptions{.epochs = -1}) == "'epochs' must be an integer from 0 to 1000000000");
  CHECK(fields_complaint(FitOptions{.validation = 1.0}) == "'validation' must lie between 0 and 0.999999999");
  CHECK(fields_complaint(FitOptions{.class_weights = {1.0, -1.0}}) ==
        "'class_weights' must be a number from 0 up");
  CHECK(fields_complaint(FitOptions{.early_stopping = {.min_delta = std::nan("")}}) ==
        "'min_delta' must be a finite number");
  CHECK(fields_complaint(FitOptions{.early_stopping = {.patience = -1}}) ==
        "'patience' must be an integer from 0 to 1000000000");
  CHECK(fields_complaint(LearnOptions{.threads = 257}) == "'threads' must be an integer from 1 to 256");
  CHECK(fields_complaint(LearnOptions{.epochs = 0}) == "'epochs' must be an integer from 1 to 1000000000");
  CHECK(fields_complaint(LearnOptions{.alarm_rate = 0.0}) == "'alarm_rate' must lie between 1e-07 and 0.5");
  CHECK(fields_complaint(SampleOptions{.validation = 0.95}) == "'validation' must lie between 0 and 0.9");
  CHECK(fields_complaint(SampleOptions{.sequence = {-1, 2}}) ==
        "'sequence' must have at most 1048576 steps and channels");
  CHECK(fields_complaint(SampleOptions{.window = -1}) == "'window' must be an integer from 1 to 1000000000");
  CHECK(fields_complaint(SampleOptions{.scaling = static_cast<Scaling>(9)}) ==
        "'scaling' must be none, standard, min_max, log_standard, log_min_max or rank");
  CHECK(fields_complaint(SampleOptions{.missing = static_cast<OnMissing>(3)}) ==
        "'missing' must be impute, skip or error");
  CHECK(fields_complaint(NumericRule{.constant = std::nan("")}) == "'constant' must be a finite number");
}
