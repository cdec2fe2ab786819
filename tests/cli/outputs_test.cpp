// What commands write: never over an input, whole or not at all, and no failure in silence.
#include "cli/mistakes.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

using namespace cli_test;

namespace {

/// What the shell makes of a line in which "weir" stands for the program.
Outcome shell(const std::string& line) {
  return run_program("/bin/sh", {"-c", "weir() { \"" + program() + "\" \"$@\"; }; " + line});
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("outputs: no output is an input or another output") {
  if (!built()) return;
  const std::string lost = "write to another file";
  const auto train = [&](const std::string& table, const std::string& model,
                         std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"train", table, "--label", "label", "--model", model, "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  check_mistakes({
      {train("@table", "@table"), {"--model", "TRAIN", lost}},
      {train("@table", "@link-to-table"), {"--model", "TRAIN", lost}},
      {train("@link-to-table", "@table"), {"--model", "TRAIN", lost}},
      {train("@table", "@other-name-of-table"), {"--model", "TRAIN", lost}},
      {train("@table", "@folder/../table"), {"--model", "TRAIN", lost}},
      {train("@table", "@never", {"--test", "@rules", "--log", "@rules"}), {"--log", "--test", lost}},
      {train("@table", "@never", {"--log", "@never"}), {"--log", "--model", lost}},
      {train("@table", "@never", {"--log", "@folder/../never"}), {"--log", "--model", lost}},
      {train("@table", "@never", {"--log", "@other-name-of-table"}), {"--log", "TRAIN", lost}},
      {train("@table", "@never", {"--report", "@never"}), {"--report", "--model", lost}},
      {train("@table", "@never", {"--report", "@table"}), {"--report", "TRAIN", lost}},
      {{"evaluate", "@model", "@table", "--report", "@model"}, {"--report", "MODEL", lost}},
      {{"evaluate", "@model", "@table", "--report", "-"}, {"--report", "standard output"}},
      {{"train", "@table", "--label", "label", "--model", "/dev/stdout"}, {"--model", "standard output"}},
      {{"predict", "@model", "@table", "-o", "@table"}, {"-o", "INPUT", lost}},
      {{"predict", "@model", "@table", "-o", "@link-to-table"}, {"-o", "INPUT", lost}},
      {{"predict", "@model", "@table", "-o", "@model"}, {"-o", "MODEL", lost}},
      {{"flows", "@capture", "-o", "@capture"}, {"-o", "CAPTURE", lost}},
      {{"flows", "@capture", "-o", "@link-to-capture"}, {"-o", "CAPTURE", lost}},
      {{"flows", "@capture", "--labels", "@rules", "-o", "@rules"}, {"-o", "--labels", lost}},
      {{"flows", "@capture", "--anonymise", "@key", "-o", "@key"}, {"-o", "--anonymise", lost}},
      {{"watch", "@model", "--read", "@capture", "-o", "@capture"}, {"-o", "--read", lost}},
      {{"watch", "@model", "--read", "@capture", "-o", "@model"}, {"-o", "MODEL", lost}},
      {{"watch", "--kitsune", "--read", "@capture", "--state", "@capture"}, {"--state", "--read", lost}},
      {{"watch", "--kitsune", "--read", "@capture", "--state", "@new", "-o", "@new"},
       {"--state", "-o", lost}},
      {{"anonymise", "@capture", "@capture", "--key", "@key"}, {"OUT", "IN", lost}},
      {{"anonymise", "@capture", "@key", "--key", "@key"}, {"OUT", "--key", lost}},
      {{"synth", "--pcap", "@new", "--labels", "@new"}, {"--labels", "--pcap", lost}},
  });
}

TEST_CASE("outputs: a path where nothing can be written is told before anything is read") {
  if (!built()) return;
  const std::string too_long = "@" + std::string(256, 'x');
  check_mistakes({
      {{"train", "@none", "--label", "label", "--model", "/nowhere/m.weir"},
       {"--model", "no folder '/nowhere'"}},
      {{"train", "@none", "--label", "label", "--model", "@folder"}, {"--model", "@folder", "is a folder"}},
      {{"train", "@none", "--label", "label", "--model", "@folder/"}, {"--model", "not the name of a file"}},
      {{"train", "@none", "--label", "label", "--model", "@table/m"}, {"--model", "is not a folder"}},
      {{"train", "@none", "--label", "label", "--model", too_long}, {"--model", "too long"}},
      {{"train", "@none", "--label", "label", "--model", ""}, {"--model", "empty"}},
      {{"train", "@none", "--label", "label", "--model", "@never", "--log", "/nowhere/l"},
       {"--log", "/nowhere"}},
      {{"predict", "@none", "@none", "-o", "/nowhere/v.csv"}, {"-o", "no folder '/nowhere'"}},
      {{"predict", "@none", "@none", "-o", "@folder"}, {"-o", "is a folder"}},
      {{"flows", "@none", "-o", "/nowhere/f.csv"}, {"-o", "no folder '/nowhere'"}},
      {{"flows", "@none", "-o", "@folder"}, {"-o", "is a folder"}},
      {{"watch", "@none", "--read", "@none", "-o", "/nowhere/a"}, {"-o", "no folder '/nowhere'"}},
      {{"watch", "--kitsune", "--read", "@none", "--state", "/nowhere/s"}, {"--state", "/nowhere"}},
      {{"anonymise", "@none", "/nowhere/o.pcap", "--key", "@key"}, {"OUT", "no folder '/nowhere'"}},
      {{"synth", "-o", "/nowhere/t.csv"}, {"-o", "no folder '/nowhere'"}},
      {{"synth", "--pcap", "@folder"}, {"--pcap", "is a folder"}},
      {{"synth", "--pcap", "@new", "--labels", "/nowhere/r"}, {"--labels", "no folder '/nowhere'"}},
  });
}

TEST_CASE("outputs: a full device is told by every command and stays a device") {
  if (!built()) return;
  const std::string full = "No space left on device";
  check_mistakes({
      {{"train", "@table", "--label", "label", "--epochs", "1", "--model", "/dev/full", "--quiet"}, {full}},
      {{"train", "@table", "--label", "label", "--model", "@never", "--log", "/dev/full", "--quiet"}, {full}},
      {{"predict", "@model", "@table", "-o", "/dev/full"}, {"/dev/full", full}},
      {{"flows", "@capture", "-o", "/dev/full", "--quiet"}, {"/dev/full", full}},
      {{"anonymise", "@capture", "/dev/full", "--key", "@key"}, {"/dev/full", full}},
      {{"synth", "-o", "/dev/full"}, {"/dev/full", full}},
      {{"synth", "--connections", "10", "--pcap", "/dev/full"}, {"/dev/full", full}},
      {{"watch", "--kitsune", "--read", "@capture", "--state", "/dev/full", "--quiet"}, {"/dev/full"}},
  });
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("outputs: standard output that is full, closed or no longer read") {
  if (!built()) return;
  for (const std::string& line :
       {std::string("weir --help"), std::string("weir train --help"), std::string("weir --version"),
        "weir inspect " + model(), "weir predict " + model() + " " + test_csv(),
        "weir evaluate " + model() + " " + test_csv(), std::string("weir synth"),
        "weir train " + train_csv() + " --label label --epochs 1 --model " + (folder() / "full.weir")}) {
    INFO(line);
    const Outcome full = shell(line + " > /dev/full");
    CHECK(full.code == 2);
    CHECK(full.err.find("standard output") != std::string::npos);
    CHECK(full.err.find("No space left on device") != std::string::npos);
    const Outcome closed = shell(line + " >&-");
    CHECK(closed.code == 2);
    CHECK(closed.err.find("Bad file descriptor") != std::string::npos);
  }
  // As other programs do: quietly, by the signal.
  CHECK(shell("{ weir synth; echo $? >&2; } | head -n 1 > /dev/null").err == "141\n");
  const Outcome ignored = shell("trap '' PIPE; { weir synth; echo $? >&2; } | head -n 1 > /dev/null");
  CHECK(ignored.err.find("Broken pipe") != std::string::npos);
  CHECK(ignored.err.find("\n2\n") != std::string::npos);
}

TEST_CASE("outputs: no signal leaves an unfinished file") {
  if (!built()) return;
  const std::string there = folder() / "signals";
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2}) {
    CAPTURE(signal);
    fs::remove_all(there);
    fs::create_directories(there);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const rlimit no_core{0, 0};
      setrlimit(RLIMIT_CORE, &no_core);
      ::signal(signal, SIG_DFL);
      execl(program().c_str(), "weir", "synth", "--connections", "10000000", "-o", (there + "/t.csv").c_str(),
            "--quiet", nullptr);
      _exit(99);
    }
    for (int i = 0; fs::is_empty(there) && i < 1'000; ++i) usleep(10'000);
    CHECK_FALSE(fs::is_empty(there));
    kill(child, signal);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(fs::is_empty(there));
  }
}

