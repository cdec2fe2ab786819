// The same thing spelt in another way: labels in the table to judge by, numbers in other notations, words for
// a missing value. Nothing of it may change figures in silence.
#include "cli/program.hpp"

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace cli_test;
using namespace std::string_literals;

namespace {

constexpr int rows = 200;

using Cells = std::function<std::string(int row, bool attack)>;

/// Columns `size` and `rate` tell two labels apart; each is written as the functions say.
std::string table(const std::string& name, const Cells& rate, const Cells& label,
                  const std::string& separator = ",") {
  std::string text = "size" + separator + "rate" + separator + "label\n";
  for (int i = 0; i < rows; ++i) {
    const bool attack = i % 3 == 0;
    text += std::to_string((i * 37) % 100 + (attack ? 80 : 0)) + separator + rate(i, attack) + separator +
            label(i, attack) + "\n";
  }
  return write_file(name, text);
}
std::string plain_rate(int i, bool) { return std::to_string(i % 50) + "." + std::to_string(i % 7); }
std::string plain_label(int, bool attack) { return attack ? "DDoS" : "BENIGN"; }
Cells labels(const std::string& benign, const std::string& attack) {
  return [=](int, bool is_attack) { return is_attack ? attack : benign; };
}

std::vector<std::string> training(const std::string& path, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"train",    path, "--label", "label",
                                     "--epochs", "1",  "--model", folder() / "spelt.weir"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}
Json trained(const std::string& path, std::vector<std::string> more = {}) {
  more.emplace_back("--json");
  return weir_well(training(path, std::move(more))).json();
}
Json judged(const std::string& path) {
  return weir_well({"evaluate", folder() / "spelt.weir", path, "--json"}).json();
}
/// Rows of class 0.
int benign_rows(const Json& json) {
  return json.at("confusion")[0][0].get<int>() + json.at("confusion")[0][1].get<int>();
}
bool told(const Json& json, const std::string& words) {
  for (const Json& note : json.at("notes")) {
    if (note.get<std::string>().find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("spellings: labels that differ by blanks are one class in every table") {
  if (!built()) return;
  const std::string path = table("spelt.csv", plain_rate, labels("Normal Traffic", "DDoS"));
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"--benign", "Normal Traffic"}, std::vector<std::string>{}}) {
    trained(path, classes);
    for (const std::string spelt : {"Normal Traffic ", "Normal  Traffic", "Normal\xC2\xA0Traffic",
                                    "Normal Traffic\xC2\xA0", "\xC2\xA0 Normal \t Traffic"}) {
      CAPTURE(spelt);
      const std::string other = table("spelt2.csv", plain_rate, labels(spelt, "DDoS"));
      const Json json = judged(other);
      const std::size_t benign = json.at("classes")[0] == "DDoS" ? 1 : 0;
      CHECK(json.at("per_class").at("support")[benign] == 133);
      CHECK(json.at("rows") == rows);
      std::vector<std::string> test = classes;
      test.insert(test.end(), {"--test", other});
      CHECK(trained(path, test).at("test").at("per_class").at("support")[benign] == 133);
    }
  }
}

TEST_CASE("spellings: benign labels in other letters or forms of number, or none at all, are told") {
  if (!built()) return;
  trained(table("spelt.csv", plain_rate, plain_label), {"--benign", "BENIGN"});
  const Json small = judged(table("spelt2.csv", plain_rate, labels("Benign", "DDoS")));
  CHECK(benign_rows(small) == 0);
  CHECK(told(small, "label 'Benign' (not 'BENIGN') counts as 'attack'"));
  CHECK(told(small, "no row is 'benign' (labels 'BENIGN')"));
  const Json none = judged(table("spelt2.csv", plain_rate, labels("DoS", "DDoS")));
  CHECK(told(none, "no row is 'benign'"));
  CHECK_FALSE(told(none, "counts as"));
  const Json same = judged(table("spelt2.csv", plain_rate, labels("BENIGN", "ddos")));
  CHECK(same.at("notes").empty());

  trained(table("spelt.csv", plain_rate, labels("0", "1")), {"--benign", "0"});
  CHECK(told(judged(table("spelt2.csv", plain_rate, labels("0.0", "1.0"))),
             "label '0.0' (not '0') counts as 'attack'"));
  CHECK(told(trained(table("spelt.csv", plain_rate,
                           [](int i, bool attack) { return attack       ? "1"s
                                                           : i % 2 == 0 ? "0"s
                                                                        : "0.0"s; }),
                     {"--benign", "0"}),
             "labels '0', '0.0' are one number, and are different classes"));
}

TEST_CASE("spellings: a class that sounds like an attack is never the quiet one, where another may be") {
  if (!built()) return;
  for (const auto& names : std::vector<std::pair<std::string, std::string>>{{"legit", "attack"},
                                                                            {"No attack", "Attack"},
                                                                            {"Non-Malware", "Malware"},
                                                                            {"ok", "malicious"},
                                                                            {"human", "bot"},
                                                                            {"regular", "anomaly"},
                                                                            {"web", "botnet traffic"},
                                                                            {"uninfected", "infected"}}) {
    CAPTURE(names.second);
    trained(table("spelt.csv", plain_rate, labels(names.first, names.second)), {"--quick"});
    const Json json = judged(folder() / "spelt.csv");
    CHECK(json.at("classes")[0] == names.first);
  }
}

TEST_CASE("spellings: numbers beside up to ten words, or one, and in groups by other signs, are told") {
  if (!built()) return;
  const std::array<std::string, 7> words{"unknown", "missing", "void", "undefined",
                                         "empty",   "not set", "n.a."};
  const auto some = [&](int i, bool) {
    return i % 6 == 0 ? words[static_cast<std::size_t>(i / 6) % words.size()] : std::to_string(i) + ".25";
  };
  const auto mostly_one = [](int i, bool) {
    return i % 10 != 0 ? std::string("unknown") : std::to_string(i);
  };
  for (const auto& cells : {Cells(some), Cells(mostly_one)}) {
    const Outcome outcome = run_weir(training(table("spelt.csv", cells, plain_label)));
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find("--missing-values") != std::string::npos);
    CHECK(outcome.err.find("unknown") != std::string::npos);
  }
  for (const auto& [separator, option] : std::vector<std::pair<std::string, std::string>>{
           {" ", "--thousands space"}, {"'", "--thousands "}, {"_", "--thousands _"}}) {
    const std::string sign = separator;
    CAPTURE(sign);
    const auto grouped = [&](int i, bool) {
      return std::to_string(1 + i % 90) + sign + std::to_string(100 + i);
    };
    const Outcome outcome = run_weir(training(table("spelt.csv", grouped, plain_label)));
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find(option) != std::string::npos);
  }
}

