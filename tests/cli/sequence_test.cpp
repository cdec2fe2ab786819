// Images, rows that are sequences, and windows over a time series: trained, saved, evaluated and predicted as
// a user does.
#include "cli/program.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

using namespace cli_test;

namespace {

std::string word(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFFU);
  return bytes;
}

/// `count` images of 4 x 3 pixels: the brightest row of pixels is the class, one of four. From which one the
/// numbers are drawn is another set.
struct ImageFiles {
  std::string images;
  std::string labels;
};
ImageFiles image_files(const std::string& name, int count, std::uint32_t seed) {
  std::string pixels, labels;
  std::uint32_t state = seed;
  const auto random = [&state] { return (state = state * 1664525U + 1013904223U) >> 24; };
  for (int i = 0; i < count; ++i) {
    const std::uint32_t label = random() % 4;
    for (std::uint32_t p = 0; p < 12; ++p)
      pixels += static_cast<char>(p / 3 == label ? 150 + random() / 3 : random() / 2);
    labels += static_cast<char>(label);
  }
  const auto n = static_cast<std::uint32_t>(count);
  return {write_file(name + "-images", word(0x803) + word(n) + word(4) + word(3) + pixels),
          write_file(name + "-labels", word(0x801) + word(n) + labels)};
}

/// Rows of up to five steps of two channels: class "up" rises in the first channel, "down" falls. A third of
/// the rows ends early.
std::string sequence_file(const std::string& name, int rows, std::uint32_t seed) {
  std::string text = "id";
  for (int t = 0; t < 5; ++t) text += ",a" + std::to_string(t) + ",b" + std::to_string(t);
  text += ",label\n";
  std::uint32_t state = seed;
  const auto random = [&state] { return (state = state * 1664525U + 1013904223U) >> 24; };
  for (int row = 0; row < rows; ++row) {
    const bool up = random() % 2 == 0;
    const int steps = random() % 3 == 0 ? 3 : 5;
    text += std::to_string(row);
    for (int t = 0; t < 5; ++t) {
      const int a = 100 + (up ? 20 : -20) * t + static_cast<int>(random() / 16);
      text += t < steps ? "," + std::to_string(a) + "," + std::to_string(random()) : ",,";
    }
    text += up ? ",up\n" : ",down\n";
  }
  return write_file(name, text);
}

/// Two sines and noise, and a second column that tells the future of the first.
std::string series_file(const std::string& name, int steps, int first = 0) {
  std::string text = "time,bits,other\n";
  std::uint32_t state = 1;
  const auto random = [&state] { return (state = state * 1664525U + 1013904223U) >> 24; };
  for (int t = 0; t < first + steps; ++t) {
    const double noise = static_cast<double>(random()) / 128.0 - 1.0;
    const double bits = 1000.0 * (3.0 + std::sin(t * 0.5236) + 0.5 * std::sin(t * 0.0748) + 0.05 * noise);
    const double other = 10.0 * std::cos(t * 0.5236);
    if (t >= first)
      text += "step " + std::to_string(t) + "," + std::to_string(bits) + "," + std::to_string(other) + "\n";
  }
  return write_file(name, text);
}

double number_of(const std::string& line) { return std::stod(line.substr(line.find(',') + 1)); }

}  // namespace

TEST_CASE("images: features or sequences, trained, judged by others and predicted") {
  if (!built()) return;
  const ImageFiles train = image_files("train", 600, 1);
  const ImageFiles test = image_files("test", 200, 99);
  for (const bool series : {false, true}) {
    const std::string path = folder() / "images.weir";
    std::vector<std::string> arguments{
        "train",         train.images, "--format",     "idx", "--labels", train.labels,
        "--epochs",      "15",         "--model",      path,  "--test",   test.images,
        "--test-labels", test.labels,  "--batch-size", "16",  "--json"};
    if (series) arguments.insert(arguments.end(), {"--sequence", "4x3", "--layers", "flatten,dense:16,relu"});
    const Json json = weir_well(arguments).json();
    CHECK(json.at("classes") == Json{"0", "1", "2", "3"});
    CHECK(json.at("rows_held_back") == 60);
    CHECK(json.at("validation").at("rows") == 60);
    CHECK(json.at("test").at("accuracy") > 0.9);
    const Json judged = weir_well({"evaluate", path, test.images, "--labels", test.labels, "--json"}).json();
    CHECK(judged.at("confusion") == json.at("test").at("confusion"));
    const auto lines = lines_of(weir_well({"predict", path, test.images}).out);
    CHECK(lines.size() == 201);
    CHECK(lines[0] == "row,label,score_0,score_1,score_2,score_3,alert");
    const Json facts = weir_well({"inspect", path, "--json"}).json();
    CHECK(facts.at("samples") == "image");
    CHECK(facts.at("steps") == (series ? 4 : 1));
    CHECK(facts.at("channels") == (series ? 3 : 12));
  }
}

