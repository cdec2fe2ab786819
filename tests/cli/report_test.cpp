// The page of train and evaluate: well-formed, and with the numbers of the JSON.
#include "cli/program.hpp"
#include "report/well_formed.hpp"

#include <weir/report/markup.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace cli_test;
using report_test::WellFormed;

namespace {

/// The exact value of a number that stands in the page.
std::string value_of(const Json& number) {
  return "<data value=\"" + weir::charts::exact(number.get<double>()) + "\">";
}

void check_in(const std::string& html, const Json& number) {
  if (number.is_null()) return;
  INFO(number);
  CHECK(html.find(value_of(number)) != std::string::npos);
}

void check_curves(const std::string& html, const Json& judged) {
  for (const Json& curve : judged.at("curves")) {
    for (const Json& step : curve.at("steps")) {
      for (const char* name : {"threshold", "fpr", "recall", "precision"}) check_in(html, step.at(name));
    }
  }
}

}  // namespace

TEST_CASE("train --report: the page has the numbers of the JSON") {
  if (!built()) return;
  const std::string page = folder() / "two.html";
  const Json json = weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--quick",
                               "--epochs", "6", "--alarm-rate", "0.05", "--test", test_csv(), "--model",
                               folder() / "two.weir", "--report", page, "--json"})
                        .json();
  const std::string html = read_file(page);
  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(html.size() < 1'000'000);
  for (const char* name : {"accuracy", "recall", "fpr", "precision", "f1", "roc_auc", "pr_auc"}) {
    check_in(html, json.at("validation").at(name));
    check_in(html, json.at("test").at(name));
  }
  for (const Json& epoch : json.at("epochs")) {
    check_in(html, epoch.at("loss"));
    check_in(html, epoch.at("validation_loss"));
    check_in(html, epoch.at("learning_rate"));
  }
  const Json& drawn = json.at("report");
  REQUIRE(drawn.at("judged").size() == 2);
  const Json& held_back = drawn.at("judged")[0];
  check_curves(html, held_back);
  for (const Json& count : held_back.at("scores").at("counts")[1]) check_in(html, count);
  for (const Json& bin : held_back.at("calibration").at("bins")) check_in(html, bin.at("mean"));
  const Json& importance = held_back.at("importance");
  CHECK(importance.at("metric") == "roc_auc");
  CHECK(importance.at("rows") == 600);
  for (const Json& column : importance.at("columns")) check_in(html, column.at("mean"));
  CHECK(html.find(drawn.at("overfitting").at("text").get<std::string>()) != std::string::npos);
  for (const Json& count : drawn.at("data").at("class_counts")) check_in(html, count);
}

TEST_CASE("evaluate --report: as train's, without the training; the same file gives the same page") {
  if (!built()) return;
  const std::string page = folder() / "evaluated.html", again = folder() / "again.html";
  const Json json = weir_well({"evaluate", model(), test_csv(), "--report", page, "--json"}).json();
  weir_well({"evaluate", model(), test_csv(), "--report", again});
  const std::string html = read_file(page);
  CHECK(WellFormed(html).complaint() == "");
  CHECK(html == read_file(again));
  check_in(html, json.at("roc_auc"));
  const Json& judged = json.at("report").at("judged")[0];
  check_curves(html, judged);
  CHECK(judged.at("importance").at("rows") <= 2000);
  CHECK(judged.at("importance").at("rows") >= 1000);
  CHECK(html.find("id=\"training\"") == std::string::npos);
}

TEST_CASE("train --report: the model file has the same bits with and without a page") {
  if (!built()) return;
  const auto trained = [](const char* name, std::vector<std::string> more) {
    std::vector<std::string> arguments{"train", train_csv(), "--label", "label",   "--epochs",
                                       "1",     "--quick",   "--quiet", "--model", folder() / name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    weir_well(arguments);
    return read_file(folder() / name);
  };
  CHECK(trained("with.weir", {"--report", folder() / "with.html"}) == trained("without.weir", {}));
}

TEST_CASE("train --report: without a model there is no page") {
  if (!built()) return;
  refused({"train", train_csv(), "--label", "label", "--folds", "3", "--report", folder() / "none.html"},
          "--report");
}

TEST_CASE("train --report: hostile labels and column names stay words") {
  if (!built()) return;
  std::string csv = "\"<script>alert(1)</script>\",b\x01,label\n";
  for (int i = 0; i < 200; ++i) {
    csv += std::to_string(i % 7) + "," + std::to_string(i % 2) + "," +
           (i % 2 == 0 ? "<img src=x onerror=alert(2)>" : "a&b\xFF") + "\n";
  }
  const std::string page = folder() / "hostile.html";
  weir_well({"train", write_file("hostile.csv", csv), "--label", "label", "--epochs", "2", "--model",
             folder() / "hostile.weir", "--report", page, "--quiet"});
  const std::string html = read_file(page);
  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(found.count("script") == 0);
  CHECK(found.count("img") == 0);
  CHECK(html.find("&lt;script&gt;") != std::string::npos);
}

TEST_CASE("train --report: a regression and five classes") {
  if (!built()) return;
  std::string csv = "a,b,y,kind\n";
  for (int i = 0; i < 400; ++i) {
    csv += std::to_string(i % 13) + "," + std::to_string(i % 5) + "," + std::to_string(2 * (i % 13) + i % 5) +
           ",k" + std::to_string(i % 5) + "\n";
  }
  const std::string table = write_file("numbers.csv", csv), page = folder() / "numbers.html";
  const std::vector<std::string> common{
      "train", table, "--epochs", "3", "--model", folder() / "numbers.weir", "--report", page, "--json"};
  std::vector<std::string> regress = common, classes = common;
  regress.insert(regress.end(), {"--label", "y", "--task", "regress", "--drop", "kind"});
  classes.insert(classes.end(), {"--label", "kind", "--drop", "y"});
  const Json numbers = weir_well(regress).json();
  CHECK(WellFormed(read_file(page)).complaint() == "");
  check_in(read_file(page), numbers.at("validation").at("mae"));
  for (const Json& count : numbers.at("report").at("judged")[0].at("errors").at("counts")[0])
    check_in(read_file(page), count);
  const Json five = weir_well(classes).json();
  CHECK(WellFormed(read_file(page)).complaint() == "");
  CHECK(five.at("report").at("judged")[0].at("curves").size() == 5);
  check_curves(read_file(page), five.at("report").at("judged")[0]);
}