TEST_CASE("spellings: another notation is told behind the first rows, too, and to predict") {
  if (!built()) return;
  trained(table("spelt.csv", plain_rate, plain_label));
  const auto one = [](int i, bool attack) { return i == rows - 1 ? "\"12,000\"" : plain_rate(i, attack); };
  const Outcome outcome =
      run_weir({"predict", folder() / "spelt.weir", table("other.csv", one, plain_label)});
  CHECK(outcome.code != 0);
  CHECK(outcome.err.find("--thousands , reads it") != std::string::npos);
}

TEST_CASE("spellings: a batch of more rows than there are takes no memory for them") {
  if (!built()) return;
  trained(table("spelt.csv", plain_rate, plain_label), {"--quick", "--batch-size", "1000000000"});
}

TEST_CASE("spellings: options that are given empty are refused") {
  if (!built()) return;
  const std::string path = table("spelt.csv", plain_rate, plain_label);
  for (const char* option :
       {"--benign", "--positive", "--drop", "--categorical", "--thousands", "--separator"}) {
    CAPTURE(option);
    const Outcome outcome = run_weir(training(path, {option, ""}));
    CHECK(outcome.code != 0);
    CHECK(outcome.err.find(option) != std::string::npos);
  }
  trained(path);
  for (const std::string size : {"-1", "18446744073709551616", "99999999999999999999M", "M"}) {
    CAPTURE(size);
    const Outcome outcome = run_weir({"inspect", "--model-memory=" + size, folder() / "spelt.weir"});
    CHECK(outcome.code != 0);
    CHECK(outcome.err.find("is no size") != std::string::npos);
  }
  CHECK(run_weir({"inspect", "--model-memory", "16M", folder() / "spelt.weir"}).code == 0);
}

