#include "cli/program.hpp"

#include <zlib.h>

#include <algorithm>
#include <numeric>

using namespace cli_test;

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  return fields;
}

/// test_csv() with its columns in another order, or without some of them.
std::string rearranged(const std::string& name, bool keep_label) {
  std::string text;
  for (const std::string& line : lines_of(read_file(test_csv()))) {
    std::vector<std::string> fields = split(line);
    const std::string label = fields.back();
    fields.pop_back();
    std::reverse(fields.begin(), fields.end());
    if (keep_label) fields.insert(fields.begin() + 3, label);
    for (std::size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : ",") + fields[i];
    text += "\n";
  }
  return write_file(name, text);
}

std::string packed(const std::string& name, const std::string& from) {
  const std::string path = folder() / name, text = read_file(from);
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return path;
}

}  // namespace

TEST_CASE("predict writes row, label, a score for each class, alert") {
  if (!built()) return;
  const auto lines = lines_of(weir_well({"predict", model(), test_csv()}).out);
  REQUIRE(lines.size() == 5001);
  CHECK(lines[0] == "row,label,score_benign,score_attack,alert");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = split(lines[i]);
    REQUIRE(fields.size() == 5);
    CHECK(fields[0] == std::to_string(i));
    const double benign = std::stod(fields[2]), attack = std::stod(fields[3]);
    CHECK(benign + attack == doctest::Approx(1.0).epsilon(1e-4));
    CHECK(fields[1] == (fields[4] == "1" ? "attack" : "benign"));
    if (std::abs(attack - 0.5) > 1e-5) CHECK((attack > 0.5) == (fields[4] == "1"));
  }
}

TEST_CASE("predict and evaluate agree, and so do text and JSON") {
  if (!built()) return;
  const Json measured = weir_well({"evaluate", model(), test_csv(), "--json"}).json();
  std::vector<std::vector<int>> confusion(2, std::vector<int>(2));
  const auto truth = lines_of(read_file(test_csv()));
  const auto verdicts = lines_of(weir_well({"predict", model(), test_csv(), "--json"}).out);
  REQUIRE(verdicts.size() == 5000);
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Json verdict = Json::parse(verdicts[i]);
    ++confusion[truth[i + 1].ends_with(",benign") ? 0 : 1][verdict.at("label") == "benign" ? 0 : 1];
  }
  CHECK(Json(confusion) == measured.at("confusion"));
}

TEST_CASE("columns may be in another order, and the label may be missing") {
  if (!built()) return;
  const std::string expected = weir_well({"predict", model(), test_csv()}).out;
  CHECK(weir_well({"predict", model(), rearranged("turned.csv", true)}).out == expected);
  CHECK(weir_well({"predict", model(), rearranged("bare.csv", false)}).out == expected);
}

TEST_CASE("standard input and gzip give the same") {
  if (!built()) return;
  const std::string expected = weir_well({"predict", model(), test_csv()}).out;
  const std::string gz = packed("test.csv.gz", test_csv());
  CHECK(weir_well({"predict", model(), "-"}, test_csv()).out == expected);
  CHECK(weir_well({"predict", model(), gz}).out == expected);
  CHECK(weir_well({"predict", model(), "-"}, gz).out == expected);
  const std::string measured = weir_well({"evaluate", model(), test_csv()}).out;
  CHECK(weir_well({"evaluate", model(), "-"}, gz).out.substr(measured.find("rows")).size() > 100);
  const std::string out = folder() / "verdicts.csv";
  weir_well({"predict", model(), test_csv(), "-o", out});
  CHECK(read_file(out) == expected);
}

TEST_CASE("--alerts leaves the others out; --threshold moves the border") {
  if (!built()) return;
  const auto count = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"predict", model(), test_csv(), "--alerts"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return lines_of(weir_well(arguments).out).size() - 1;
  };
  const std::size_t usual = count({});
  CHECK(usual > 100);
  CHECK(usual < 1500);
  CHECK(count({"--threshold", "0"}) == 5000);
  CHECK(count({"--threshold", "0.9"}) < usual);
  CHECK(count({"--threshold", "1.1"}) == 0);
}

