// A process that is killed at random moments while it replaces a file of about 1 MiB again and again: the
// file must always be a complete one, and never older than the one seen before. A program of its own, because
// it forks.
#include <weir/core/rng.hpp>
#include <weir/io/safetensors.hpp>

#include "support.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using weir::Tensor;

constexpr weir::Index elements = 1 << 18;
using Weights = Tensor<std::int32_t, weir::dyn>;

weir::Status write_generation(const std::string& path, std::int32_t generation) {
  Weights weights(elements);
  weights.fill(generation);
  weir::SafetensorsWriter writer;
  writer.add("weights", weights.view());
  return weir::try_write_safetensors(path, writer);
}

/// The generation that the file holds, or -1.
std::int32_t read_generation(const std::string& path) {
  const auto file = weir::try_read_safetensors(path);
  Weights weights(elements);
  if (!file || !file.value()->try_read_into("weights", weights.view())) {
    std::fprintf(stderr, "unreadable: %s\n", file.ok() ? "tensor" : file.error().what.c_str());
    return -1;
  }
  for (const std::int32_t value : weights.span()) {
    if (value != weights[0]) return -1;
  }
  return weights[0];
}

[[noreturn]] void write_for_ever(const std::string& path, std::int32_t generation) {
  while (write_generation(path, ++generation)) {
  }
  std::_Exit(1);
}

/// Kills a writer after `microseconds`; false if it ended in another way.
bool kill_a_writer(const std::string& path, std::int32_t generation, unsigned microseconds) {
  const pid_t child = ::fork();
  if (child < 0) return false;
  if (child == 0) write_for_ever(path, generation);
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status);
}

}  // namespace

int main(int argc, char** argv) {
  const int kills = argc > 1 ? std::atoi(argv[1]) : 200;
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "checkpoint.weir";
  if (!write_generation(path, 0)) return EXIT_FAILURE;
  weir::Rng rng(static_cast<std::uint64_t>(::getpid()));
  std::int32_t generation = 0;
  std::size_t interrupted = 0;
  for (int i = 0; i < kills; ++i) {
    if (!kill_a_writer(path, generation, static_cast<unsigned>(500 + rng.below(30000)))) return EXIT_FAILURE;
    const std::int32_t found = read_generation(path);
    if (found < generation) {
      std::fprintf(stderr, "kill %d: generation %d after %d\n", i, found, generation);
      return EXIT_FAILURE;
    }
    generation = found;
    for (const std::string& name : directory.names()) {
      if (name == "checkpoint.weir") continue;
      ++interrupted;
      ::unlink((directory / name).c_str());
    }
  }
  std::printf("%d kills, %zu in the middle of a write, %d checkpoints, 0 unreadable\n", kills, interrupted,
              generation);
  return interrupted > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
