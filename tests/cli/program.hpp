// Runs the program `weir` as a user does: arguments, files, standard streams, exit code.
#pragma once

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

extern char** environ;

namespace cli_test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// The program of this build, or the one that WEIR_PROGRAM names; empty when there is none.
inline std::string program() {
  if (const char* given = std::getenv("WEIR_PROGRAM")) return given;
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path built = here.parent_path() / "examples" / "cli" / "weir";
  return fs::exists(built) ? built.string() : std::string();
}

/// A folder that lives as long as the test program.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("weir-cli-test-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};
inline const Folder& folder() {
  static const Folder one;
  return one;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline std::string write_file(const std::string& name, const std::string& text) {
  const std::string path = folder() / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
  [[nodiscard]] Json json() const { return Json::parse(out); }
};

/// Runs a program with these arguments; standard input comes from a file. It does not see WEIR_DATA.
inline Outcome run_program(const std::string& path, std::vector<std::string> arguments,
                           const std::string& input = "/dev/null") {
  const std::string out = folder() / "stdout", err = folder() / "stderr";
  arguments.insert(arguments.begin(), path);
  std::vector<char*> argv, environment;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  for (char** one = environ; *one != nullptr; ++one) {
    if (std::string(*one).rfind("WEIR_DATA=", 0) != 0) environment.push_back(*one);
  }
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  pid_t child = 0;
  const int failure = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(failure == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
}
inline Outcome run_weir(std::vector<std::string> arguments, const std::string& input = "/dev/null") {
  return run_program(program(), std::move(arguments), input);
}

/// It must end well and say nothing on standard error.
inline Outcome weir_well(std::vector<std::string> arguments, const std::string& input = "/dev/null") {
  Outcome outcome = run_weir(std::move(arguments), input);
  INFO("stderr: " << outcome.err);
  REQUIRE(outcome.code == 0);
  REQUIRE(outcome.err.empty());
  return outcome;
}

/// Made-up connections as a CSV file, made once.
inline std::string synth(const std::string& name, int connections, int seed) {
  const std::string path = folder() / name;
  if (!fs::exists(path)) {
    weir_well({"synth", "--connections", std::to_string(connections), "--seed", std::to_string(seed), "-o",
               path, "--quiet"});
  }
  return path;
}
inline std::string train_csv() { return synth("train.csv", 6'000, 1); }
inline std::string test_csv() { return synth("test.csv", 5'000, 2); }

/// A benign-or-attack model of train_csv(), trained once.
inline std::string model() {
  const std::string path = folder() / "model.weir";
  if (!fs::exists(path)) {
    weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--quick", "--epochs", "5",
               "--model", path, "--quiet"});
  }
  return path;
}

/// Whether the tests of the program can run; says so when they cannot.
inline bool built() {
  if (!program().empty()) return true;
  MESSAGE("SKIPPED: the program weir is not built (WEIR_EXAMPLES); WEIR_PROGRAM may name one");
  return false;
}

/// Bad usage or input: one line that says what is wrong, nothing on standard output.
inline void refused(const std::vector<std::string>& arguments, const std::string& reason, int code = 2) {
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  INFO(line);
  const Outcome outcome = run_weir(arguments);
  INFO("stderr: " << outcome.err);
  CHECK(outcome.code == code);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.rfind("weir: ", 0) == 0);
  CHECK(lines_of(outcome.err).size() == 1);
  CHECK(outcome.err.find(reason) != std::string::npos);
}

inline std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> result;
  for (const std::string& line : lines_of(text)) result.push_back(Json::parse(line));
  return result;
}

}  // namespace cli_test
