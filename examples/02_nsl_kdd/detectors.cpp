#include "detectors.hpp"

#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/detect/reconstruction.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adamw.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace nsl {

namespace {

using weir::Dense;
using weir::Index;
using weir::Matrix;
using weir::Relu;
using weir::Rng;
using weir::RngKey;
using weir::Sequential;
using weir::TrainingRows;
using Dataset = weir::Dataset<float>;

/// Weights and biases from U(-1/sqrt(inputs), 1/sqrt(inputs)).
template <class Net>
void draw_weights(Net& net, RngKey key) {
  Rng rng(key);
  double bound = 1.0;
  Net::visit(
      [&](weir::Role role, const weir::ParamName&, auto values) {
        if (role == weir::Role::weight) bound = 1.0 / std::sqrt(static_cast<double>(values.extents()[1]));
        for (float& v : values.span()) v = static_cast<float>(rng.uniform(-bound, bound));
      },
      net);
}

/// Trains for some epochs, for each of which `next_epoch(rng)` makes the data in the order of their batches.
/// The learning rate falls along half a cosine, in a step an epoch, to a hundredth.
template <class Net, class Loss, class NextEpoch>
void train(Net& net, const Loss& loss, weir::AdamW optimizer, Index epochs, Index batch_size, RngKey key,
           NextEpoch next_epoch) {
  draw_weights(net, key.fork(0));
  auto state = weir::start_fit(std::move(net), optimizer, key.value);
  weir::FitOptions options{.batch_size = batch_size, .shuffle = false, .seed = key.value};
  options.schedule = [epochs](const weir::TrainingMoment& now) {
    return 0.5 * (1.0 + std::cos(3.14159265358979 * std::floor(now.progress) / static_cast<double>(epochs))) +
           0.01;
  };
  Rng rng(key.fork(1));
  for (options.epochs = 1; options.epochs <= epochs; ++options.epochs) {
    weir::continue_fit(state, next_epoch(rng), Dataset{}, loss, optimizer, options);
  }
  net = std::move(state.net);
}

[[nodiscard]] std::vector<Index> shuffled(std::size_t count, Index batch_size, Rng& rng) {
  std::vector<Index> order(count);
  std::iota(order.begin(), order.end(), Index{0});
  weir::shuffle(std::span(order), rng);
  order.resize(count - count % static_cast<std::size_t>(batch_size));  // whole batches only
  return order;
}

/// How often each attack type occurs among the rows, at each row.
[[nodiscard]] std::vector<double> type_counts(const weir::Table& table) {
  const auto codes = table.codes(weir::nsl_kdd::label);
  std::vector<double> of_type(table.dictionary(table.index_of(weir::nsl_kdd::label)).size());
  for (const std::uint32_t code : codes) of_type[code] += 1.0;
  std::vector<double> counts;
  for (const std::uint32_t code : codes) counts.push_back(of_type[code]);
  return counts;
}

[[nodiscard]] std::span<const float> column(const Matrix<float>& x, Index i) {
  return {x.data() + i * x.extents()[0], static_cast<std::size_t>(x.extents()[0])};
}

/// Beta(a, a) for a < 1, after Jöhnk (1964).
[[nodiscard]] double beta(double a, Rng& rng) {
  for (;;) {
    const double x = std::pow(rng.uniform(), 1.0 / a);
    const double y = std::pow(rng.uniform(), 1.0 / a);
    if (x + y > 0.0 && x + y <= 1.0) return x / (x + y);
  }
}

}  // namespace

Score train_autoencoder(const TrainingRows& normal, std::uint64_t seed) {
  const weir::Preprocessor encoding = log_encoding(normal);
  Dataset data;
  data.x = encoding.transform(normal.table());
  const Index d = data.x.extents()[0];
  data.shape = weir::Shape{d};

  Sequential net{Dense{d, 256}, Relu{}, Dense{256, 32}, Relu{}, Dense{32, 256}, Relu{}, Dense{256, d}};
  train(net, weir::MeanSquaredError{}, {.learning_rate = 3e-3, .weight_decay = 0.0}, 30, 256,
        RngKey{seed}.fork(10), [&](Rng& rng) { return data.subset(shuffled(normal.rows(), 256, rng)); });

  const auto errors = weir::ReconstructionError::fit(data.x, weir::predict(net, data.x));
  return [encoding, net, errors](const weir::Table& table) {
    const Matrix<float> x = encoding.transform(table);
    const Matrix<float> y = weir::predict(net, x);
    std::vector<double> scores;
    for (Index i = 0; i < x.extents()[1]; ++i) scores.push_back(errors(column(x, i), column(y, i)));
    return scores;
  };
}

