// Every loss against numerical derivatives, and their common rules: padding, parts of a batch, extreme logits.
#include <weir/losses/builtin_losses.hpp>
#include <weir/train/gradient_check.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

using namespace weir;

namespace {

enum class Kind { labels, values };

/// Random outputs, targets that suit the loss, and weights.
template <class T>
struct Problem {
  Shape shape;
  Index count;
  std::vector<Index> lengths;
  std::vector<T> z, values, weights;
  std::vector<Label> labels;

  Problem(Link link, Kind kind, Shape of, Index samples, bool weighted, std::vector<Index> used,
          std::uint64_t seed)
      : shape(of), count(samples), lengths(std::move(used)) {
    Rng rng(seed);
    const Index c = shape.channels;
    for (Index i = 0; i < shape.size() * count; ++i) z.push_back(static_cast<T>(2.0 * rng.normal()));
    if (weighted) {
      for (Index i = 0; i < count; ++i) weights.push_back(static_cast<T>(rng.uniform(0.1, 3.0)));
    }
    if (kind == Kind::labels) {
      for (Index i = 0; i < shape.length * count; ++i) {
        labels.push_back(
            static_cast<Label>(rng.below(link == Link::softmax ? static_cast<std::uint64_t>(c) : 2)));
      }
      return;
    }
    for (Index i = 0; i < shape.size() * count; ++i) {
      values.push_back(static_cast<T>(link == Link::identity ? rng.normal() : rng.uniform(0.05, 1.0)));
    }
    if (link != Link::softmax) return;
    for (auto column = values.begin(); column != values.end(); column += c) {
      T sum = T(0);
      for (Index j = 0; j < c; ++j) sum += column[j];
      for (Index j = 0; j < c; ++j) column[j] /= sum;
    }
  }

  [[nodiscard]] BatchView<const T> outputs() const { return {z.data(), shape, count, lengths}; }
  [[nodiscard]] Targets<T> targets() const {
    Targets<T> t;
    t.labels = labels;
    if (!values.empty()) t.values = BatchView<const T>(values.data(), shape, count, lengths);
    return t;
  }
  [[nodiscard]] std::span<const T> sample_weights() const { return weights; }
  /// With the scale of the whole; `gradient` may be empty.
  [[nodiscard]] LossBatch<T> batch(std::span<T> gradient = {}) const {
    const double total = total_weight(outputs(), sample_weights());
    LossBatch<T> all{outputs(), targets(), weights, static_cast<T>(1.0 / total), {}};
    if (!gradient.empty()) all.gradient = {gradient.data(), shape, count, lengths};
    return all;
  }
};

/// Calls f(loss, kind of targets) for every loss that there is and what it takes, and for one with options.
template <class F>
void each_loss(F f) {
  const auto with_all = [&](const auto& loss) {
    if (loss.takes != Takes::labels) f(loss, Kind::values);
    if (loss.takes != Takes::values) f(loss, Kind::labels);
  };
  [&]<class... L>(KindList<L...>) { (with_all(L{}), ...); }(BuiltinLosses{});
  f(CategoricalCrossEntropy{.label_smoothing = 0.15}, Kind::labels);
}

/// Numbers of outputs that the loss has with such targets.
std::vector<Index> widths_of(Link link, Kind kind) {
  if (link == Link::softmax) return {2, 5, 17};
  return link == Link::sigmoid && kind == Kind::labels ? std::vector<Index>{1} : std::vector<Index>{1, 3, 17};
}

template <class Loss>
void check(const Loss& loss, Kind kind) {
  const std::vector<Index> widths = widths_of(Loss::link, kind);
  for (const Index c : widths) {
    for (const bool weighted : {false, true}) {
      const std::vector<Problem<double>> problems{
          {Loss::link, kind, Shape{c}, 5, weighted, {}, 1},
          {Loss::link, kind, Shape{c}, 19, weighted, {}, 2},
          {Loss::link, kind, Shape{c, 3}, 2, weighted, {}, 3},
          {Loss::link, kind, Shape{c, 4}, 3, weighted, {4, 1, 2}, 4},
      };
      for (const Problem<double>& p : problems) {
        const GradientReport report = gradient_check_loss(loss, p.batch(), {.entries = 60});
        INFO(std::string(Loss::kind), " on ", p.shape.str(), " weighted ", weighted, ": ", report.str());
        CHECK(report.error <= 1e-9);
        CHECK(report.passed());
        CHECK(report.unresolved == 0);
      }
    }
  }
}

}  // namespace

