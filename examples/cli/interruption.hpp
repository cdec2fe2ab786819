// What is left of a command that a signal ends: no unfinished file.
#pragma once

#include <atomic>
#include <csignal>
#include <string>

namespace cli {

/// From now on Ctrl-C and the like remove unfinished files before they end the program, and it ends by the
/// signal itself, as the shell expects (exit code 130 for Ctrl-C). Signals that whoever started the program
/// has switched off stay so. Standard streams that are closed are opened to nothing, so that no file takes
/// their numbers.
void prepare_for_signals();

/// This file goes when a signal ends the program.
void remove_on_signal(const std::string& path) noexcept;
/// No more: it is finished, or gone.
void keep_on_signal(const std::string& path) noexcept;

/// While it lives, the first Ctrl-C or SIGTERM asks the command to come to an end and keep what it has; the next one
/// ends the program.
class EndAsked {
 public:
  EndAsked() noexcept;
  ~EndAsked();
  EndAsked(const EndAsked&) = delete;
  EndAsked& operator=(const EndAsked&) = delete;

  [[nodiscard]] static const std::atomic<bool>& flag() noexcept;
  /// Ends the program by the signal that asked.
  [[noreturn]] static void end() noexcept;
};

/// While it lives, signals of this thread wait.
class SignalsHeld {
 public:
  SignalsHeld() noexcept;
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace cli
