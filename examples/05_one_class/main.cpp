// NSL-KDD as a one-class problem: autoencoders learn normal rows only, and what they give back badly is an
// attack.
//
//   05_one_class [FOLDER] [--seeds N] [--all]        FOLDER holds KDDTrain+.txt and KDDTest+.txt (or .gz)
//
// Family and threshold are chosen on KDDTrain+: normal rows held back, and its attacks, which no net has
// seen. KDDTest+ is read after the choice, to count what is right. --all counts the other families there,
// too.
#include "families.hpp"
#include "records.hpp"

#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/detect/reconstruction.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using one_class::Family;
using weir::Index;
using weir::Matrix;

/// Shares of normal rows that may pass, one of which is chosen.
constexpr std::array<double, 5> quantiles{0.93, 0.94, 0.95, 0.96, 0.97};
constexpr std::uint64_t validation_seeds = 5;

/// Normal rows in three parts, drawn by the seed; `first` and `second` are their shares.
struct Parts {
  std::vector<std::size_t> fit, calibrate, rest;

  Parts(const weir::Table& table, std::uint64_t seed, double first, double second) {
    std::vector<std::size_t> normal;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (one_class::is_normal(table, row)) normal.push_back(row);
    }
    weir::Rng rng(weir::RngKey{seed}.fork(1));
    weir::shuffle(std::span(normal), rng);
    const auto n = static_cast<double>(normal.size());
    for (std::size_t i = 0; i < normal.size(); ++i) {
      const double place = static_cast<double>(i) / n;
      (place < first ? fit : place < first + second ? calibrate : rest).push_back(normal[i]);
    }
  }
};

[[nodiscard]] weir::Split split(const weir::Table& table, const std::vector<std::size_t>& training) {
  std::vector<bool> held_out(table.rows(), true);
  for (const std::size_t row : training) held_out[row] = false;
  return weir::split_by_mask(table, held_out);
}

/// A trained autoencoder with what it takes to score rows.
class Detector {
 public:
  Detector(const Family& family, const weir::Table& table, const Parts& parts, std::uint64_t seed)
      : encoding_(one_class::encoding_of(split(table, parts.fit).training)),
        reconstruct_(family.train(encoding_.transform(table.take(parts.fit)), seed)) {
    const Matrix<float> x = encoding_.transform(table.take(parts.calibrate));
    const Matrix<float> y = reconstruct_(x);
    errors_ = weir::ReconstructionError::fit(x, y);
    calibration_ = scores(x, y);
  }

  [[nodiscard]] std::vector<double> operator()(const weir::Table& table) const {
    const Matrix<float> x = encoding_.transform(table);
    return scores(x, reconstruct_(x));
  }
  /// What the share q of the calibration rows does not exceed.
  [[nodiscard]] double threshold(double q) const { return weir::quantile(calibration_, q); }

 private:
  [[nodiscard]] std::vector<double> scores(const Matrix<float>& x, const Matrix<float>& y) const {
    const auto column = [](const Matrix<float>& m, Index i) {
      return std::span<const float>(m.data() + i * m.extents()[0], static_cast<std::size_t>(m.extents()[0]));
    };
    std::vector<double> result;
    for (Index i = 0; i < x.extents()[1]; ++i) result.push_back(errors_(column(x, i), column(y, i)));
    return result;
  }

  weir::Preprocessor encoding_;
  one_class::Reconstruct reconstruct_;
  weir::ReconstructionError errors_;
  std::vector<double> calibration_;
};

/// Half the share of normal rows that pass and half the share of attacks found, every type weighing the same.
[[nodiscard]] double balance(const weir::Table& table, const std::vector<double>& scores, double threshold) {
  struct Count {
    double rows = 0.0, alarms = 0.0;
  };
  std::map<std::string, Count, std::less<>> types;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    Count& count = types[std::string(table.text(weir::nsl_kdd::label, row))];
    count.rows += 1.0;
    count.alarms += scores[row] > threshold ? 1.0 : 0.0;
  }
  double passed = 0.0, found = 0.0;
  for (const auto& [type, count] : types) {
    if (type == "normal") {
      passed = 1.0 - count.alarms / count.rows;
    } else {
      found += count.alarms / count.rows / static_cast<double>(types.size() - 1);
    }
  }
  return 0.5 * passed + 0.5 * found;
}

/// A family at one threshold, as seen on KDDTrain+.
struct Candidate {
  const Family* family = nullptr;
  double quantile = 0.0;
  double balance = 0.0;  ///< mean over the validation seeds
};

