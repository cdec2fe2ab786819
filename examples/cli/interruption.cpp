#include "interruption.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>

namespace cli {

namespace {

/// All by which the system or somebody else ends a program that could go on.
constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2};

/// A path in memory that a signal handler may read at any moment.
struct Unfinished {
  std::atomic<bool> there{false};
  std::array<char, PATH_MAX> path{};
};
std::array<Unfinished, 8> unfinished;

extern "C" void end_by_signal(int signal) {
  for (const Unfinished& file : unfinished) {
    if (file.there) unlink(file.path.data());
  }
  raise(signal);  // it is held until here is left, and then has its usual effect
}

}  // namespace

void prepare_for_signals() {
  for (int stream = 0; stream <= 2; ++stream) {
    // Opened the other way round: reading or writing fails as it would on a closed one.
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) open("/dev/null", stream == 1 ? O_RDONLY : O_WRONLY);
  }
  struct sigaction action {};
  action.sa_handler = end_by_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigfillset(&action.sa_mask);
  for (const int signal : ending) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      sigaction(signal, &action, nullptr);
    }
  }
  // Beyond the limit of a file's size: an error that is told, rather than an end without a word.
  signal(SIGXFSZ, SIG_IGN);
}

void remove_on_signal(const std::string& path) noexcept {
  for (Unfinished& file : unfinished) {
    if (file.there || path.size() >= file.path.size()) continue;
    std::copy(path.begin(), path.end(), file.path.begin());
    file.path[path.size()] = '\0';
    file.there = true;
    return;
  }
}

void keep_on_signal(const std::string& path) noexcept {
  for (Unfinished& file : unfinished) {
    if (file.there && path == file.path.data()) file.there = false;
  }
}

SignalsHeld::SignalsHeld() noexcept {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : ending) sigaddset(&held, signal);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace cli