TEST_CASE("losses: gradients") {
  each_loss([](const auto& loss, Kind kind) { check(loss, kind); });
}

namespace {

/// The value, and the gradient in a buffer full of garbage.
template <class Loss, class T>
double run(const Loss& loss, const Problem<T>& p, std::vector<T>& gradient) {
  gradient.assign(p.z.size(), T(1e9));
  return loss(p.batch(gradient)) / total_weight(p.outputs(), p.sample_weights());
}

/// What stands in padding, outputs and targets alike, has no effect, and its gradient is zero.
template <class Loss>
void check_padding(const Loss& loss, Kind kind) {
  const Index c = kind == Kind::labels && Loss::link == Link::sigmoid ? 1 : 3;
  Problem<float> p(Loss::link, kind, Shape{c, 4}, 3, true, {4, 1, 2}, 9);
  std::vector<float> before, after;
  const double value = run(loss, p, before);
  for (const Index column : {5, 6, 7, 10, 11}) {
    for (Index j = 0; j < c; ++j) {
      const auto at = static_cast<std::size_t>(column * c + j);
      CHECK(before[at] == 0.0F);
      p.z[at] = std::nanf("");
      if (kind == Kind::values) p.values[at] = std::nanf("");
    }
    if (kind == Kind::labels) p.labels[static_cast<std::size_t>(column)] = -1;
  }
  CHECK(run(loss, p, after) == value);
  CHECK(after == before);
}

/// Parts of a batch, each with the whole batch's scale, add up to the batch.
template <class Loss>
void check_parts(const Loss& loss, Kind kind) {
  const Index c = kind == Kind::labels && Loss::link == Link::sigmoid ? 1 : 3;
  const Problem<float> p(Loss::link, kind, Shape{c, 2}, 21, true, {}, 10);
  std::vector<float> whole, parts(p.z.size());
  const double value = run(loss, p, whole);
  const double total = total_weight(p.outputs(), p.sample_weights());
  double sum = 0.0;
  for (Index first = 0; first < 21; first += 8) {
    const Index count = std::min<Index>(8, 21 - first);
    const LossBatch<float> all = p.batch(parts);
    sum += loss(LossBatch<float>{
        all.outputs.slice(first, count), all.targets.slice(first, count, 2),
        all.weights.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), all.scale,
        all.gradient.slice(first, count)});
  }
  CHECK(sum / total == doctest::Approx(value).epsilon(1e-6));
  CHECK(parts == whole);
}

}  // namespace

TEST_CASE("losses: padding has no effect") {
  each_loss([](const auto& loss, Kind kind) { check_padding(loss, kind); });
}

TEST_CASE("losses: the parts of a batch add up") {
  each_loss([](const auto& loss, Kind kind) { check_parts(loss, kind); });
}

TEST_CASE("losses: logits of any size give finite losses and gradients, NaN gives NaN") {
  for (const float logit : {0.0F, 50.0F, -50.0F, 1e4F, -1e4F, 1e30F, -1e30F}) {
    const std::vector<Label> labels{1};
    float gradient = 42.0F;
    const double loss = BinaryCrossEntropy{}(
        LossBatch<float>{{&logit, Shape{1}, 1}, {labels, {}}, {}, 1.0F, {&gradient, Shape{1}, 1}});
    CHECK(loss == doctest::Approx(logit < 0 ? -static_cast<double>(logit)
                                            : std::log1p(std::exp(-static_cast<double>(logit)))));
    CHECK(gradient == doctest::Approx(-1.0 / (1.0 + std::exp(static_cast<double>(logit)))));

    const std::vector<float> z{0.0F, logit};
    std::vector<float> dz(2, 42.0F);
    const double categorical = CategoricalCrossEntropy{}(
        LossBatch<float>{{z.data(), Shape{2}, 1}, {labels, {}}, {}, 1.0F, {dz.data(), Shape{2}, 1}});
    CHECK(categorical == doctest::Approx(loss));
    CHECK(dz[1] == doctest::Approx(gradient));
    CHECK(dz[0] == doctest::Approx(-gradient));
  }
  const float nan = std::nanf("");
  const std::vector<Label> labels{1};
  CHECK(std::isnan(BinaryCrossEntropy{}(LossBatch<float>{{&nan, Shape{1}, 1}, {labels, {}}, {}, 1.0F, {}})));
}
