// Tables as they come: words among numbers, other notations and encodings, header lines again, labels spelt
// in several ways, and files that are no tables. What is odd is read right and told, or refused with the
// mend.
#include "cli/program.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace cli_test;
using namespace std::string_literals;

namespace {

/// Two classes that two columns tell apart with some error; `row` may change a line.
template <class Change>
std::string table(int rows, Change&& change, const std::string& header = "size,rate,label") {
  std::string text = header + "\n";
  unsigned random = 7;
  const auto next = [&](unsigned bound) {
    return (random = random * 1'664'525U + 1'013'904'223U) >> 16U & (bound - 1);
  };
  for (int i = 0; i < rows; ++i) {
    const bool attack = i % 2 == 1;
    const std::string size = std::to_string(next(256) + (attack ? 128 : 0));
    const std::string rate = std::to_string(next(64)) + "." + std::to_string(next(8) + 1);
    const std::string label = attack ? "DDoS" : "BENIGN";
    text += change(i, size, rate, label) + "\n";
  }
  return text;
}
std::string plain_row(int, const std::string& size, const std::string& rate, const std::string& label) {
  return size + "," + rate + "," + label;
}
std::string plain(int rows) { return table(rows, plain_row); }

/// `weir train` in one epoch; the model is folder() / "odd.weir".
std::vector<std::string> training(const std::string& path, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"train",    path, "--label", "label",
                                     "--epochs", "1",  "--model", folder() / "odd.weir"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}
Json trained(const std::string& text, std::vector<std::string> more = {}) {
  more.emplace_back("--json");
  return weir_well(training(write_file("odd.csv", text), std::move(more))).json();
}
bool told(const Json& json, const std::string& words) {
  for (const Json& note : json.at("notes")) {
    if (note.get<std::string>().find(words) != std::string::npos) return true;
  }
  return false;
}

std::string utf16(const std::string& ascii) {
  std::string text = "\xFF\xFE";
  for (const char c : ascii) text += {c, '\0'};
  return text;
}

}  // namespace

TEST_CASE("tables: missing words are missing, and how many there were is said and kept") {
  if (!built()) return;
  const std::string text = table(400, [](int i, auto& size, auto& rate, auto& label) {
    return (i % 40 == 0 ? "N/A"s : size) + "," +
           (i % 50 == 0   ? "Infinity"s
            : i % 80 == 1 ? "null"s
                          : rate) +
           "," + label;
  });
  const Json json = trained(text);
  CHECK(json.at("features") == 2);
  const std::string out = weir_well(training(folder() / "odd.csv")).out;
  CHECK(out.find("15 missing and 8 infinite of 800 cells") != std::string::npos);
  const Json model = weir_well({"inspect", folder() / "odd.weir", "--json"}).json();
  CHECK(model.at("record").at("cells filled in").get<std::string>().find("'size' 10 (") != std::string::npos);
  CHECK(model.at("schema")[0].contains("if_missing"));
  CHECK(weir_well({"inspect", folder() / "odd.weir"}).out.find("if missing") != std::string::npos);
}

TEST_CASE("tables: a column of numbers with texts is refused with the mends, each of which works") {
  if (!built()) return;
  const std::string path = write_file("words.csv", table(400, [](int i, auto& size, auto& rate, auto& label) {
                                        return (i % 40 == 0 ? "no data"s : size) + "," + rate + "," + label;
                                      }));
  for (const std::string words :
       {"column 'size': 10 of 400 cells are no numbers: 'no data' (10, first in line 2)",
        "--missing-values 'no data'", "--categorical size", "--drop size"}) {
    refused(training(path), words);
  }
  const auto features = [&](std::vector<std::string> more) {
    more.emplace_back("--json");
    return weir_well(training(path, std::move(more))).json().at("features").get<int>();
  };
  CHECK(features({"--drop", "size"}) == 1);
  CHECK(features({"--categorical", "size"}) > 100);
  CHECK(features({"--missing-values", "no data"}) == 2);
  // The model knows the word.
  weir_well({"evaluate", folder() / "odd.weir", path});
  const Outcome predicted = run_weir({"predict", folder() / "odd.weir", path});
  CHECK(predicted.code == 0);
  CHECK(lines_of(predicted.out).size() == 401);
  CHECK(predicted.err.find("10 missing and 0 infinite of 800 cells") != std::string::npos);
  // In another file, behind the first rows, a word that nobody named.
  const std::string late = write_file("late.csv", plain(1'200) + "abc,1,DDoS\n");
  refused({"evaluate", folder() / "odd.weir", late}, ":1202:1: column 'size': 'abc' is not a number");
  refused({"evaluate", folder() / "odd.weir", late}, "--missing-values");
  refused(training(late), ":1202:1:");
  weir_well({"evaluate", folder() / "odd.weir", late, "--missing-values", "abc"});
  weir_well({"evaluate", folder() / "odd.weir", late, "--skip-bad-rows"});
}

TEST_CASE("tables: decimal commas and thousands") {
  if (!built()) return;
  const auto comma = [](int, auto& size, std::string rate, auto& label) {
    std::replace(rate.begin(), rate.end(), '.', ',');
    return "1." + std::string(3 - std::min<std::size_t>(size.size(), 3), '0') + size + ";" + rate + ";" +
           label;
  };
  const std::string path = write_file("comma.csv", table(400, comma, "size;rate;label"));
  refused(training(path, {"--separator", ";"}), "--decimal-comma");
  const Json json =
      weir_well(training(path, {"--separator", ";", "--decimal-comma", "--thousands", ".", "--json"})).json();
  CHECK(json.at("features") == 2);
  weir_well({"evaluate", folder() / "odd.weir", path});  // remembers how numbers are written
  const std::string groups =
      write_file("groups.csv", table(400, [](int i, auto& size, auto& rate, auto& label) {
                   return (i % 9 == 0 ? "\"12,000\""s : size) + "," + rate + "," + label;
                 }));
  refused(training(groups), "--thousands ,");
  CHECK(weir_well(training(groups, {"--thousands", ",", "--json"})).json().at("features") == 2);
  refused(training(groups, {"--thousands", ",", "--decimal-comma"}), "cannot be both");
}

TEST_CASE("tables: the header line again is left out and told, near the beginning and far from it") {
  if (!built()) return;
  for (const int at : {100, 1'200}) {
    const std::string text = table(1'500, [at](int i, auto& size, auto& rate, auto& label) {
      return (i == at ? "Size ,\"rate\",label\n"s : ""s) + size + "," + rate + "," + label;
    });
    const Json json = trained(text);
    CHECK(json.at("features") == 2);
    CHECK(json.at("classes") == Json{"BENIGN", "DDoS"});
    CHECK(told(json, "1 line left out: the header line again, in line " + std::to_string(at + 2)));
    const std::string path = folder() / "odd.csv";
    const Json judged = weir_well({"evaluate", folder() / "odd.weir", path, "--json"}).json();
    CHECK(judged.at("rows") == 1'500);
    CHECK(told(judged, "header line again"));
    const Outcome predicted = run_weir({"predict", folder() / "odd.weir", path});
    CHECK(predicted.code == 0);
    CHECK(lines_of(predicted.out).size() == 1'501);
    CHECK(predicted.err.find("header line again") != std::string::npos);
  }
}

TEST_CASE("tables: Windows-1252 and UTF-16 are decoded, and the same class comes back") {
  if (!built()) return;
  const auto named = [](const std::string& name) {
    return table(400, [&](int i, auto& size, auto& rate, auto&) {
      return size + "," + rate + "," + (i % 2 == 1 ? name : "BENIGN");
    });
  };
  const Json json = trained(named("Web Attack \x96 XSS"));
  CHECK(json.at("classes")[1] == "Web Attack \xE2\x80\x93 XSS");
  CHECK(told(json, "200 texts read as Windows-1252"));
  const std::string in_utf8 = write_file("utf8.csv", named("Web Attack \xE2\x80\x93 XSS"));
  CHECK(weir_well({"evaluate", folder() / "odd.weir", in_utf8, "--json"}).json().at("rows") == 400);
  CHECK(weir_well({"inspect", folder() / "odd.weir", "--json"}).json().at("classes") == json.at("classes"));
  refused(training(folder() / "odd.csv", {"--encoding", "utf-8"}), ":3:3: column 'label'");

  CHECK(trained(utf16(plain(400))).at("features") == 2);
  CHECK(weir_well({"evaluate", folder() / "odd.weir", folder() / "odd.csv", "--json"}).json().at("rows") ==
        400);
}

TEST_CASE("tables: labels that differ by blanks are one class, by case two, and both are told") {
  if (!built()) return;
  const Json blanks = trained(table(400, [](int i, auto& size, auto& rate, auto& label) {
    return size + "," + rate + "," + (i % 8 == 1 ? " DDoS" : i % 8 == 3 ? "DDoS " : label);
  }));
  CHECK(blanks.at("classes") == Json{"BENIGN", "DDoS"});
  CHECK(told(blanks, "labels that differ by blanks only are one class: blanks around 100 labels removed"));
  const Json inside = trained(table(400, [](int i, auto& size, auto& rate, auto&) {
    return size + "," + rate + "," + (i % 2 == 0 ? "BENIGN" : i % 4 == 1 ? "Web  Attack" : "Web Attack");
  }));
  CHECK(inside.at("classes").size() == 2);
  CHECK(told(inside, "differ by blanks only and are one class"));
  const Json cases = trained(table(400, [](int i, auto& size, auto& rate, auto& label) {
    return size + "," + rate + "," + (i % 4 == 1 ? "ddos" : label);
  }));
  CHECK(cases.at("classes").size() == 3);
  CHECK(told(cases, "'DDoS', 'ddos' differ by small and capital letters only"));
}

TEST_CASE("tables: a label called None is missing, or a label by the user's word") {
  if (!built()) return;
  const std::string path =
      write_file("none.csv", table(400, [](int i, auto& size, auto& rate, auto&) {
                   return size + "," + rate + "," + (i % 2 == 0 ? "None" : i % 4 == 1 ? "DoS" : "Scan");
                 }));
  CHECK(weir_well(training(path)).out.find("left out: 200 rows without a label (--not-missing") !=
        std::string::npos);
  CHECK(weir_well(training(path, {"--not-missing", "None", "--json"})).json().at("classes").size() == 3);
  CHECK(weir_well({"evaluate", folder() / "odd.weir", path, "--json"}).json().at("rows") == 400);
}

TEST_CASE("tables: a column that gives the label away is named") {
  if (!built()) return;
  const Json json = trained(table(
      600,
      [](int i, auto& size, auto& rate, auto& label) {
        return size + "," + rate + "," + std::to_string(i % 2) + "," + label;
      },
      "size,rate,attack code,label"));
  CHECK(told(json, "column 'attack code' tells the label of (nearly) every row by itself"));
  CHECK(told(json, "--drop 'attack code'"));
  CHECK_FALSE(told(trained(plain(600)), "by itself"));
}

TEST_CASE("tables: what is no table is named, in every command that reads one") {
  if (!built()) return;
  for (const auto& [bytes, words] : std::vector<std::pair<std::string, std::string>>{
           {"[{\"a\": 1, \"label\": \"x\"},\n{\"a\": 2, \"label\": \"y\"}]\n", "JSON"},
           {"\xD4\xC3\xB2\xA1\x02\0\x04\0"s + std::string(40, '\0'), "weir flows"},
           {"PK\x03\x04"s + std::string(40, '\0'), ".xlsx"},
           {"<!DOCTYPE html><html></html>\n", "HTML"},
           {"version https://git-lfs.github.com/spec/v1\n", "git lfs"},
           {"", "empty"}}) {
    const std::string path = write_file("foreign.csv", bytes);
    refused(training(path), words);
    refused({"evaluate", model(), path}, words);
    refused({"predict", model(), path}, words);
  }
  refused({"predict", model(), model()}, "a model of weir");
  refused(training(fs::temp_directory_path().string()), "directory");
}

TEST_CASE("tables: ARFF, Zeek's logs and JSON lines are told by their first bytes, in every command") {
  if (!built()) return;
  const auto accuracy = [](const std::string& text, std::vector<std::string> more = {}) {
    const Json json = trained(text, std::move(more));
    CHECK(json.at("rows_trained").get<int>() + json.at("rows_held_back").get<int>() == 600);
    const Json judged = weir_well({"evaluate", folder() / "odd.weir", folder() / "odd.csv", "--json"}).json();
    CHECK(judged.at("rows") == 600);
    CHECK(weir_well({"predict", folder() / "odd.weir", folder() / "odd.csv"}).code == 0);
    return judged.at("accuracy").get<double>();
  };
  const double expected = accuracy(plain(600));
  const std::string header = "size,rate,label\n", rows = plain(600).substr(header.size());
  std::string tabs = rows;
  std::replace(tabs.begin(), tabs.end(), ',', '\t');
  CHECK(
      accuracy(
          "@relation r\n@attribute size real\n@attribute rate real\n@attribute label {BENIGN,DDoS}\n@data\n" +
          rows) == expected);
  CHECK(accuracy("#separator \\x09\n#fields\tsize\trate\tlabel\n#types\tcount\tdouble\tstring\n" + tabs) ==
        expected);
  CHECK(accuracy(table(
            600,
            [](int, auto& size, auto& rate, auto& label) {
              return "{\"size\":" + size + ",\"rate\":" + rate + ",\"label\":\"" + label + "\"}";
            },
            "")) == expected);
  CHECK(accuracy(rows, {"--no-header", "--columns", "size,rate,label"}) == expected);
}

TEST_CASE("images: an embedding reads pixels as codes; of a table, whole numbers") {
  if (!built()) return;
  std::string images = "\0\0\x08\x03\0\0\0\x28\0\0\0\x02\0\0\0\x02"s, labels = "\0\0\x08\x01\0\0\0\x28"s;
  for (int i = 0; i < 40; ++i) {
    images += std::string(4, static_cast<char>(i % 2 == 0 ? 10 : 200));
    labels += static_cast<char>(i % 2);
  }
  const std::string x = write_file("x.idx", images), y = write_file("y.idx", labels);
  const std::vector<std::string> arguments{"train",        x,
                                           "--format",     "idx",
                                           "--labels",     y,
                                           "--epochs",     "30",
                                           "--batch-size", "8",
                                           "--lr",         "0.01",
                                           "--model",      folder() / "codes.weir"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), arguments.begin(), arguments.end());
    return more;
  };
  const std::string out = weir_well(with({"--layers", "embedding:256:4,flatten,dense:4,relu"})).out;
  CHECK(out.find("codes from 0 to 255") != std::string::npos);
  CHECK(weir_well({"inspect", folder() / "codes.weir"}).out.find("codes from 0 to 255") != std::string::npos);
  CHECK(weir_well({"evaluate", folder() / "codes.weir", x, "--labels", y, "--json"}).json().at("accuracy") ==
        1.0);
  refused(with({"--layers", "embedding:100:4,flatten,dense:4,relu"}), "codes from 0 to 255");
  refused(training(write_file("codes.csv", plain(100)), {"--layers", "embedding:16:4,dense:4,relu"}),
          "--scaling none");
  refused({"train", train_csv(), "--format", "idx", "--labels", y, "--model", folder() / "never.weir"},
          "it looks like a table of text");
}
