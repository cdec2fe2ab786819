// Several tables in one command, patterns of them, and labels by a map.
#include "cli/program.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Rows that two columns tell apart; `first` numbers them.
std::string day(int first, int rows, const std::string& header, bool label_first) {
  std::string text = header + "\n";
  for (int i = first; i < first + rows; ++i) {
    const bool attack = i % 2 == 1;
    const std::string numbers =
        std::to_string(100 * (i % 7) + (attack ? 900 : 0)) + "," + std::to_string(i % 5);
    const std::string label = attack ? "Bot-" + std::to_string(i % 3) : "Normal-" + std::to_string(i % 4);
    text += label_first ? label + "," + numbers : numbers + "," + label;
    text += "\n";
  }
  return text;
}
bool told(const Json& json, const std::string& words) {
  const Json& notes = json.at("notes");
  return std::any_of(notes.begin(), notes.end(), [&](const Json& note) {
    return note.get<std::string>().find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("several tables, a pattern, a label map, and another spelling of the columns") {
  const std::string model = folder() / "days.weir";
  const std::string monday =
      write_file("day1.csv", day(0, 60, "Destination Port,Total Fwd Packets,Label", false));
  const std::string tuesday =
      write_file("day2.csv", day(60, 60, "Label, Destination Port, Total Fwd Packets", true));
  const std::string other = write_file("other.csv", day(7, 40, "Dst Port,Tot Fwd Pkts,Label", false));
  const std::string map = write_file("labels.map", "# two of many\nBot-*,bot\nNormal-*,normal\n");
  const Json trained =
      weir_well({"train", folder() / "day?.csv", "--label", "Label", "--label-map", map, "--epochs", "2",
                 "--test", monday + "," + tuesday, "--model", model, "--json"})
          .json();
  CHECK(trained.at("classes") == Json::array({"normal", "bot"}));
  CHECK(trained.at("rows_trained").get<int>() + trained.at("rows_held_back").get<int>() == 120);
  CHECK(trained.at("test").at("rows") == 120);

  const Json record = weir_well({"inspect", model, "--json"}).json().at("record");
  CHECK(record.at("data") == "day1.csv, day2.csv");
  const Json judged = weir_well({"evaluate", model, other, "--json"}).json();
  CHECK(judged.at("rows") == 40);
  CHECK(told(judged, "columns matched by spelling, such as 'Dst Port' for 'Destination Port'"));
  CHECK(told(weir_well({"evaluate", model, other, tuesday, "--json"}).json(), "was trained on " + tuesday));

  const std::string verdicts = weir_well({"predict", model, monday, tuesday}).out;
  CHECK(verdicts.find("source,row,label,") == 0);
  CHECK(verdicts.find("\n" + monday + ",60,") != std::string::npos);
  CHECK(verdicts.find("\n" + tuesday + ",61,") != std::string::npos);
  const std::string named = weir_well({"predict", model, monday, "--source-column", "day"}).out;
  CHECK(named.find("day,row,label,") == 0);
  CHECK(named.find("\n" + monday + ",1,") != std::string::npos);
}
