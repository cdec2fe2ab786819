// The library's options are flags of `weir train`: those of its lists, with what they say.
#include "cli/program.hpp"

#include <weir/core/field_texts.hpp>
#include <weir/core/option_words.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/sample_options.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// The help in one line, however long its lines are.
std::string help_of(const std::string& command) {
  std::string text;
  for (const char c : weir_well({command, "--help"}).out) {
    const bool space = c == ' ' || c == '\n';
    if (!space) text += c;
    if (space && !text.empty() && text.back() != ' ') text += ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("each option of the lists is a flag of train") {
  if (!built()) return;
  const std::string help = help_of("train");
  std::vector<weir::FieldText> options = weir::field_texts<weir::LearnOptions>();
  for (weir::FieldText& option : weir::field_texts<weir::SampleOptions>()) {
    if (option.name != "seed" && option.name != "pixel_scale") options.push_back(option);
  }
  for (const weir::FieldText& option : weir::field_texts<weir::CrossValidationOptions>())
    options.push_back(option);
  for (const weir::FieldText& option : options) {
    CAPTURE(option.name);
    const std::string flag =
        option.name == "learning_rate" ? "--lr" : weir::option_word(weir::OptionWords::flags, option.name);
    const std::size_t at = help.find(" " + flag + " ");
    REQUIRE(at != std::string::npos);
    CHECK(help.find(" " + option.group, 0) != std::string::npos);
    const bool said_by_the_program = option.name == "loss" || option.name == "layers";
    if (!said_by_the_program) CHECK(help.find(option.meaning, at) != std::string::npos);
  }
}
