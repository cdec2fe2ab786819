// NSL-KDD: normal or attack, and the five classes.
//
//   02_nsl_kdd [FOLDER] [--seeds N]        FOLDER holds KDDTrain+.txt, KDDTest+.txt, KDDTest-21.txt (or .gz)
//
// Everything is learned and chosen on KDDTrain+: encodings, nets, calibration and threshold. The two test
// sets are read once, to count what is right.
#include "detectors.hpp"
#include "records.hpp"

#include <weir/core/error.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace {

using nsl::Records;

constexpr double quantile = 0.96;  // of held-back normal rows, from which on a row is an attack

/// One fifth of the normal rows, by the seed: they calibrate scores and set the threshold, nothing else.
[[nodiscard]] std::vector<bool> hold_back(const Records& training, std::uint64_t seed) {
  std::vector<std::size_t> normal;
  for (std::size_t row = 0; row < training.classes.size(); ++row) {
    if (!training.attack(row)) normal.push_back(row);
  }
  weir::Rng rng(weir::RngKey{seed}.fork(1));
  weir::shuffle(std::span(normal), rng);
  std::vector<bool> held(training.classes.size());
  for (std::size_t i = normal.size() * 4 / 5; i < normal.size(); ++i) held[normal[i]] = true;
  return held;
}

/// Minus the logarithm of the share of held-back normal rows with a higher score.
class Surprise {
 public:
  explicit Surprise(std::vector<double> held_back) : sorted_(std::move(held_back)) {
    std::sort(sorted_.begin(), sorted_.end());
  }
  [[nodiscard]] double operator()(double score) const {
    const auto higher = sorted_.end() - std::upper_bound(sorted_.begin(), sorted_.end(), score);
    return -std::log((1.0 + static_cast<double>(higher)) / (static_cast<double>(sorted_.size()) + 1.0));
  }

 private:
  std::vector<double> sorted_;
};

/// What one seed learned from the training rows.
class Detector {
 public:
  Detector(const Records& training, std::uint64_t seed) {
    const std::vector<bool> held = hold_back(training, seed);
    std::vector<bool> not_normal_fit(held.size());
    std::vector<std::int32_t> classes;
    for (std::size_t row = 0; row < held.size(); ++row) {
      not_normal_fit[row] = held[row] || training.attack(row);
      if (!held[row]) classes.push_back(training.classes[row]);
    }
    const weir::Split normal = weir::split_by_mask(training.table, not_normal_fit);
    const weir::Split all = weir::split_by_mask(training.table, held);
    scores_.push_back(nsl::train_autoencoder(normal.training, seed));
    scores_.push_back(nsl::train_classifier(all.training, classes, seed));
    attack_class_ = nsl::train_attack_classifier(all.training, classes, seed);

    const weir::Table& calibration = all.held_out.table();
    for (const nsl::Score& score : scores_) surprises_.emplace_back(score(calibration));
    alone_ = weir::quantile(anomalies(calibration, 1), quantile);
    both_ = weir::quantile(anomalies(calibration, 2), quantile);
  }

  /// The class of each row; by the autoencoder alone, or with the classifier (Fisher's sum of logarithms).
  [[nodiscard]] std::vector<std::int32_t> operator()(const weir::Table& rows, bool both) const {
    const std::vector<double> anomaly = anomalies(rows, both ? 2 : 1);
    std::vector<std::int32_t> result = attack_class_(rows);
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (!(anomaly[i] > (both ? both_ : alone_))) result[i] = 0;
    }
    return result;
  }

 private:
  [[nodiscard]] std::vector<double> anomalies(const weir::Table& rows, std::size_t count) const {
    std::vector<double> sum(rows.rows());
    for (std::size_t k = 0; k < count; ++k) {
      const std::vector<double> scores = scores_[k](rows);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += surprises_[k](scores[i]);
    }
    return sum;
  }

  std::vector<nsl::Score> scores_;
  std::vector<Surprise> surprises_;
  nsl::AttackClass attack_class_;
  double alone_ = 0.0;
  double both_ = 0.0;
};

/// Numbers by name, one a seed.
using Results = std::map<std::string, std::vector<double>>;

