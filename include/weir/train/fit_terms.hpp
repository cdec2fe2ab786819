// By what a training stands: its rows, loss, optimizer and options, as named texts. Who goes on by others does not
// get what never stopping would have given, so what is read from a checkpoint goes on by the same ones only.
//
// The number of epochs and the schedule are no terms: what matters is that the epochs that are done had the learning
// rates that they have now, and that is in the history.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_texts.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/fit_options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

using FitTerms = std::vector<std::pair<std::string, std::string>>;

namespace detail {

/// Tells sets of rows apart, at the speed of memory: four lanes of FNV-1a, eight bytes a step.
class Digest {
 public:
  template <class T>
  Digest& add(std::span<const T> values) {
    const std::span<const std::byte> bytes = std::as_bytes(values);
    lanes_[0] = step(lanes_[0], bytes.size());
    std::size_t at = 0;
    for (; at + 32 <= bytes.size(); at += 32) {
      for (std::size_t lane = 0; lane < 4; ++lane)
        lanes_[lane] = step(lanes_[lane], word(bytes.subspan(at + 8 * lane, 8)));
    }
    for (; at < bytes.size(); at += 8)
      lanes_[0] = step(lanes_[0], word(bytes.subspan(at, std::min<std::size_t>(8, bytes.size() - at))));
    return *this;
  }
  /// 16 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    std::uint64_t all = lanes_[0];
    for (std::size_t lane = 1; lane < 4; ++lane) all = step(all, lanes_[lane]);
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(all));
    return digits.data();
  }

 private:
  [[nodiscard]] static std::uint64_t word(std::span<const std::byte> bytes) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  /// A multiplication carries upwards only, so what is above comes down first.
  [[nodiscard]] static std::uint64_t step(std::uint64_t lane, std::uint64_t value) noexcept {
    lane = (lane ^ value) * 0x9E3779B97F4A7C15ULL;
    return lane ^ (lane >> 32U);
  }

  std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
};

/// "1500 of 8, digest 0123456789abcdef"
template <class T>
[[nodiscard]] std::string rows_text(const Dataset<T>& data) {
  Digest digest;
  digest.add(std::span<const T>(data.x.span())).add(std::span<const T>(data.targets.span()));
  digest.add(std::span<const Label>(data.labels)).add(std::span<const Index>(data.lengths));
  digest.add(std::span<const T>(data.weights));
  return std::to_string(data.rows()) + " of " + data.shape.str() + ", digest " + digest.text();
}

/// "sgd:learning_rate=0.05:momentum=0.9"
[[nodiscard]] inline std::string kind_text(std::string_view kind, const Config& options) {
  std::string text(kind);
  for (const auto& [name, value] : options.entries()) text.append(":" + name + "=").append(value_text(value));
  return text;
}

template <class Loss>
[[nodiscard]] std::string loss_text(const Loss& loss) {
  if constexpr (requires { loss.kind(); }) {  // known at run time
    return kind_text(loss.kind(), config_of(loss));
  } else if constexpr (requires { Loss::kind; }) {
    return kind_text(Loss::kind, config_of(loss));
  } else {
    return "a loss without a name";
  }
}

template <class T, class Loss, class Optimizer>
[[nodiscard]] FitTerms terms_of(const Dataset<T>& training, const Dataset<T>& validation, const Loss& loss,
                                const Optimizer& optimizer, const FitOptions& options) {
  FitTerms terms{{"rows", rows_text(training)},
                 {"validation rows", rows_text(validation)},
                 {"loss", loss_text(loss)},
                 {"optimizer", kind_text(rule_kind(optimizer), config_of(optimizer))}};
  for (const FieldText& option : field_texts(options)) {
    const bool free = option.name == "epochs" || option.name == "validation";  // the rows tell
    if (!free && option.name != "class_weights") terms.emplace_back(option.name, option.standard);
  }
  std::string weights;
  for (const double weight : options.class_weights)
    weights += (weights.empty() ? "" : " ") + short_text(weight);
  terms.emplace_back("class_weights", std::move(weights));
  return terms;
}

/// The first term that is another, options before rows, which may differ because of them; empty when none is.
[[nodiscard]] inline std::string difference(const FitTerms& then, const FitTerms& now) {
  constexpr std::size_t of_rows = 2;
  for (std::size_t k = 0; k < now.size(); ++k) {
    const std::size_t i = (k + of_rows) % now.size();
    const bool known = i < then.size() && then[i].first == now[i].first;
    const std::string before = known ? in_quotes(then[i].second) : "not known";
    if (!known || then[i].second != now[i].second)
      return now[i].first + " was " + before + ", and is " + in_quotes(now[i].second) +
             (i < of_rows ? "; other data, or divided or prepared in another way" : "");
  }
  return {};
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
