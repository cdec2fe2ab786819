// Ctrl-C, SIGTERM and SIGKILL at random moments of the commands that write: under the final name there is
// what was there before, or all of the new file. Only SIGKILL may leave a temporary file. A program of its
// own, because it takes a while.
#include "cli/background.hpp"
#include "cli/program.hpp"

#include <weir/core/rng.hpp>

#include <sys/types.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace cli_test;

namespace {

using Clock = std::chrono::steady_clock;
using Files = std::map<std::string, std::string>;

/// A command, and the files that it writes into the folder "outputs".
struct Job {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<std::string> outputs;
};

[[nodiscard]] std::string outputs() { return folder() / "outputs"; }

[[nodiscard]] Files files_there() {
  Files files;
  for (const auto& entry : fs::directory_iterator(outputs())) {
    files[entry.path().filename().string()] = read_file(entry.path().string());
  }
  return files;
}

[[nodiscard]] std::vector<Job> jobs() {
  const std::string table = synth("kill.csv", 1'500, 5);
  const std::string model = folder() / "kill.weir";
  weir_well({"train", table, "--label", "label", "--epochs", "1", "--model", model, "--quiet"});
  const std::string capture = folder() / "kill.pcap";
  weir_well({"synth", "--pcap", capture, "--connections", "400", "--quiet"});
  const std::string out = outputs() + "/";
  std::vector<Job> all{
      {"train",
       {"train", table, "--label", "label", "--epochs", "1", "--log", out + "log.csv", "--model",
        out + "m.weir"},
       {"m.weir"}},
      {"predict", {"predict", model, table, "-o", out + "verdicts.csv"}, {"verdicts.csv"}},
      {"synth", {"synth", "--connections", "3000", "-o", out + "table.csv"}, {"table.csv"}},
  };
  if (cli_test::run_weir({"flows", capture, "-o", "/dev/null"}).code == 0) {
    all.push_back({"flows", {"flows", capture, "--threads", "2", "-o", out + "flows.csv"}, {"flows.csv"}});
    all.push_back({"synth --pcap",
                   {"synth", "--connections", "400", "--pcap", out + "c.pcap", "--labels", out + "rules"},
                   {"c.pcap", "rules"}});
  }
  return all;
}

struct Tally {
  int killed = 0;     ///< in the middle
  int leftovers = 0;  ///< temporary files
};

/// Ends the job by a signal at a random moment and looks at what is left.
void disturb(const Job& job, const Files& whole, double seconds, int signal, weir::Rng& rng, Tally& tally) {
  fs::remove_all(outputs());
  fs::create_directories(outputs());
  const bool replaces = rng.chance(0.5);
  for (const std::string& name : job.outputs) {
    if (replaces) std::ofstream(outputs() + "/" + name) << "the old file";
  }
  const double moment = rng.uniform() * 1.1 * seconds;
  const pid_t child = start_weir(job.arguments);
  std::this_thread::sleep_for(std::chrono::duration<double>(moment));
  kill(child, signal);
  const int end = end_of(child);
  INFO(job.name << ", signal " << signal << " after " << moment << " s, ended with " << end);
  CHECK((end == 0 || end == signal));
  tally.killed += end == signal ? 1 : 0;
  Files left = files_there();
  for (const std::string& name : job.outputs) {
    const auto found = left.find(name);
    if (found == left.end()) {
      CHECK(end != 0);
      CHECK_FALSE(replaces);
    } else {
      const bool old = replaces && end != 0 && found->second == "the old file";
      const bool fresh = found->second == whole.at(name);
      CHECK((old || fresh));
      left.erase(found);
    }
  }
  left.erase("log.csv");  // a log grows as it goes
  for (const auto& leftover : left) {
    const std::string& name = leftover.first;
    INFO(name);
    CHECK(signal == SIGKILL);
    CHECK(name.ends_with(".tmp"));
    ++tally.leftovers;
  }
}

}  // namespace

TEST_CASE("a signal at any moment leaves the old file or the new one") {
  if (!built()) return;
  const char* given = std::getenv("WEIR_KILL_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::stoull(given);
  weir::Rng rng(seed);
  Tally interrupted, killed;
  int runs = 0;
  for (const Job& job : jobs()) {
    fs::create_directories(outputs());
    const auto begin = Clock::now();
    REQUIRE(end_of(start_weir(job.arguments)) == 0);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const Files whole = files_there();
    for (const std::string& name : job.outputs) REQUIRE(whole.at(name).size() > 1'000);
    for (int i = 0; i < 20; ++i) {
      disturb(job, whole, seconds, i % 4 == 3 ? SIGTERM : SIGINT, rng, interrupted);
      disturb(job, whole, seconds, SIGKILL, rng, killed);
      runs += 2;
    }
  }
  MESSAGE("seed " << seed << ": " << runs << " runs, " << interrupted.killed
                  << " ended by SIGINT or SIGTERM, " << killed.killed << " by SIGKILL, which left "
                  << killed.leftovers << " temporary files");
  CHECK(interrupted.killed > runs / 10);
  CHECK(killed.killed > runs / 10);
  CHECK(killed.leftovers > 0);
}