namespace {

/// Batches of 256 rows and 256 made-up anomalies.
class ExposedBatches {
 public:
  static constexpr Index half = 256;

  ExposedBatches(const TrainingRows& rows, const std::vector<std::int32_t>& classes,
                 const RankEncoding& encoding)
      : x_(encoding(rows.table())), columns_(encoding.columns()) {
    const std::vector<double> counts = type_counts(rows.table());
    double attack_weight = 0.0;
    for (std::size_t row = 0; row < classes.size(); ++row) {
      labels_.push_back(classes[row] == 0 ? 0 : 1);
      if (classes[row] == 0) normal_.push_back(static_cast<Index>(row));
      weights_.push_back(classes[row] == 0 ? 1.0 : 1.0 / std::sqrt(counts[row]));
      if (classes[row] != 0) attack_weight += weights_.back();
    }
    // Rare attack types count for more than their share, and all attacks for as much as all normal rows.
    const double factor = static_cast<double>(normal_.size()) / attack_weight;
    for (std::size_t row = 0; row < classes.size(); ++row) {
      if (classes[row] != 0) weights_[row] *= factor;
    }
  }

  [[nodiscard]] Dataset operator()(Rng& rng) const {
    const std::vector<Index> order = shuffled(labels_.size(), half, rng);
    Dataset data;
    data.shape = weir::Shape{x_.extents()[0]};
    data.x = Matrix<float>(x_.extents()[0], 2 * order.size());
    float* out = data.x.data();
    for (std::size_t begin = 0; begin < order.size(); begin += half) {
      for (std::size_t i = begin; i < begin + half; ++i, out += x_.extents()[0]) {
        const std::span<const float> row = column(x_, order[i]);
        std::copy(row.begin(), row.end(), out);
        add_target(data, labels_[static_cast<std::size_t>(order[i])],
                   weights_[static_cast<std::size_t>(order[i])]);
      }
      for (Index i = 0; i < half; ++i, out += x_.extents()[0]) {
        make_up(out, rng);
        add_target(data, 1, 0.5);
      }
    }
    return data;
  }

 private:
  static void add_target(Dataset& data, weir::Label label, double weight) {
    data.labels.push_back(label);
    data.weights.push_back(static_cast<float>(weight));
  }
  [[nodiscard]] std::span<const float> any_normal(Rng& rng) const {
    return column(x_, normal_[rng.below(normal_.size())]);
  }
  /// A normal row of which 5 % to 50 % of the columns come from other normal rows; at least one does.
  void make_up(float* out, Rng& rng) const {
    const std::span<const float> base = any_normal(rng);
    std::copy(base.begin(), base.end(), out);
    const double rate = rng.uniform(0.05, 0.5);
    const std::uint64_t forced = rng.below(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c != forced && !rng.chance(rate)) continue;
      const auto [feature, count] = columns_[c];
      std::copy_n(any_normal(rng).data() + feature, count, out + feature);
    }
  }

  Matrix<float> x_;
  const std::vector<std::pair<std::size_t, std::size_t>>& columns_;
  std::vector<weir::Label> labels_;
  std::vector<double> weights_;
  std::vector<Index> normal_;
};

}  // namespace

Score train_classifier(const TrainingRows& rows, const std::vector<std::int32_t>& classes,
                       std::uint64_t seed) {
  const RankEncoding encoding(rows);
  const ExposedBatches batches(rows, classes, encoding);
  const auto d = static_cast<Index>(encoding.columns().back().first + encoding.columns().back().second);
  Sequential net{Dense{d, 128}, Relu{}, Dense{128, 64}, Relu{}, Dense{64, 1}};
  train(net, weir::BinaryCrossEntropy{}, {.learning_rate = 1e-3, .weight_decay = 1e-4}, 8,
        2 * ExposedBatches::half, RngKey{seed}.fork(20), batches);
  return [encoding, net](const weir::Table& table) {
    const Matrix<float> logits = weir::predict(net, encoding(table));
    return std::vector<double>(logits.data(), logits.data() + logits.size());
  };
}

