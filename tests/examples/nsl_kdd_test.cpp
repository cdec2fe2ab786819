// examples/02_nsl_kdd: without data it says that it was skipped; with data (WEIR_DATA) one seed must come
// near what docs/results.md says of five.
#include "cli/program.hpp"

using namespace cli_test;

namespace {

std::string example() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path built = here.parent_path() / "examples" / "02_nsl_kdd" / "02_nsl_kdd";
  return fs::exists(built) ? built.string() : std::string();
}

/// The number behind `name` in the first line that holds both texts.
double number_in(const std::string& text, const std::string& method, const std::string& test,
                 const std::string& name) {
  for (const std::string& line : lines_of(text)) {
    if (line.find("  " + method) == std::string::npos || line.find(test + " ") == std::string::npos) continue;
    return std::stod(line.substr(line.find(name) + name.size()));
  }
  return 0.0;
}

}  // namespace

TEST_CASE("02_nsl_kdd says so when there is no data") {
  if (example().empty()) {
    MESSAGE("SKIPPED: examples/02_nsl_kdd is not built");
    return;
  }
  const Outcome outcome = run_program(example(), {folder() / "nothing"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("SKIPPED") != std::string::npos);
}

TEST_CASE("02_nsl_kdd reaches its results") {
  const char* data = std::getenv("WEIR_DATA");
  if (example().empty() || data == nullptr || !fs::exists(fs::path(data) / "nsl-kdd")) {
    MESSAGE("SKIPPED: WEIR_DATA does not name a folder that holds nsl-kdd");
    return;
  }
  const Outcome outcome = run_program(example(), {(fs::path(data) / "nsl-kdd").string(), "--seeds", "1"});
  REQUIRE(outcome.code == 0);
  const std::string two = outcome.out.substr(0, outcome.out.find("Five classes"));
  const std::string five = outcome.out.substr(two.size());
  CHECK(number_in(two, "autoencoder", "KDDTest+", "accuracy ") > 89.0);
  CHECK(number_in(two, "both", "KDDTest+", "accuracy ") > 89.5);
  CHECK(number_in(two, "both", "KDDTest-21", "accuracy ") > 80.0);
  CHECK(number_in(five, "both", "KDDTest+", "accuracy ") > 81.0);
}
