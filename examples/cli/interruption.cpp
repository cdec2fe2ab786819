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

namespace {

/// Signals that ask to come to an end.
constexpr std::array asking{SIGINT, SIGTERM};
std::atomic<bool> asked{false};
std::atomic<int> asked_by{0};

void handle(int signal, void (*handler)(int), int flags) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigfillset(&action.sa_mask);
  // What whoever started the program has switched off stays so.
  struct sigaction before {};
  if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
    sigaction(signal, &action, nullptr);
  }
}

void end_by(int signal) noexcept { handle(signal, end_by_signal, static_cast<int>(SA_RESETHAND)); }

extern "C" void note_signal(int signal) {
  asked_by = signal;
  asked = true;
  for (const int one : asking) end_by(one);
}

}  // namespace

void prepare_for_signals() {
  for (int stream = 0; stream <= 2; ++stream) {
    // Opened the other way round: reading or writing fails as it would on a closed one.
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) open("/dev/null", stream == 1 ? O_RDONLY : O_WRONLY);
  }
  for (const int signal : ending) end_by(signal);
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

EndAsked::EndAsked() noexcept {
  for (const int signal : asking) handle(signal, note_signal, SA_RESTART);
}

EndAsked::~EndAsked() {
  for (const int signal : asking) end_by(signal);
}

const std::atomic<bool>& EndAsked::flag() noexcept { return asked; }

void EndAsked::end() noexcept {
  raise(asked_by);
  _exit(128 + asked_by);  // where the signal is switched off
}

SignalsHeld::SignalsHeld() noexcept {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : ending) sigaddset(&held, signal);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace cli