TEST_CASE("values that training never saw are judged, not refused") {
  if (!built()) return;
  auto lines = lines_of(read_file(test_csv()));
  lines[1].replace(0, lines[1].find(','), "carrier pigeon");
  lines[2] = "tcp,http,SF";
  for (int i = 0; i < 29; ++i) lines[2] += i % 2 == 0 ? ",1e300" : ",NaN";
  lines[2] += ",benign";
  const std::string table = write_file("strange.csv", lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n");
  const Outcome outcome = run_weir({"predict", model(), table});
  CHECK(outcome.code == 0);
  CHECK(lines_of(outcome.out).size() == 3);
  CHECK(outcome.err.find("14 missing and 0 infinite") != std::string::npos);
}

TEST_CASE("a table without rows gives the header line alone") {
  if (!built()) return;
  const std::string table = write_file("none.csv", lines_of(read_file(test_csv()))[0] + "\n");
  CHECK(weir_well({"predict", model(), table}).out == "row,label,score_benign,score_attack,alert\n");
}

TEST_CASE("rows that cannot be read are left out when the user says so") {
  if (!built()) return;
  const auto lines = lines_of(read_file(test_csv()));
  const std::string table =
      write_file("bad.csv", lines[0] + "\n" + lines[1] + "\nbroken,row\n" + lines[2] + "\n");
  const Outcome outcome = run_weir({"predict", model(), table, "--skip-bad-rows"});
  CHECK(outcome.code == 0);
  CHECK(lines_of(outcome.out).size() == 3);
  CHECK(outcome.err.find("1 row that cannot be read left out, the first in line 3") == 0);
}

TEST_CASE("events of EVE that lack the model's columns are told by their type") {
  if (!built()) return;
  const auto log = [](const std::string& name, int flows, int queries) {
    std::string text;
    for (int i = 0; i < flows; ++i) {
      text += R"({"timestamp":"2021-06-06T15:58:31.793839+0200","event_type":"flow","src_ip":"10.0.0.1",)"
              R"("proto":"TCP",)"
              R"("bytes":)" +
              std::to_string(i % 7) + R"(,"packets":)" + std::to_string(i % 5) + R"(,"label":")" +
              (i % 7 > 3 ? "long" : "short") + "\"}\n";
    }
    for (int i = 0; i < queries; ++i)
      text += R"({"timestamp":"2021-06-06T15:58:31.793839+0200","event_type":"dns","src_ip":"10.0.0.1"})"
              "\n";
    return write_file(name, text);
  };
  const std::string model = folder() / "eve.weir";
  weir_well({"train", log("flows.json", 300, 0), "--label", "label", "--quick", "--drop",
             "timestamp,event_type,src_ip,proto", "--model", model, "--quiet"});
  const std::string mixed = log("mixed.json", 10, 30), few = log("few.json", 30, 10);
  const std::string told =
      "30 of 40 rows lack most of the model's columns, by event_type: 'flow' 0 of 10, 'dns' 30 of 30";
  const Outcome outcome = cli_test::run_weir({"predict", model, mixed, "--json"});
  CHECK(outcome.err.find(told) != std::string::npos);
  const Json verdict = Json::parse(outcome.out.substr(0, outcome.out.find('\n')));
  CHECK(verdict.at("timestamp") == "2021-06-06T15:58:31.793839+0200");
  CHECK(verdict.at("src_ip") == "10.0.0.1");
  CHECK(cli_test::run_weir({"evaluate", model, mixed}).out.find(told) != std::string::npos);
  CHECK(cli_test::run_weir({"predict", model, few}).err.find("event_type") == std::string::npos);
}

TEST_CASE("three hundred classes are cut with a count on the console, and stand in the JSON") {
  if (!built()) return;
  std::string text = "a,label\n";
  for (int i = 0; i < 3'000; ++i)
    text += std::to_string(i % 300) + ",class_number_" + std::to_string(i % 300) + "\n";
  const std::string model = folder() / "many.weir";
  const Outcome trained =
      weir_well({"train", write_file("many.csv", text), "--label", "label", "--quick", "--model", model});
  const Outcome inspected = weir_well({"inspect", model});
  for (const std::string& out : {trained.out, inspected.out}) {
    CHECK(out.find(" and 280 more") != std::string::npos);
    for (const std::string& line : lines_of(out)) CHECK(line.size() < 600);
  }
  CHECK(weir_well({"inspect", model, "--json"}).json().at("classes").size() == 300);
}
