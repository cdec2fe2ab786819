// USTC-TFC2016: which of 20 applications and malware families a session belongs to, from its first 784 bytes.
//
//   07_ustc_bytes [FOLDER] [--net bytes|wang|wang2d] [--hide] [--seeds N] [--epochs N] [--validate]
//
// FOLDER holds train-images-idx3-ubyte.gz and the other three files. Everything is learned on the training
// part; the test part is read once a seed, to count. With --validate, a fifth of the training part is held
// back and takes the place of the test part: that is how the nets were chosen.
#include "images.hpp"

#include <weir/weir.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

namespace {

using weir::Index;

struct Recipe {
  std::string layers;
  weir::Shape input;
  float scale;  ///< of a byte
  Index epochs;
  double learning_rate;
};

/// Wang, Zhu, Wang, Zeng, Yang: "End-to-end encrypted traffic classification with one-dimensional convolution
/// neural networks", ISI 2017. Adam instead of their plain gradient descent over 40,000 steps.
const Recipe wang{
    "conv1d:32:25:same,relu,max_pool1d:3:3:same,conv1d:64:25:same,relu,max_pool1d:3:3:same,flatten,"
    "dense:1024,relu,dropout:0.5,dense:20,softmax",
    {1, 784},
    1.0F / 255.0F,
    6,
    1e-3};

/// Wang, Zhu, Zeng, Ye, Sheng: "Malware traffic classification using convolutional neural network for
/// representation learning", ICOIN 2017: the bytes as 28 rows of 28 pixels. Trained as the one above.
const Recipe wang2d{
    "conv2d:32:5:same,relu,max_pool2d:2:planes=32,conv2d:64:5:same:planes=32,relu,max_pool2d:2:planes=64,"
    "flatten,dense:1024,relu,dropout:0.5,dense:20,softmax",
    {28, 28},
    1.0F / 255.0F,
    6,
    1e-3};

/// A byte is a symbol, not a quantity: each value has a vector of its own, and headers stand at fixed places,
/// so that the position counts.
const Recipe bytes{
    "embedding:256:8,flatten,dropout:0.2,dense:256,batch_norm,relu,dropout:0.4,dense:128,batch_norm,relu,"
    "dropout:0.3,dense:20,softmax",
    {1, 784},
    1.0F,
    12,
    2e-3};

[[nodiscard]] const Recipe& recipe_named(const std::string& name) {
  if (name == "bytes") return bytes;
  if (name == "wang") return wang;
  if (name == "wang2d") return wang2d;
  throw weir::ConfigError("--net is bytes, wang or wang2d");
}

struct Arguments {
  std::string folder;
  Recipe recipe = bytes;
  ustc::Hidden hidden = ustc::Hidden::nothing;
  std::uint64_t seeds = 1;
  bool validate = false;
};

[[nodiscard]] Arguments parse(int argc, char** argv) {
  Arguments arguments;
  if (const char* data = std::getenv("WEIR_DATA")) arguments.folder = std::string(data) + "/ustc-tfc2016";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] {
      if (i + 1 == argc) throw weir::ConfigError(word + " needs a value");
      return std::string(argv[++i]);
    };
    if (word == "--hide") {
      arguments.hidden = ustc::Hidden::identities;
    } else if (word == "--net") {
      arguments.recipe = recipe_named(value());
    } else if (word == "--layers") {
      arguments.recipe.layers = value();
    } else if (word == "--rate") {
      arguments.recipe.learning_rate = std::stod(value());
    } else if (word == "--scale") {
      arguments.recipe.scale = std::stof(value());
    } else if (word == "--validate") {
      arguments.validate = true;
    } else if (word == "--seeds") {
      arguments.seeds = std::stoull(value());
    } else if (word == "--epochs") {
      arguments.recipe.epochs = std::stoll(value());
    } else {
      arguments.folder = word;
    }
  }
  return arguments;
}

/// What the net sees of the bytes: shape and scale.
void prepare(weir::Dataset<float>& data, const Recipe& recipe) {
  data.shape = recipe.input;
  for (float& value : data.x.span()) value *= recipe.scale;
}

struct Progress {
  void on_epoch(const weir::EpochReport& report) const {
    std::fprintf(stderr, "  epoch %ld of %ld: loss %.4f, %.0f samples/s\n", static_cast<long>(report.epoch),
                 static_cast<long>(report.epochs), report.loss, report.samples_per_second);
  }
};

struct Score {
  double accuracy;
  double f1;
};

[[nodiscard]] Score run(const ustc::Images& images, const Recipe& recipe, std::uint64_t seed) {
  auto net = weir::build<float>(recipe.layers, images.training.shape);
  const weir::CategoricalCrossEntropy loss{};
  weir::fit(net, images.training, loss, weir::Adam{.learning_rate = recipe.learning_rate},
            {.epochs = recipe.epochs,
             .batch_size = 64,
             .seed = seed,
             .schedule = weir::CosineSchedule{.warmup_epochs = 0.5}},
            Progress{});
  const weir::Evaluation test = weir::evaluate(net, images.test, loss);
  return {test.accuracy(), test.confusion.f1(weir::ConfusionMatrix::Average::macro)};
}

void print_mean(const char* name, const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  std::printf("%s %.2f %% (deviation %.2f over %zu seeds)\n", name, 100.0 * mean,
              100.0 * std::sqrt(squares / std::max(n - 1.0, 1.0)), values.size());
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments = parse(argc, argv);
  if (arguments.folder.empty()) {
    std::puts("skipped: no FOLDER given, and WEIR_DATA is not set");
    return 0;
  }
  ustc::Images images = ustc::read_images(arguments.folder, arguments.hidden);
  if (arguments.validate) {
    const weir::ValidationSplit split = weir::split_rows(images.training, 0.2, 1);
    images.test = images.training.subset(split.validation);
    images.training = images.training.subset(split.training);
  }
  prepare(images.training, arguments.recipe);
  prepare(images.test, arguments.recipe);
  std::printf("%ld sessions to train on, %ld to test; %s\n", static_cast<long>(images.training.rows()),
              static_cast<long>(images.test.rows()),
              arguments.hidden == ustc::Hidden::nothing ? "all bytes" : "identities hidden");
  std::vector<double> accuracies, scores;
  for (std::uint64_t seed = 1; seed <= arguments.seeds; ++seed) {
    const Score score = run(images, arguments.recipe, seed);
    std::printf("seed %llu: accuracy %.2f %%, macro F1 %.2f %%\n", static_cast<unsigned long long>(seed),
                100.0 * score.accuracy, 100.0 * score.f1);
    std::fflush(stdout);
    accuracies.push_back(score.accuracy);
    scores.push_back(score.f1);
  }
  print_mean("accuracy", accuracies);
  print_mean("macro F1", scores);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "07_ustc_bytes: %s\n", error.what());
  return 2;
}