void count(const Records& test, const std::vector<std::int32_t>& said, const std::string& name,
           Results& results) {
  weir::ConfusionMatrix two(2), five(5);
  for (std::size_t row = 0; row < said.size(); ++row) {
    two.add(test.attack(row) ? 1 : 0, said[row] != 0 ? 1 : 0);
    five.add(test.classes[row], said[row]);
  }
  const auto add = [&](const char* what, double value) { results[name + what].push_back(100.0 * value); };
  add(" two accuracy", two.accuracy());
  add(" two macro F1", two.f1(weir::ConfusionMatrix::Average::macro));
  add(" two recall 0", two.recall(0));
  add(" two recall 1", two.recall(1));
  add(" five accuracy", five.accuracy());
  add(" five macro F1", five.f1(weir::ConfusionMatrix::Average::macro));
  for (weir::Index k = 0; k < 5; ++k) add((" five recall " + std::to_string(k)).c_str(), five.recall(k));
}

/// "91.01 ± 0.45", the deviation being that of a sample.
[[nodiscard]] std::string spread(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  char text[48];
  if (values.size() < 2) {
    std::snprintf(text, sizeof text, "%.2f", mean);
  } else {
    std::snprintf(text, sizeof text, "%.2f ± %.2f", mean, std::sqrt(squares / (n - 1.0)));
  }
  return text;
}

void print_results(const Results& results, std::size_t seeds) {
  std::printf("\nPer cent, %s\n", seeds == 1 ? "one seed" : "mean and deviation over the seeds");
  for (const char* problem : {"two", "five"}) {
    const bool two = std::string(problem) == "two";
    std::printf("\n%s\n", two ? "Normal or attack" : "Five classes");
    for (const char* method : {"autoencoder", "both"}) {
      for (const char* test : {"KDDTest+", "KDDTest-21"}) {
        const std::string name = std::string(method) + " " + test + " " + problem + " ";
        std::printf("  %-11s  %-10s  accuracy %s  macro F1 %s\n", method, test,
                    spread(results.at(name + "accuracy")).c_str(),
                    spread(results.at(name + "macro F1")).c_str());
        std::printf("  %25srecall:", "");
        for (int k = 0; k < (two ? 2 : 5); ++k) {
          const std::string label(two && k == 1 ? "attack"
                                                : weir::nsl_kdd::classes[static_cast<std::size_t>(k)]);
          std::printf("  %s %s", label.c_str(),
                      spread(results.at(name + "recall " + std::to_string(k))).c_str());
        }
        std::printf("\n");
      }
    }
  }
}

[[nodiscard]] int run(const std::string& folder, std::uint64_t seeds) {
  const Records training = nsl::load(folder, "KDDTrain+");
  const Records test = nsl::load(folder, "KDDTest+");
  const Records hard = nsl::load(folder, "KDDTest-21");
  if (training.table.rows() == 0 || test.table.rows() == 0 || hard.table.rows() == 0) {
    std::printf(
        "NSL-KDD: SKIPPED, because '%s' does not hold KDDTrain+.txt, KDDTest+.txt and KDDTest-21.txt.\n"
        "Give their folder as argument, or its parent as WEIR_DATA.\n",
        folder.c_str());
    return 0;
  }
  std::printf("NSL-KDD: %zu rows to learn from, %zu and %zu to be judged by.\n", training.table.rows(),
              test.table.rows(), hard.table.rows());
  Results results;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Detector detector(training, seed);
    for (const bool both : {false, true}) {
      const std::string method = both ? "both" : "autoencoder";
      count(test, detector(test.table, both), method + " KDDTest+", results);
      count(hard, detector(hard.table, both), method + " KDDTest-21", results);
    }
    std::printf("seed %llu: normal or attack on KDDTest+ %.2f %% right, autoencoder alone %.2f %%\n",
                static_cast<unsigned long long>(seed), results["both KDDTest+ two accuracy"].back(),
                results["autoencoder KDDTest+ two accuracy"].back());
    std::fflush(stdout);
  }
  print_results(results, static_cast<std::size_t>(seeds));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* data = std::getenv("WEIR_DATA");
  std::string folder = std::string(data == nullptr ? "." : data) + "/nsl-kdd";
  std::uint64_t seeds = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      seeds = std::strtoull(argv[++i], nullptr, 10);
    } else {
      folder = argument;
    }
  }
  try {
    return run(folder, std::max<std::uint64_t>(seeds, 1));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "02_nsl_kdd: %s\n", error.what());
    return 2;
  }
}