TEST_CASE("images: two classes of many, and what an anomaly model finds") {
  if (!built()) return;
  const ImageFiles train = image_files("train", 600, 1);
  const std::string path = folder() / "anomaly.weir";
  const Json json =
      weir_well({"train",    train.images, "--format",     "idx", "--labels",     train.labels,
                 "--task",   "anomaly",    "--benign",     "0",   "--layers",     "dense:6,tanh",
                 "--epochs", "60",         "--validation", "0.3", "--batch-size", "16",
                 "--model",  path,         "--json"})
          .json();
  CHECK(json.at("classes") == Json{"benign", "anomaly"});
  CHECK(json.at("validation").at("roc_auc") > 0.9);
  const Json two = weir_well({"train", train.images, "--format", "idx", "--labels", train.labels, "--benign",
                              "0,1", "--epochs", "15", "--batch-size", "16", "--model", path, "--json"})
                       .json();
  CHECK(two.at("classes") == Json{"benign", "attack"});
  CHECK(two.at("validation").at("accuracy") > 0.9);
}

TEST_CASE("images: what does not fit is refused") {
  if (!built()) return;
  const ImageFiles train = image_files("train", 600, 1);
  const ImageFiles fewer = image_files("fewer", 20, 1);
  const std::string path = folder() / "images2.weir";
  weir_well({"train", train.images, "--format", "idx", "--labels", train.labels, "--epochs", "1", "--model",
             path, "--quiet"});
  const std::string never = folder() / "never.weir";
  refused({"train", train.images, "--format", "idx", "--model", never}, "--labels FILE");
  refused({"train", train.images, "--format", "idx", "--labels", fewer.labels, "--model", never},
          "there are 20 labels for 600 images");
  refused({"train", train.labels, "--format", "idx", "--labels", train.labels, "--model", never},
          "byte 0: the magic number");
  refused({"train", train.images, "--format", "idx", "--labels", train.labels, "--sequence", "5x3", "--model",
           never},
          "--sequence 5x3 are 15 values, but there are 12");
  refused(
      {"train", train.images, "--format", "idx", "--labels", train.labels, "--window", "3", "--model", never},
      "--window");
  refused({"evaluate", path, train.images}, "--labels FILE is needed");
  refused({"predict", path, train_csv()}, "magic number");
  refused({"evaluate", model(), train.images, "--labels", train.labels}, "this one reads tables");
  std::string wide = read_file(train.images);
  wide[11] = 3, wide[15] = 4;  // 3 x 4 pixels
  refused({"predict", path, write_file("wide", wide)}, "3 x 4 pixels, the model takes 4 x 3");
}