namespace {

/// The attacks among the rows, mixed in pairs: lambda is drawn for each batch, the partner within it.
class MixedBatches {
 public:
  static constexpr std::size_t size = 256;

  MixedBatches(const TrainingRows& rows, const std::vector<std::int32_t>& classes, Matrix<float> x)
      : x_(std::move(x)) {
    const std::vector<double> counts = type_counts(rows.table());
    for (std::size_t row = 0; row < classes.size(); ++row) {
      if (classes[row] == 0) continue;
      rows_.push_back(static_cast<Index>(row));
      classes_.push_back(classes[row] - 1);
      weights_.push_back(static_cast<float>(1.0 / std::sqrt(counts[row])));
    }
  }

  [[nodiscard]] Dataset operator()(Rng& rng) const {
    const std::vector<Index> order = shuffled(rows_.size(), size, rng);
    Dataset data;
    data.shape = weir::Shape{x_.extents()[0]};
    data.x = Matrix<float>(x_.extents()[0], order.size());
    data.targets = Matrix<float>(4, order.size());
    for (std::size_t begin = 0; begin < order.size(); begin += size) {
      const auto lambda = static_cast<float>(beta(0.4, rng));
      std::vector<Index> partners(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                  order.begin() + static_cast<std::ptrdiff_t>(begin + size));
      weir::shuffle(std::span(partners), rng);
      for (std::size_t i = 0; i < size; ++i) mix(data, begin + i, order[begin + i], partners[i], lambda);
    }
    return data;
  }

 private:
  /// Column `at` of the data becomes the mixture. The weighted losses of both add up to that of one target.
  void mix(Dataset& data, std::size_t at, Index first, Index second, float lambda) const {
    const auto i = static_cast<std::size_t>(first);
    const auto j = static_cast<std::size_t>(second);
    const std::span<const float> a = column(x_, rows_[i]);
    const std::span<const float> b = column(x_, rows_[j]);
    float* out = data.x.data() + at * a.size();
    for (std::size_t k = 0; k < a.size(); ++k) out[k] = lambda * a[k] + (1.0F - lambda) * b[k];
    const float weight_a = lambda * weights_[i];
    const float weight_b = (1.0F - lambda) * weights_[j];
    float* target = data.targets.data() + at * 4;
    target[classes_[i]] += weight_a / (weight_a + weight_b);
    target[classes_[j]] += weight_b / (weight_a + weight_b);
    data.weights.push_back(weight_a + weight_b);
  }

  Matrix<float> x_;
  std::vector<Index> rows_;
  std::vector<std::int32_t> classes_;
  std::vector<float> weights_;
};

}  // namespace

AttackClass train_attack_classifier(const TrainingRows& rows, const std::vector<std::int32_t>& classes,
                                    std::uint64_t seed) {
  const weir::Preprocessor encoding = log_encoding(rows);
  const MixedBatches batches(rows, classes, encoding.transform(rows.table()));
  const auto d = static_cast<Index>(encoding.features());
  const Sequential untrained{Dense{d, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 4}, weir::Softmax{}};
  std::vector nets(3, untrained);
  for (std::uint64_t i = 0; i < nets.size(); ++i) {
    train(nets[i], weir::CategoricalCrossEntropy{}, {.learning_rate = 1e-3, .weight_decay = 1e-4}, 10,
          static_cast<Index>(MixedBatches::size), RngKey{seed}.fork(30 + i), batches);
  }
  return [encoding, nets](const weir::Table& table) {
    const Matrix<float> x = encoding.transform(table);
    Matrix<float> sum(4, table.rows());
    for (const auto& net : nets) {
      const Matrix<float> p = weir::predict(net, x);
      for (Index i = 0; i < p.size(); ++i) sum.data()[i] += p.data()[i];
    }
    std::vector<std::int32_t> best;
    for (Index i = 0; i < sum.extents()[1]; ++i) {
      const auto votes = column(sum, i);
      best.push_back(
          static_cast<std::int32_t>(1 + (std::max_element(votes.begin(), votes.end()) - votes.begin())));
    }
    return best;
  };
}

}  // namespace nsl
