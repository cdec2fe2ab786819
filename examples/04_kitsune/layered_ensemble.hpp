// Kitsune's ensemble as a net of layers: a tied autoencoder for each group of features, all trained together
// in batches, where the detector itself learns packet by packet (examples/08_field_models/kitsune_ensemble).
#pragma once

#include <weir/detect/feature_map.hpp>
#include <weir/infer.hpp>
#include <weir/train.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

class LayeredEnsemble {
 public:
  /// The groups that the detector has found.
  explicit LayeredEnsemble(const weir::FeatureMap& map) {
    std::string text;
    for (const auto& group : map) {
      const std::size_t first = order_.size(), count = group.size();
      text += text.empty() ? "parallel[" : "|";
      text += "slice:" + std::to_string(first) + ":" + std::to_string(count) +
              ",tied_autoencoder:" + std::to_string((3 * count + 3) / 4);
      order_.insert(order_.end(), group.begin(), group.end());
      ends_.push_back(order_.size());
    }
    net_ = weir::build<float>(text + "]", shape());
    workspace_.emplace(net_, shape(), 1);
    x_.resize(order_.size());
  }

  /// `rows`: one packet's features after another.
  void learn(std::span<const float> rows) {
    const std::size_t features = order_.size();
    low_.assign(features, std::numeric_limits<float>::max());
    high_.assign(features, std::numeric_limits<float>::lowest());
    for (std::size_t at = 0; at < rows.size(); ++at) {
      low_[at % features] = std::min(low_[at % features], rows[at]);
      high_[at % features] = std::max(high_[at % features], rows[at]);
    }
    weir::Dataset<float> data;
    data.shape = shape();
    data.x = weir::Matrix<float>(data.shape.channels, static_cast<weir::Index>(rows.size() / features));
    for (std::size_t row = 0; row * features < rows.size(); ++row) {
      encode(rows.subspan(row * features, features), data.x.span().subspan(row * features, features));
    }
    weir::fit(net_, data, weir::MeanSquaredError{}, weir::Adam{}, {.epochs = 3, .batch_size = 64});
  }

  /// Mean over the groups of the root mean square error of each.
  [[nodiscard]] float score(std::span<const float> features) {
    encode(features, x_);
    const std::span<const float> y = workspace_->predict(net_, x_);
    float sum = 0.0F;
    std::size_t from = 0;
    for (const std::size_t end : ends_) {
      float squares = 0.0F;
      for (std::size_t i = from; i < end; ++i) squares += (y[i] - x_[i]) * (y[i] - x_[i]);
      sum += std::sqrt(squares / static_cast<float>(end - from));
      from = end;
    }
    return sum / static_cast<float>(ends_.size());
  }

 private:
  [[nodiscard]] weir::Shape shape() const { return {static_cast<weir::Index>(order_.size())}; }

  /// Group by group, each feature in units of its range in training.
  void encode(std::span<const float> features, std::span<float> to) const {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const std::size_t f = order_[i];
      const float range = high_[f] - low_[f];
      to[i] = range > 0.0F ? (features[f] - low_[f]) / range : 0.0F;
    }
  }

  std::vector<std::size_t> order_, ends_;  ///< features group by group; where each group ends
  std::vector<float> low_, high_;
  weir::AnyModel<float> net_;
  std::optional<weir::Workspace<weir::AnyModel<float>>> workspace_;
  std::vector<float> x_;
};
