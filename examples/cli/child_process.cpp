#include "child_process.hpp"

#include "files.hpp"

#include <weir/core/error.hpp>

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <optional>

extern char** environ;

namespace cli {

void run_program(const std::string& program, std::vector<std::string> arguments, const std::string& out) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  std::optional<OutputFile> file;
  if (!out.empty()) {
    file.emplace(out);
    posix_spawn_file_actions_adddup2(&actions, file->descriptor(), 1);
  }
  pid_t child = 0;
  const int failure = posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    weir::fail(weir::ErrorKind::io, "cannot start " + program + ": " + std::strerror(failure));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    weir::fail(weir::ErrorKind::io, "weir " + arguments[1] + " did not end well");
  }
  if (file) file->commit();
}

}  // namespace cli
