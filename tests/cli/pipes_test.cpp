// weir predict on a pipe, and columns beside its verdicts.
#include "cli/program.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <utility>

using namespace cli_test;

namespace {

/// A program that is written to and read from in turns.
class Talk {
 public:
  explicit Talk(std::vector<std::string> arguments) {
    REQUIRE(pipe(to_.data()) == 0);
    REQUIRE(pipe(from_.data()) == 0);
    arguments.insert(arguments.begin(), program());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from_[1], 1);
    for (const int end : {to_[0], to_[1], from_[0], from_[1]})
      posix_spawn_file_actions_addclose(&actions, end);
    REQUIRE(posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(to_[0]);
    close(from_[1]);
  }
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;
  ~Talk() {
    end();
    close(from_[0]);
    int status = 0;
    waitpid(child_, &status, 0);
  }

  void write(const std::string& text) const {
    REQUIRE(::write(to_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (to_[1] >= 0) close(std::exchange(to_[1], -1));
  }
  /// So many lines, or fewer when nothing comes for a long time.
  std::vector<std::string> lines(std::size_t count) {
    while (lines_of(got_).size() < count || !got_.ends_with('\n')) {
      pollfd ready{from_[0], POLLIN, 0};
      std::array<char, 4'096> piece{};
      const ssize_t size = poll(&ready, 1, 60'000) == 1 ? read(from_[0], piece.data(), piece.size()) : 0;
      if (size <= 0) break;
      got_.append(piece.data(), static_cast<std::size_t>(size));
    }
    std::vector<std::string> all = lines_of(std::exchange(got_, std::string()));
    return all;
  }

 private:
  std::array<int, 2> to_{-1, -1}, from_{-1, -1};
  pid_t child_ = 0;
  std::string got_;
};

/// test_csv() with hosts in front.
std::vector<std::string> with_hosts() {
  std::vector<std::string> lines = lines_of(read_file(test_csv()));
  for (std::size_t i = 0; i < lines.size(); ++i)
    lines[i] =
        (i == 0 ? "host,no," : "\"a, \"\"" + std::to_string(i) + "\"\"\",00" + std::to_string(i) + ",") +
        lines[i];
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("predict answers a row of a pipe when it has come") {
  if (!built()) return;
  const auto table = lines_of(read_file(test_csv()));
  const auto expected = lines_of(weir_well({"predict", model(), test_csv()}).out);
  Talk talk({"predict", model(), "-"});
  talk.write(table[0] + "\n" + table[1] + "\n");
  CHECK(talk.lines(2) == std::vector<std::string>{expected[0], expected[1]});
  talk.write(table[2] + "\n");
  CHECK(talk.lines(1) == std::vector<std::string>{expected[2]});
  talk.write(table[3] + "\n" + table[4] + "\n" + table[5].substr(0, 3));
  CHECK(talk.lines(2) == std::vector<std::string>{expected[3], expected[4]});
  talk.write(table[5].substr(3));
  talk.end();
  CHECK(talk.lines(1) == std::vector<std::string>{expected[5]});
}

TEST_CASE("--keep writes columns as they stand in the table") {
  if (!built()) return;
  const std::string table = write_file("hosts.csv", joined(with_hosts()));
  const auto bare = lines_of(weir_well({"predict", model(), test_csv()}).out);
  CHECK(lines_of(weir_well({"predict", model(), table}).out) == bare);
  const auto kept = lines_of(weir_well({"predict", model(), table, "--keep", "no,h*"}).out);
  REQUIRE(kept.size() == bare.size());
  CHECK(kept[0] == bare[0] + ",host,no");
  CHECK(kept[17] == bare[17] + ",\"a, \"\"17\"\"\",0017");
  CHECK(kept.back() == bare.back() + ",\"a, \"\"5000\"\"\",005000");

  const auto json = lines_of(weir_well({"predict", model(), table, "--keep", "host,label", "--json"}).out);
  const Json verdict = Json::parse(json[16]);
  CHECK(verdict.at("row") == 17);
  CHECK(verdict.at("host") == "a, \"17\"");
  CHECK(verdict.contains("input_label"));
  CHECK(weir_well({"predict", model(), table, "--keep", "none"}).out == joined(bare));
  std::string cities = joined(with_hosts());
  cities.replace(cities.find("host"), 4,
                 "St\xE4"
                 "dte");
  const std::string latin = write_file("cities.csv", cities);
  for (const char* name : {"Städte",
                           "St\xE4"
                           "dte",
                           "St?dte"}) {
    const auto named = lines_of(cli_test::run_weir({"predict", model(), latin, "--keep", name}).out);
    REQUIRE(named.size() == bare.size());
    CHECK(named[0] == bare[0] + ",Städte");
  }
  refused({"predict", model(), table, "--keep", "hst"}, "there is no column 'hst'; did you mean 'host'?");
  refused({"predict", model(), table, "--keep", "identity"}, "'identity' is known of tables of flows");
}