TEST_CASE("sequences: columns are steps of channels, and a row may end early") {
  if (!built()) return;
  const std::string train = sequence_file("sequences.csv", 600, 3);
  const std::string test = sequence_file("other_sequences.csv", 300, 77);
  const std::string path = folder() / "sequence.weir";
  const Json json = weir_well({"train", train, "--label", "label", "--drop", "id", "--sequence", "5x2",
                               "--layers", "conv1d:8:3:same,relu,flatten,dense:16,relu", "--epochs", "30",
                               "--batch-size", "16", "--model", path, "--test", test, "--json"})
                        .json();
  CHECK(json.at("features") == 10);
  CHECK(json.at("test").at("accuracy") > 0.95);
  const Json judged = weir_well({"evaluate", path, test, "--json"}).json();
  CHECK(judged.at("confusion") == json.at("test").at("confusion"));
  const Json facts = weir_well({"inspect", path, "--json"}).json();
  CHECK(facts.at("samples") == "sequence");
  CHECK(facts.at("steps") == 5);
  // What stands behind the end of a row has no say; a row without a step cannot be judged.
  const std::string head = lines_of(read_file(train))[0] + "\n";
  const std::string rows = "1,100,7,121,9,140,3,,,,,\n2,100,7,121,9,140,3,?,?,nan,,up\n3,,,,,,,,,,,up\n";
  const auto lines = lines_of(weir_well({"predict", path, write_file("short.csv", head + rows)}).out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].substr(1) == lines[2].substr(1));
  CHECK(lines[1].substr(0, 5) == "1,up,");
  CHECK(lines[3] == "3,,,,");
}

TEST_CASE("sequences: recurrent layers, and an anomaly model that gives sequences back") {
  if (!built()) return;
  const std::string train = sequence_file("sequences.csv", 600, 3);
  const std::string path = folder() / "gru.weir";
  const Json json = weir_well({"train", train, "--label", "label", "--drop", "id", "--sequence", "5x2",
                               "--layers", "gru:8,last_step", "--epochs", "20", "--lr", "0.01",
                               "--batch-size", "16", "--model", path, "--json"})
                        .json();
  CHECK(json.at("validation").at("accuracy") > 0.95);
  const Json anomaly = weir_well({"train", train, "--label", "label", "--drop", "id", "--sequence", "5x2",
                                  "--task", "anomaly", "--benign", "up", "--layers", "conv1d:8:3:same,tanh",
                                  "--epochs", "5", "--model", path, "--json"})
                           .json();
  CHECK(anomaly.at("classes") == Json{"benign", "anomaly"});
}

