// Stopping `weir train` and going on: what is said, what is kept, what is refused.
#include "cli/background.hpp"
#include "cli/program.hpp"

#include <csignal>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// A training of a moment an epoch, of so many.
std::vector<std::string> training(const std::string& epochs, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"train",    synth("resume.csv", 600, 3),
                                     "--label",  "label",
                                     "--benign", "benign",
                                     "--layers", "dense:16,relu",
                                     "--epochs", epochs,
                                     "--model",  folder() / "stopped.weir"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

struct Stopped {
  int end = 0;
  std::string out, err;
};

/// Trains until two epochs are logged, and then gets the signal.
Stopped stopped(const std::vector<std::string>& more, int signal = SIGINT) {
  const std::string log = folder() / "stopped.csv", out = folder() / "stopped.out",
                    err = folder() / "stopped.err";
  for (const std::string& file : {log, folder() / "stopped.weir"}) fs::remove(file);
  std::vector<std::string> arguments = training("100000", more);
  arguments.insert(arguments.end(), {"--log", log});
  const pid_t child = start_weir(arguments, out, err);
  REQUIRE(comes_true([&] { return lines_of(read_file(log)).size() > 3; }));
  kill(child, signal);
  const int end = end_of(child);
  return {end, read_file(out), read_file(err)};
}

void contains(const std::string& text, const std::string& part) {
  INFO(text);
  INFO(part);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("Ctrl-C saves a model of what there is, and says how to go on") {
  if (!built()) return;
  const std::string checkpoint = folder() / "with space.ckpt";
  fs::remove(checkpoint);
  const Stopped run = stopped({"--checkpoint", checkpoint, "--schedule", "constant"});
  CHECK(run.end == SIGINT);
  contains(run.err, "weir: interrupted after ");
  contains(run.err, " of 100000 epochs: ");
  contains(run.err, "to go on: ");
  contains(run.err, "weir train ");
  contains(run.err, "--resume '" + checkpoint + "'");
  contains(run.out, "trained in");
  contains(weir_well({"inspect", folder() / "stopped.weir"}).out, "of 100000, interrupted");

  // What goes on is as if it had never been stopped.
  const std::size_t done = lines_of(read_file(folder() / "stopped.csv")).size() - 1;
  const std::string epochs = std::to_string(done + 5);
  const std::string log = folder() / "going_on.csv";
  weir_well(training(epochs, {"--schedule", "constant", "--quiet", "--log", log, "--resume", checkpoint}));
  const std::string gone_on = read_file(folder() / "stopped.weir");
  CHECK(lines_of(read_file(log)).size() == done + 6);
  weir_well(training(epochs, {"--schedule", "constant", "--quiet", "--threads", "2"}));
  CHECK(gone_on == read_file(folder() / "stopped.weir"));
}

TEST_CASE("Without a checkpoint the option that would have kept one is named; SIGTERM does the same") {
  if (!built()) return;
  const Stopped run = stopped({"--quiet"}, SIGTERM);
  CHECK(run.end == SIGTERM);
  contains(run.err, "--checkpoint FILE would have kept");
  CHECK(run.out.empty());
  CHECK(fs::exists(folder() / "stopped.weir"));
}

TEST_CASE("A training goes on by the options and the table that it began by") {
  if (!built()) return;
  const std::string checkpoint = folder() / "begun.ckpt";
  fs::remove(checkpoint);
  weir_well(training("3", {"--quiet", "--checkpoint", checkpoint}));
  const auto complaint = [&](std::vector<std::string> more, const std::string& reason) {
    more.insert(more.end(), {"--quiet", "--resume", checkpoint});
    refused(training("3", more), reason);
  };
  complaint({"--seed", "7"}, "seed was '0', and is '7'");
  complaint({"--batch-size", "17"}, "batch_size was '32', and is '17'");
  complaint({"--optimizer", "sgd"}, "is of another optimizer than sgd: 'adamw'");
  complaint({"--lr", "0.01"}, "optimizer was 'adamw:learning_rate=0.001:");
  complaint({"--class-weights", "balanced"}, "class_weights was ''");
  complaint({"--scaling", "min_max"}, "rows was '");
  complaint({"--schedule", "step"}, "the learning rate of epoch ");
  refused(training("3", {"--checkpoint", checkpoint}), "--resume");
  refused(training("3", {"--resume", folder() / "none.ckpt"}), "--resume");
  refused(training("3", {"--resume", synth("resume.csv", 600, 3)}), "--resume");
  // Complete already: the same model once more.
  const std::string model = read_file(folder() / "stopped.weir");
  weir_well(training("3", {"--quiet", "--resume", checkpoint}));
  CHECK(read_file(folder() / "stopped.weir") == model);
}
