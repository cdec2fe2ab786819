// Trainings of the program that are ended at random moments, by Ctrl-C and by SIGKILL, and go on from their checkpoints
// with other numbers of threads: the model is that of a training which was never stopped, byte for byte. With every
// optimizer and schedule, and for every task. WEIR_INTERRUPTIONS sets how many, WEIR_KILL_SEED the moments. A program of
// its own, because it takes a while.
#include "cli/background.hpp"
#include "cli/program.hpp"

#include <weir/core/rng.hpp>
#include <weir/optimizers/builtin_optimizers.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using namespace cli_test;

namespace {

using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

struct Tally {
  int interrupted = 0;  ///< by Ctrl-C
  int killed = 0;
  int within = 0;  ///< after there was a checkpoint
};

[[nodiscard]] Arguments both(Arguments first, const Arguments& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Every optimizer with every schedule, and the other tasks.
[[nodiscard]] std::vector<Arguments> trainings() {
  const Arguments common{"train", synth("resumed.csv", 500, 3), "--quiet", "--epochs", "6", "--batch-size",
                         "32"};
  std::vector<Arguments> all;
  for (const std::string& optimizer : weir::kind_names(weir::BuiltinOptimizers{})) {
    for (const char* schedule : {"constant", "cosine", "plateau", "step"}) {
      all.push_back(both(common, {"--label", "label", "--benign", "benign", "--layers",
                                  "dense:16,batch_norm,relu,dropout:0.2", "--class-weights", "balanced",
                                  "--optimizer", optimizer, "--schedule", schedule, "--patience", "2"}));
    }
  }
  all.push_back(both(
      common, {"--label", "label", "--benign", "benign", "--task", "anomaly", "--layers", "dense:8,relu"}));
  std::string series = "a,b\n";
  for (int i = 0; i < 500; ++i) series += std::to_string(i % 24) + "," + std::to_string(i % 7) + "\n";
  Arguments forecast =
      both(common, {"--label", "a", "--task", "regress", "--window", "8", "--layers", "gru:8"});
  forecast[1] = write_file("series.csv", series);
  all.push_back(forecast);
  return all;
}

/// Begins or goes on, and is ended at a random moment. Whether it came to its end.
[[nodiscard]] bool disturbed(const Arguments& arguments, double seconds, int signal, weir::Rng& rng,
                             Tally& tally) {
  const pid_t child = start_weir(arguments);
  std::this_thread::sleep_for(std::chrono::duration<double>(rng.uniform() * seconds));
  kill(child, signal);
  const int end = end_of(child);
  CHECK((end == 0 || end == signal));
  if (end == signal) ++(signal == SIGKILL ? tally.killed : tally.interrupted);
  return end == 0;
}

void check(const Arguments& training, int interruptions, weir::Rng& rng, Tally& tally) {
  const std::string whole = folder() / "whole.weir", model = folder() / "resumed.weir",
                    checkpoint = folder() / "resumed.ckpt";
  const auto begin = Clock::now();
  weir_well(both(training, {"--model", whole}));
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const std::string& file : {model, checkpoint}) fs::remove(file);
  const auto next = [&](int run) {
    return both(training, {"--model", model, "--threads", run % 2 == 0 ? "1" : "2", "--checkpoint-every", "0",
                           fs::exists(checkpoint) ? "--resume" : "--checkpoint", checkpoint});
  };
  bool done = false;
  for (int i = 0; i < interruptions && !done; ++i) {
    done = disturbed(next(i), 1.5 * seconds, rng.chance(0.5) ? SIGINT : SIGKILL, rng, tally);
    tally.within += !done && fs::exists(checkpoint) ? 1 : 0;
    if (fs::exists(model)) weir_well({"inspect", model});
  }
  if (!done) weir_well(next(interruptions));
  CHECK(read_file(model) == read_file(whole));
}

[[nodiscard]] std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* given = std::getenv(variable);
  return given == nullptr ? otherwise : std::stoull(given);
}

}  // namespace

TEST_CASE("a training that was ended at random moments goes on to the model of one that was not") {
  if (!built()) return;
  const std::uint64_t seed = number_of("WEIR_KILL_SEED", 1);
  const auto wanted = static_cast<int>(number_of("WEIR_INTERRUPTIONS", 36));
  weir::Rng rng(seed);
  Tally tally;
  int rounds = 0;
  const std::vector<Arguments> all = trainings();
  const int each = std::max(1, wanted / static_cast<int>(all.size()));
  while (tally.interrupted + tally.killed < wanted && ++rounds < 20) {
    for (const Arguments& training : all) {
      std::string words;
      for (const std::string& word : training) words += word + " ";
      INFO(words);
      check(training, each, rng, tally);
      if (tally.interrupted + tally.killed >= wanted && rounds > 1) break;
    }
  }
  MESSAGE("seed " << seed << ": " << tally.interrupted << " trainings ended by SIGINT, " << tally.killed
                  << " by SIGKILL; " << tally.within << " of them had a checkpoint");
  CHECK(tally.interrupted + tally.killed >= wanted);
  CHECK(tally.within > 0);
}
