// Kills a training program 200 times at random moments while it writes a checkpoint, after every epoch or every
// batch. After each kill the checkpoint must be readable and training must go on from it; at the end the weights must be
// those of a run that was never killed.
#include <train/toy_data.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/train/fit.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>

using namespace weir;

namespace {

constexpr int kills = 200;
using Net = Sequential<Dense<float>, Relu<float>, Dense<float>>;
using State = FitState<Net>;

State start() { return start_fit(Net{Dense{8, 64}, Relu{}, Dense{64, 1}}, Adam{}, 1); }

/// Trains on from the checkpoint, which `keep` writes.
void train(const std::string& path, Index epochs, Checkpoint keep) {
  static const Dataset<float> data = toy::classes(64, 8, 2, 1);
  State state = start();
  resume(path, state);
  continue_fit(state, data, Dataset<float>{}, BinaryCrossEntropy{}, Adam{}, {.epochs = epochs, .seed = 1},
               keep);
}

bool same(const Net& a, const Net& b) {
  bool equal = true;
  Net::visit([&](Role, const ParamName&, auto x,
                 auto y) { equal = equal && std::equal(x.data(), x.data() + x.size(), y.data()); },
             a, b);
  return equal;
}

}  // namespace

int main() {
  const auto directory = std::filesystem::temp_directory_path() / ("weir_kill_" + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const std::string path = (directory / "run.ckpt").string();
  const std::string straight_path = (directory / "straight.ckpt").string();
  Rng rng(static_cast<std::uint64_t>(::getpid()));
  int unreadable = 0;
  for (int i = 0; i < kills; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      train(path, 1'000'000, i % 2 == 0 ? Checkpoint(path) : Checkpoint::by_time(path, 0.0));
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(3'000 + rng.below(15'000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    State state = start();
    if (std::filesystem::exists(path) && !try_load_checkpoint(path, state).ok()) ++unreadable;
  }
  State killed = start();
  resume(path, killed);
  const Index epochs = killed.epochs_done() + 1;  // it may stand within one
  train(path, epochs, Checkpoint(path));
  resume(path, killed);
  train(straight_path, epochs, Checkpoint(straight_path));
  State straight = start();
  resume(straight_path, straight);
  const bool equal = same(killed.net, straight.net) && straight.epochs_done() == epochs;
  std::filesystem::remove_all(directory);
  std::printf("%d kills over %td epochs: %d unreadable checkpoints; %s a run without kills\n", kills, epochs,
              unreadable, equal ? "equal to" : "DIFFERENT from");
  return unreadable == 0 && equal && epochs > 1 ? 0 : 1;
}