/// The best quantile of each family.
[[nodiscard]] std::vector<Candidate> validate(const weir::Table& training,
                                              const std::vector<Family>& families) {
  std::vector<Candidate> result;
  for (const Family& family : families) {
    std::array<double, quantiles.size()> sums{};
    for (std::uint64_t seed = 0; seed < validation_seeds; ++seed) {
      const std::uint64_t own = 1000 + seed;  // not one of those that are counted later
      const Parts parts(training, own, 0.7, 0.15);
      const Detector detector(family, training, parts, own);
      std::vector<std::size_t> judged = parts.rest;
      for (std::size_t row = 0; row < training.rows(); ++row) {
        if (!one_class::is_normal(training, row)) judged.push_back(row);
      }
      const weir::Table table = training.take(judged);
      const std::vector<double> scores = detector(table);
      for (std::size_t q = 0; q < quantiles.size(); ++q) {
        sums[q] += balance(table, scores, detector.threshold(quantiles[q]));
      }
    }
    const auto best = static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
    result.push_back({&family, quantiles[best], sums[best] / static_cast<double>(validation_seeds)});
    std::printf("  %-20s  %.4f  with %.0f %% of normal rows passing\n", family.name.c_str(),
                result.back().balance, 100.0 * result.back().quantile);
    std::fflush(stdout);
  }
  return result;
}

/// "91.01 ± 0.45", the deviation being that of a sample.
[[nodiscard]] std::string spread(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double v : values) mean += v / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  char text[48];
  std::snprintf(text, sizeof text, "%.2f ± %.2f", mean,
                values.size() < 2 ? 0.0 : std::sqrt(squares / (n - 1.0)));
  return text;
}

void count(const Candidate& candidate, const weir::Table& training, const weir::Table& test,
           std::uint64_t seeds) {
  std::map<std::string, std::vector<double>> results;
  std::string each;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Detector detector(*candidate.family, training, Parts(training, seed, 0.8, 0.2), seed);
    const double threshold = detector.threshold(candidate.quantile);
    const std::vector<double> scores = detector(test);
    weir::ConfusionMatrix counts(2);
    for (std::size_t row = 0; row < scores.size(); ++row) {
      counts.add(one_class::is_normal(test, row) ? 0 : 1, scores[row] > threshold ? 1 : 0);
    }
    results["accuracy"].push_back(100.0 * counts.accuracy());
    results["F1"].push_back(100.0 * counts.f1(weir::ConfusionMatrix::Average::macro));
    results["normal"].push_back(100.0 * counts.recall(0));
    results["attack"].push_back(100.0 * counts.recall(1));
    char text[16];
    std::snprintf(text, sizeof text, " %.2f", 100.0 * counts.accuracy());
    each += text;
  }
  std::printf("  %-20s  accuracy %s  macro F1 %s  recall: normal %s, attack %s  (%s )\n",
              candidate.family->name.c_str(), spread(results["accuracy"]).c_str(),
              spread(results["F1"]).c_str(), spread(results["normal"]).c_str(),
              spread(results["attack"]).c_str(), each.c_str());
  std::fflush(stdout);
}

[[nodiscard]] int run(const std::string& folder, std::uint64_t seeds, bool all) {
  const weir::Table training = one_class::load(folder, "KDDTrain+");
  if (training.rows() == 0) {
    std::printf(
        "NSL-KDD: SKIPPED, because '%s' does not hold KDDTrain+.txt and KDDTest+.txt.\n"
        "Give their folder as argument, or its parent as WEIR_DATA.\n",
        folder.c_str());
    return 0;
  }
  const std::vector<Family> families = one_class::families();
  std::printf("KDDTrain+, normal rows to learn from; normal rows held back and attacks to choose by:\n");
  const std::vector<Candidate> candidates = validate(training, families);
  const Candidate chosen =
      *std::max_element(candidates.begin(), candidates.end(),
                        [](const Candidate& a, const Candidate& b) { return a.balance < b.balance; });

  const weir::Table test = one_class::load(folder, "KDDTest+");
  if (test.rows() == 0) {
    std::printf("There is no KDDTest+.txt to judge by.\n");
    return 0;
  }
  std::printf("\nKDDTest+, per cent, %llu seeds; chosen above:\n", static_cast<unsigned long long>(seeds));
  count(chosen, training, test, seeds);
  if (!all) return 0;
  std::printf("\nThe others, for comparison:\n");
  for (const Candidate& other : candidates) {
    if (other.family != chosen.family) count(other, training, test, seeds);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* data = std::getenv("WEIR_DATA");
  std::string folder = std::string(data == nullptr ? "." : data) + "/nsl-kdd";
  std::uint64_t seeds = 1;
  bool all = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      seeds = std::max<std::uint64_t>(std::strtoull(argv[++i], nullptr, 10), 1);
    } else if (argument == "--all") {
      all = true;
    } else {
      folder = argument;
    }
  }
  try {
    return run(folder, seeds, all);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "05_one_class: %s\n", error.what());
    return 2;
  }
}
