// How the samples that a net reads come about, where they are not the features of one record.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class SampleKind : unsigned char {
  features,  ///< the features of a record
  sequence,  ///< a record's columns are the channels of step 0, of step 1, ...; steps missing at its end are
             ///< padding
  image,     ///< bytes, each times `pixel_scale`
  window     ///< a record is a step of a series, and a sample its last `input.length` steps
};

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(SampleKind) {
  return {"features", "sequence", "image", "window"};
}

struct SampleRule {
  SampleKind kind = SampleKind::features;
  double pixel_scale = 1.0 / 255.0;  ///< image
  Index rows = 0;                    ///< image: pixels down
  Index columns = 0;                 ///< image: pixels across
  Index horizon = 1;                 ///< window: steps from the last one seen to the one that is forecast
  Index target = 0;                  ///< window: the channel that is forecast
  bool relative = false;             ///< window: the net gives the change from the last step seen

  /// The list of its members, for files (io/json_fields.hpp).
  template <class Visitor, class Rule>
  static void fields(Visitor& visit, Rule& rule) {
    const bool image = rule.kind == SampleKind::image;
    const bool window = rule.kind == SampleKind::window;
    visit("kind", rule.kind);
    visit.only_if(image, "scale", rule.pixel_scale);
    visit.only_if(image, "rows", rule.rows);
    visit.only_if(image, "columns", rule.columns);
    visit.only_if(window, "horizon", rule.horizon);
    visit.only_if(window, "target", rule.target);
    visit.only_if(window, "relative", rule.relative);
  }
  friend bool operator==(const SampleRule&, const SampleRule&) = default;
};

/// Steps of a sequence up to the last in which a number is there.
[[nodiscard]] inline Index used_steps(std::span<const double> numbers, Index channels) noexcept {
  Index last = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (is_finite(numbers[i])) last = static_cast<Index>(i) + 1;
  }
  return (last + channels - 1) / channels;
}

namespace detail {

/// Why preprocessing does not give what the rule makes samples of; empty when it does.
[[nodiscard]] inline std::string sample_complaint(const SampleRule& rule, Shape input,
                                                  const Preprocessor& preprocess) {
  const auto features = static_cast<Index>(preprocess.features());
  if (rule.kind == SampleKind::image) {
    const bool pixels = rule.rows >= 1 && rule.columns >= 1 && rule.rows <= input.size() &&
                        rule.columns <= input.size() && rule.rows * rule.columns == input.size();
    return pixels && rule.pixel_scale > 0.0 && is_finite(rule.pixel_scale) &&
                   preprocess.schema.columns.empty()
               ? ""
               : "an image has rows * columns pixels, a scale above 0 and no preprocessing";
  }
  if (rule.kind == SampleKind::features) {
    if (preprocess.schema.columns.empty() || features == input.size()) return "";
    return "preprocessing gives " + std::to_string(features) + " features, the net takes " +
           std::to_string(input.size());
  }
  const Index wanted = rule.kind == SampleKind::window ? input.channels : input.size();
  const auto fine = [&rule](const NumericPlan& plan) {
    return plan.used && (rule.kind == SampleKind::window || plan.on_missing == OnMissing::impute);
  };
  if (features != wanted || !preprocess.categorical.empty() ||
      !std::all_of(preprocess.numeric.begin(), preprocess.numeric.end(), fine)) {
    return "a " + std::string(name_of(rule.kind)) + " takes " + std::to_string(wanted) +
           " numeric columns, and all of them";
  }
  if (rule.kind == SampleKind::sequence) return "";
  const bool target =
      rule.target >= 0 && rule.target < features &&
      preprocess.numeric[static_cast<std::size_t>(rule.target)].scaler.scaling != Scaling::rank;
  return rule.horizon >= 1 && target ? ""
                                     : "a forecast needs a horizon of at least 1 and a target whose scaling "
                                       "can be undone";
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