TEST_CASE("spellings: a label of no class is told with file, row and classes") {
  if (!built()) return;
  trained(table("spelt.csv", plain_rate, plain_label));
  const std::string path = table("spelt2.csv", plain_rate, [](int i, bool attack) {
    return i == 41 ? "Benign"s : plain_label(i, attack);
  });
  const std::vector<std::string> arguments{"evaluate", folder() / "spelt.weir", path};
  refused(arguments, path + ": row 42 (without the header line): label 'Benign' of column 'label'");
  refused(arguments, "('BENIGN', 'DDoS')");
}

TEST_CASE("spellings: a class that stands for a missing value is named with the option that keeps it") {
  if (!built()) return;
  const std::string none = table("spelt.csv", plain_rate, labels("None", "DDoS"));
  refused(training(none), "133 rows are left out, having no label but 'None'");
  refused(training(none), "--not-missing None");
  refused(training(none, {"--benign", "None"}), "--not-missing None");
  CHECK(trained(none, {"--benign", "None", "--not-missing", "None"}).at("classes").size() == 2);
  const std::string dash = table("spelt.csv", plain_rate, labels("-", "DDoS"));
  refused(training(dash, {"--benign", "-"}), "--not-missing -");
  const Json json = trained(table(
      "spelt.csv", plain_rate, [](int i, bool attack) { return i < 9 ? "None"s : plain_label(i, attack); }));
  CHECK(json.at("rows_without_label") == 9);
  CHECK(told(json, "9 rows without a label"));
}

TEST_CASE("spellings: decimal commas and groups of thousands are told from one another") {
  if (!built()) return;
  const auto comma = [](const std::string& digits) {
    return [digits](int i, bool) {
      return "\"" + std::to_string(i % 9) + "," + (i % 2 == 0 ? "480" : digits) + "\"";
    };
  };
  const auto fractions = training(table("spelt.csv", comma("303"), plain_label));
  refused(fractions, ": --decimal-comma reads them as numbers");
  refused(training(table("spelt.csv", comma("3"), plain_label)), ": --decimal-comma reads them as numbers");
  const auto either = [](int i, bool) { return "\"" + std::to_string(i % 9 + 1) + ",480\""; };
  const auto both = training(table("spelt.csv", either, plain_label));
  refused(both, "--thousands , reads '1,480' as 1480, --decimal-comma reads '1,480' as 1.48");
  // The option that does not fit is to be left out, or to give way.
  const std::string points = table("spelt.csv", plain_rate, plain_label, ";");
  refused(training(points, {"--separator", ";", "--decimal-comma"}),
          "leaving out --decimal-comma reads them");
  refused(training(folder() / "spelt.csv", {"--separator", ";", "--decimal-comma"}), "--categorical rate");
  refused(training(table("spelt.csv", comma("303"), plain_label), {"--thousands", ","}),
          "--decimal-comma instead of --thousands , reads them");
  // A model keeps the notation, and says so where a table has another one.
  const auto semicolons = [](int i, bool) { return std::to_string(i % 9) + ",4" + std::to_string(i % 7); };
  trained(table("spelt2.csv", semicolons, plain_label, ";"), {"--separator", ";", "--decimal-comma"});
  table("spelt.csv", plain_rate, plain_label, ";");
  for (const std::string command : {"evaluate", "predict"}) {
    const Outcome outcome = run_weir({command, folder() / "spelt.weir", folder() / "spelt.csv"});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find("the model was trained with --decimal-comma") != std::string::npos);
  }
}

