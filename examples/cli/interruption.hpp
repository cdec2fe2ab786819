// What is left of a command that a signal ends: no unfinished file.
#pragma once

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