TEST_CASE("outputs: modes, links and descriptors") {
  if (!built()) return;
  const std::string out = folder() / "modes.csv";
  const std::vector<std::string> command{"predict", model(), test_csv(), "-o", out};
  CHECK(weir_well(command).out.find("5000 rows") != std::string::npos);
  const std::string verdicts = read_file(out);
  REQUIRE(chmod(out.c_str(), 0600) == 0);
  weir_well(command);
  CHECK(mode_of(out) == 0600);
  CHECK(shell("umask 027; weir synth --connections 10 -o " + (folder() / "umask.csv")).code == 0);
  CHECK(mode_of(folder() / "umask.csv") == 0640);

  REQUIRE(chmod(out.c_str(), 0444) == 0);
  const Outcome refused = cli_test::run_weir(command);
  CHECK(refused.code == 2);
  CHECK(refused.err.find("it is read-only") != std::string::npos);
  CHECK(read_file(out) == verdicts);
  REQUIRE(chmod(out.c_str(), 0600) == 0);

  const std::string link = folder() / "link.csv";
  fs::create_symlink("modes.csv", link);
  write_file("modes.csv", "old");
  weir_well({"predict", model(), test_csv(), "-o", link});
  CHECK(fs::is_symlink(link));
  CHECK(read_file(out) == verdicts);

  // Behind what is there, and without the summary, which is for people.
  const std::string log = write_file("appended.csv", "old\n");
  CHECK(shell("weir predict " + model() + " " + test_csv() + " -o /dev/stdout >> " + log).code == 0);
  CHECK(read_file(log) == "old\n" + verdicts);
  CHECK(shell("weir predict " + model() + " " + test_csv() + " -o /dev/fd/3 3>> " + log).code == 0);
  CHECK(read_file(log) == "old\n" + verdicts + verdicts);
}

TEST_CASE("outputs: a row that cannot be read leaves the old verdicts") {
  if (!built()) return;
  std::string table = read_file(test_csv());
  const std::string out = write_file("kept.csv", "old verdicts");
  refused({"predict", model(), write_file("late.csv", table + "1,2,3\n"), "-o", out}, "late.csv");
  CHECK(read_file(out) == "old verdicts");
  for (const auto& entry : fs::directory_iterator(fs::path(out).parent_path())) {
    CHECK(entry.path().extension() != ".tmp");
  }
}