TEST_CASE("spellings: numbers that are not read are told where they become names") {
  if (!built()) return;
  const auto number = [](int i) { return std::to_string(i % 60) + "." + std::to_string(i % 7); };
  for (const auto& around : std::vector<std::pair<std::string, std::string>>{
           {"", " M"}, {"<", ""}, {"\xE2\x88\x92", ""}, {"1 ", "00"}, {"", " B"}, {"", "%"}}) {
    CAPTURE(around.first);
    const std::string path = table(
        "spelt.csv", [&](int i, bool) { return around.first + number(i) + around.second; }, plain_label);
    const Json json = trained(path);
    CHECK(told(json, "column 'rate' is taken as "));
    CHECK(told(json, "--drop rate"));
    CHECK_FALSE(told(trained(path, {"--categorical", "rate"}), "is taken as"));
  }
  for (const std::string word : {"#DIV/0!", "(null)", "\\N", "#VALUE!"}) {
    CAPTURE(word);
    const auto mostly = [&](int i, bool) { return i % 4 == 0 ? number(i) : word; };
    refused(training(table("spelt.csv", mostly, plain_label)), "--missing-values ");
    CHECK(trained(folder() / "spelt.csv", {"--missing-values", word}).at("features") == 2);
  }
  const Json blanks = trained(table(
      "spelt.csv", [&](int i, bool) { return "\xC2\xA0" + number(i) + " \xC2\xA0"; }, plain_label));
  CHECK(blanks.at("features") == 2);
}

TEST_CASE("spellings: a text far behind the first rows may be a name") {
  if (!built()) return;
  std::string text = "size,app,label\n";
  for (int i = 0; i < 1'300; ++i) {
    text += std::to_string(i % 90) + "," + (i < 1'200 ? std::to_string(i % 4) : "dns"s) + "," +
            (i % 2 == 0 ? "a" : "b") + "\n";
  }
  const std::string path = write_file("spelt.csv", text);
  refused(training(path), "--categorical app reads the column as names");
  CHECK(trained(path, {"--categorical", "app"}).at("features") == 7);
}

TEST_CASE("spellings: line ends of old Macs, a second header with its mark, a list without a header") {
  if (!built()) return;
  std::string text = read_file(table("spelt.csv", plain_rate, plain_label));
  const std::string again = text + "\xEF\xBB\xBF\"size\",\"rate\",\"label\"\n1,2,DDoS\n";
  const Json json = trained(write_file("spelt2.csv", again));
  CHECK(told(json, "1 line left out: the header line again"));
  CHECK(json.at("rows_trained").get<int>() + json.at("rows_held_back").get<int>() == rows + 1);
  for (char& c : text) c = c == '\n' ? '\r' : c;
  refused(training(write_file("spelt.csv", text)), "tr '\\r' '\\n'");

  std::string connection = "0,tcp,http,SF";
  for (int i = 0; i < 37; ++i) connection += "," + std::to_string(i % 3);
  const std::string list =
      write_file("spelt.csv", connection + ",normal,20\n" + connection + ",neptune,21\n");
  refused(training(list), "--format nsl-kdd");
}

TEST_CASE("spellings: cells that are missing in a table to judge are told") {
  if (!built()) return;
  trained(table("spelt.csv", plain_rate, plain_label));
  const std::string path = table(
      "spelt2.csv", [](int, bool) { return ""s; }, plain_label);
  CHECK(told(judged(path), "200 missing and 0 infinite of 400 cells"));
  CHECK(weir_well({"evaluate", folder() / "spelt.weir", path}).out.find("'rate' 200 (") != std::string::npos);
  const Outcome predicted = run_weir({"predict", folder() / "spelt.weir", path});
  CHECK(predicted.code == 0);
  CHECK(predicted.err.find("200 missing and 0 infinite of 400 cells") != std::string::npos);
  const std::string holes = table(
      "spelt.csv", [](int i, bool attack) { return i % 10 == 0 ? ""s : plain_rate(i, attack); }, plain_label);
  CHECK(told(trained(holes), "20 missing and 0 infinite of 400 cells"));
}

TEST_CASE("spellings: texts that the training did not have are told") {
  if (!built()) return;
  const auto with_proto = [](const std::string& name, const char* proto) {
    std::string text = "rate,proto,label\n";
    for (int i = 0; i < 200; ++i) {
      text +=
          std::to_string(i) + (i % 4 == 0 ? ",udp," : ","s + proto + ",") + plain_label(i, i % 2 == 0) + "\n";
    }
    return write_file(name, text);
  };
  trained(with_proto("spelt.csv", "tcp"));
  const std::string path = with_proto("spelt2.csv", "quic");
  const std::string text =
      "150 texts that the training did not have, read as unknown: 'proto' 150 (such as 'quic')";
  CHECK(told(judged(path), text));
  CHECK(run_weir({"predict", folder() / "spelt.weir", path, "--json"}).err.find(text) != std::string::npos);
}