TEST_CASE("sequences: what does not fit is refused") {
  if (!built()) return;
  const std::string train = sequence_file("sequences.csv", 600, 3);
  const auto refused_with = [&](std::vector<std::string> more, const std::string& reason) {
    std::vector<std::string> arguments{"train", train,     "--label",
                                       "label", "--model", folder() / "never.weir"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back("--quiet");
    refused(arguments, reason);
  };
  refused_with({"--sequence", "5x2"}, "--sequence 5x2 are 10 values, but there are 11");
  for (const char* text : {"5", "x", "5x", "x2", "5x2x1", "-5x2", "0x10", "5 x2", "999999999999x1"}) {
    refused_with({"--drop", "id", "--sequence", text},
                 "--sequence: '" + std::string(text) + "' is not LENGTHxCHANNELS");
  }
  refused_with({"--drop", "id", "--sequence", "5x2", "--missing", "skip"}, "--missing impute");
  refused_with({"--drop", "id", "--sequence", "5x2", "--layers", "conv1d:8:3:same"},
               "the layers end with 5 time steps");
  refused_with({"--drop", "id", "--sequence", "5x2", "--task", "anomaly", "--benign", "up", "--layers",
                "flatten,dense:4"},
               "an anomaly model gives its input back");
  refused({"train", train_csv(), "--label", "label", "--sequence", "4x8", "--model", folder() / "never.weir"},
          "a sequence is made of numbers: --drop");
}

TEST_CASE("windows: a forecast beats the last value, and knows neither the held-back steps nor the future") {
  if (!built()) return;
  const std::string train = series_file("series.csv", 900);
  const std::string path = folder() / "series.weir";
  for (const int horizon : {1, 3}) {
    const Json json = weir_well({"train", train, "--label", "bits", "--drop", "time", "--window", "24",
                                 "--horizon", std::to_string(horizon), "--validation", "0.3", "--epochs",
                                 "30", "--batch-size", "16", "--model", path, "--json"})
                          .json();
    CHECK(json.at("task") == "regress");
    CHECK(json.at("rows_trained") == 630 - 24 - horizon + 1);
    CHECK(json.at("rows_held_back") == 270);
    const Json& held_back = json.at("validation");
    CHECK(held_back.at("rows") == 270);
    CHECK(held_back.at("mape").get<double>() < 0.3 * held_back.at("naive_mape").get<double>());
    CHECK(held_back.at("r2") > 0.95);

    // The file alone: the same errors where the same steps are judged.
    const std::string tail = series_file("tail.csv", 270 + 24 + horizon - 1, 630 - 24 - horizon + 1);
    const Json judged = weir_well({"evaluate", path, tail, "--json"}).json();
    CHECK(judged.at("rows") == 270);
    CHECK(judged.at("rows_unusable") == 24 + horizon - 1);
    CHECK(judged.at("mape") == held_back.at("mape"));
    CHECK(judged.at("naive_mape") == held_back.at("naive_mape"));

    // A forecast stands in the row that it was made in.
    const auto lines = lines_of(weir_well({"predict", path, tail}).out);
    const auto values = lines_of(read_file(tail));
    REQUIRE(lines.size() == values.size());
    CHECK(lines[0] == "row,value");
    CHECK(lines[23] == "23,");
    double error = 0.0;
    for (std::size_t row = 24; row + static_cast<std::size_t>(horizon) < lines.size(); ++row) {
      const double truth = number_of(values[row + static_cast<std::size_t>(horizon)]);
      error += std::fabs(number_of(lines[row]) - truth) / truth / 270.0;
    }
    CHECK(error == doctest::Approx(judged.at("mape").get<double>()).epsilon(1e-4));

    const Json facts = weir_well({"inspect", path, "--json"}).json();
    CHECK(facts.at("samples") == "window");
    CHECK(facts.at("horizon") == horizon);
    CHECK(facts.at("steps") == 24);
    CHECK(facts.at("channels") == 2);
  }
}

TEST_CASE("windows: recurrent and convolution layers; missing values") {
  if (!built()) return;
  std::string text;
  int number = 0;
  for (const std::string& line : lines_of(read_file(series_file("series.csv", 900)))) {
    const bool hole = ++number % 100 == 50;
    text += (hole ? line.substr(0, line.find(',')) + ",," + line.substr(line.rfind(',') + 1) : line) + "\n";
  }
  const std::string holes = write_file("holes_in_series.csv", text);
  for (const char* layers :
       {"gru:12,last_step", "conv1d:12:5:causal,relu,conv1d:12:5:causal,relu,last_step"}) {
    const Json json = weir_well({"train", holes, "--label", "bits", "--drop", "time", "--window", "24",
                                 "--layers", layers, "--epochs", "10", "--batch-size", "16", "--lr", "0.005",
                                 "--model", folder() / "holes.weir", "--json"})
                          .json();
    CHECK(json.at("rows_trained") < 810 - 24 * 8);
    CHECK(json.at("validation").at("rows_without_label") == 1);
    CHECK(json.at("validation").at("mape").get<double>() <
          json.at("validation").at("naive_mape").get<double>());
  }
  refused({"train", holes, "--label", "bits", "--drop", "time", "--window", "24", "--missing", "error",
           "--model", folder() / "never.weir"},
          "missing");
}

TEST_CASE("windows: what does not fit is refused") {
  if (!built()) return;
  const std::string train = series_file("series.csv", 900);
  const auto refused_with = [&](std::vector<std::string> more, const std::string& reason) {
    std::vector<std::string> arguments{"train", train, "--label", "bits", "--model", folder() / "never.weir"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    refused(arguments, reason);
  };
  refused_with({"--window", "24"}, "'time' holds texts: --drop time");
  refused_with({"--drop", "time", "--horizon", "2", "--task", "regress"}, "--horizon needs --window");
  refused_with({"--drop", "time", "--window", "0"}, "--window");
  refused_with({"--drop", "time", "--window", "870"}, "too few for two parts");
  refused_with({"--drop", "time", "--window", "24", "--sequence", "1x1"}, "exclude each other");
  refused_with({"--drop", "time", "--window", "24", "--task", "anomaly", "--benign", "x"}, "--task regress");
  refused_with({"--drop", "time", "--window", "24", "--scaling", "rank"}, "cannot be undone");
  refused_with({"--drop", "time", "--window", "24", "--missing", "skip"}, "holes in a series");
  refused_with({"--drop", "time", "--window", "24", "--labels", "x"}, "--labels is for --format idx");
}
