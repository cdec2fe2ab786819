// examples/11_applications: on made-up sites, and on nDPI's captures (WEIR_DATA), where the split by capture
// must be as far below the split by flow as its README says.
#include "cli/program.hpp"

using namespace cli_test;

namespace {

std::string example() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path built = here.parent_path() / "examples" / "11_applications" / "11_applications";
  return fs::exists(built) ? built.string() : std::string();
}

/// Accuracy and macro F1 in the line of a split, per cent.
std::pair<double, double> measures(const std::string& text, const std::string& split) {
  for (const std::string& line : lines_of(text)) {
    if (line.rfind("  " + split + " ", 0) != 0) continue;
    std::istringstream in(line.substr(2 + split.size()));
    std::pair<double, double> both;
    in >> both.first >> both.second;
    return both;
  }
  return {-1.0, -1.0};
}

}  // namespace

TEST_CASE("11_applications falls back on made-up sites and says so") {
  if (example().empty()) {
    MESSAGE("SKIPPED: examples/11_applications is not built");
    return;
  }
  const Outcome outcome = run_program(example(), {});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("SKIPPED") != std::string::npos);
  CHECK(outcome.out.find("3000 flows, 25 applications") != std::string::npos);
  const auto by_flow = measures(outcome.out, "by flow"), by_site = measures(outcome.out, "by capture");
  CHECK(by_flow.first > 78.0);
  CHECK(by_site.first > 75.0);
  CHECK(by_site.second < by_flow.second);
}

TEST_CASE("11_applications reaches its results on nDPI's captures") {
  const char* data = std::getenv("WEIR_DATA");
  if (example().empty() || data == nullptr || !fs::exists(fs::path(data) / "ndpi" / "flows.csv.gz")) {
    MESSAGE("SKIPPED: WEIR_DATA does not name a folder that holds ndpi");
    return;
  }
  const Outcome outcome = run_program(example(), {(fs::path(data) / "ndpi").string()});
  REQUIRE(outcome.code == 0);
  CHECK(outcome.out.find("3628 flows, 16 applications") != std::string::npos);
  const auto by_flow = measures(outcome.out, "by flow"), by_capture = measures(outcome.out, "by capture");
  CHECK(by_flow.first == doctest::Approx(74.3).epsilon(0.04));
  CHECK(by_flow.second == doctest::Approx(58.4).epsilon(0.06));
  CHECK(by_capture.first < 35.0);
  CHECK(by_capture.second < 20.0);
}
