// examples/06_forecast: without data it says that it was skipped; with data (WEIR_DATA) one seed must come
// near what its README says of five.
#include "cli/program.hpp"

using namespace cli_test;

namespace {

std::string example() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path built = here.parent_path() / "examples" / "06_forecast" / "06_forecast";
  return fs::exists(built) ? built.string() : std::string();
}

/// The MAPE in the line that begins with `name`.
double mape_in(const std::string& text, const std::string& name) {
  for (const std::string& line : lines_of(text)) {
    if (line.rfind("  " + name, 0) == 0) return std::stod(line.substr(30));
  }
  return 1e9;
}

}  // namespace

TEST_CASE("06_forecast says so when there is no data") {
  if (example().empty()) {
    MESSAGE("SKIPPED: examples/06_forecast is not built");
    return;
  }
  const Outcome outcome = run_program(example(), {folder() / "nothing"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("SKIPPED") != std::string::npos);
}

TEST_CASE("06_forecast reaches its results") {
  const char* data = std::getenv("WEIR_DATA");
  if (example().empty() || data == nullptr || !fs::exists(fs::path(data) / "isp-traffic-volume")) {
    MESSAGE("SKIPPED: WEIR_DATA does not name a folder that holds isp-traffic-volume");
    return;
  }
  const Outcome outcome = run_program(example(), {(fs::path(data) / "isp-traffic-volume").string()});
  REQUIRE(outcome.code == 0);
  const std::string hour = outcome.out.substr(0, outcome.out.find("5 minutes"));
  const std::string five = outcome.out.substr(hour.size());
  CHECK(mape_in(hour, "naive: the last value") == doctest::Approx(11.60).epsilon(0.001));
  CHECK(mape_in(five, "naive: the last value") == doctest::Approx(3.07).epsilon(0.002));
  for (const char* net : {"MLP", "GRU", "LSTM", "TCN"}) {
    CHECK(mape_in(hour, net) < 5.0);
    CHECK(mape_in(five, net) < 2.95);
  }
  CHECK(mape_in(hour, "one of each, averaged") < 4.0);
  CHECK(mape_in(five, "one of each, averaged") < 2.7);
}
