// Which features belong together: KitNET's feature mapper (Mirsky and others, NDSS 2018, section IV.B).
//
//   per sample     c += x,  r = x - c / N,  s += r^2,  C += r r'          (the mean is that of the moment)
//   distance       D_ij = max(0, 1 - C_ij / (sqrt(s_i) sqrt(s_j))),  with 1e-100 in place of a zero divisor
//   tree           single linkage over D; ties in the order of Prim's algorithm from feature 0
//   groups         the tree is cut from its root until no branch has more than m leaves, left before right,
//                  and left is the branch that was made first
//
// The same groups in the same order as scipy's `linkage`, `to_tree` and `pre_order` give (scipy 1.17). Sums
// and distances are rounded as numpy rounds them, because features that repeat each other differ in the last
// bit only, and that bit decides the tree.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/rounded.hpp>
#include <weir/detect/snapshot.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The features of each group; every feature is in one.
using FeatureMap = std::vector<std::vector<std::size_t>>;

namespace detail {

struct TreeEdge {
  std::size_t from, to;
  double distance;
};

/// Edges of the smallest tree over `distance(i, j)`, in the order in which they are found from 0 on. `from`
/// is the point found before, which for the order of merging is as good as the neighbour itself.
template <class Distance>
[[nodiscard]] std::vector<TreeEdge> spanning_tree(std::size_t n, Distance distance) {
  std::vector<double> nearest(n, std::numeric_limits<double>::infinity());
  std::vector<bool> in_tree(n, false);
  std::vector<TreeEdge> edges;
  std::size_t at = 0;
  while (edges.size() + 1 < n) {
    in_tree[at] = true;
    std::size_t next = n;
    for (std::size_t i = 0; i < n; ++i) {
      if (in_tree[i]) continue;
      nearest[i] = std::min(nearest[i], distance(at, i));
      if (next == n || nearest[i] < nearest[next]) next = i;
    }
    edges.push_back({at, next, nearest[next]});
    at = next;
  }
  return edges;
}

/// A dendrogram: nodes below n are leaves, node n + i has the branches of row i.
struct Dendrogram {
  std::size_t leaves;
  std::vector<std::pair<std::size_t, std::size_t>> branches;
  std::vector<std::size_t> counts;

  void append_leaves(std::size_t node, std::vector<std::size_t>& to) const {
    std::vector<std::size_t> open{node};
    while (!open.empty()) {
      const std::size_t top = open.back();
      open.pop_back();
      if (top < leaves) {
        to.push_back(top);
      } else {
        open.push_back(branches[top - leaves].second);
        open.push_back(branches[top - leaves].first);
      }
    }
  }
};

template <class Distance>
[[nodiscard]] Dendrogram single_linkage(std::size_t n, Distance distance) {
  std::vector<TreeEdge> edges = spanning_tree(n, distance);
  std::stable_sort(edges.begin(), edges.end(),
                   [](const TreeEdge& a, const TreeEdge& b) { return a.distance < b.distance; });
  std::vector<std::size_t> parent(2 * n - 1);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  Dendrogram tree{n, {}, std::vector<std::size_t>(n, 1)};
  for (const TreeEdge& edge : edges) {
    const std::size_t a = root(edge.from), b = root(edge.to);
    parent[a] = parent[b] = n + tree.branches.size();
    tree.branches.emplace_back(std::min(a, b), std::max(a, b));
    tree.counts.push_back(tree.counts[a] + tree.counts[b]);
  }
  return tree;
}

}  // namespace detail

/// Groups of at most `largest` of n points; `distance(i, j)` is symmetric.
template <class Distance>
[[nodiscard]] FeatureMap cluster_features(std::size_t n, std::size_t largest, Distance distance) {
  FeatureMap map;
  if (n == 0) return map;
  const detail::Dendrogram tree = detail::single_linkage(n, distance);
  std::vector<std::size_t> open{tree.counts.size() - 1};
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (tree.counts[node] <= std::max<std::size_t>(largest, 1)) {
      tree.append_leaves(node, map.emplace_back());
    } else {
      open.push_back(tree.branches[node - n].second);
      open.push_back(tree.branches[node - n].first);
    }
  }
  return map;
}

/// Learns the distances from samples.
class FeatureMapper {
 public:
  explicit FeatureMapper(std::size_t features)
      : sums_(features), squares_(features), products_(features * features), residual_(features) {}

  [[nodiscard]] std::size_t features() const noexcept { return sums_.size(); }
  [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }

  template <class T>
  void add(std::span<const T> x) noexcept {
    const std::size_t n = features();
    assert(x.size() == n);
    const auto count = static_cast<double>(++samples_);
    for (std::size_t i = 0; i < n; ++i) {
      sums_[i] += static_cast<double>(x[i]);
      residual_[i] = static_cast<double>(x[i]) - detail::rounded(sums_[i] / count);
      squares_[i] += detail::rounded(residual_[i] * residual_[i]);
    }
    for (std::size_t i = 0; i < n; ++i) {  // above the diagonal is enough
      const double r = residual_[i];
      double* row = products_.data() + i * n;
      for (std::size_t j = i + 1; j < n; ++j) row[j] += detail::rounded(r * residual_[j]);
    }
  }

  [[nodiscard]] double distance(std::size_t i, std::size_t j) const noexcept {
    if (i > j) std::swap(i, j);
    const double divisor = std::sqrt(squares_[i]) * std::sqrt(squares_[j]);
    return std::max(0.0, 1.0 - products_[i * features() + j] / (divisor == 0.0 ? 1e-100 : divisor));
  }
  [[nodiscard]] FeatureMap map(std::size_t largest) const {
    return cluster_features(features(), largest,
                            [this](std::size_t i, std::size_t j) { return distance(i, j); });
  }

  void save(Snapshot& to) const {
    to.words["mapper.samples"] = {samples_};
    to.numbers["mapper.sums"] = sums_;
    to.numbers["mapper.squares"] = squares_;
    to.numbers["mapper.products"] = products_;
  }
  [[nodiscard]] Status try_load(const Snapshot& from) {
    const auto* samples = from.find_words("mapper.samples", 1);
    const auto* sums = from.find_numbers("mapper.sums", sums_.size());
    const auto* squares = from.find_numbers("mapper.squares", squares_.size());
    const auto* products = from.find_numbers("mapper.products", products_.size());
    if (samples == nullptr || sums == nullptr || squares == nullptr || products == nullptr) {
      return Failure{ErrorKind::format, "FeatureMapper: the state is not as expected"};
    }
    samples_ = samples->front();
    sums_ = *sums;
    squares_ = *squares;
    products_ = *products;
    return std::monostate{};
  }

 private:
  std::uint64_t samples_ = 0;
  std::vector<double> sums_, squares_, products_, residual_;
};

}  // namespace weir::inline WEIR_ABI
