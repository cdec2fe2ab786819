// Whether a net has learned its training rows better than what they stand for, told from the losses of its epochs by a rule.
// Let e be the epoch of the lowest loss on held-back rows, and a difference count when it is more than 2 % of the loss on
// held-back rows after the first epoch.
//
//   overfitted   the loss on held-back rows ends 5 % or more above that of e, which counts, while that on training rows ends
//                below that of e
//   gap          at the epoch whose weights are kept the loss on held-back rows is 1.5 times that on training rows or more,
//                which counts
//   unfinished   e is the last epoch, and the last tenth of the epochs lowered the loss on held-back rows by 1 % or more
//   none         none of these, asked in this order
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/train/history.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Overfitting : unsigned char {
  unknown,  ///< no loss on held-back rows, or of one epoch alone
  none,
  overfitted,
  gap,
  unfinished
};
[[nodiscard]] constexpr std::array<std::string_view, 5> names_of(Overfitting) {
  return {"unknown", "none", "overfitted", "gap", "unfinished"};
}

/// What the rule says, and the epochs that it looked at.
struct OverfittingSign {
  Overfitting sign = Overfitting::unknown;
  EpochReport lowest{};  ///< of the lowest loss on held-back rows
  EpochReport kept{};    ///< whose weights the net has
  EpochReport last{};
};

/// `kept`: the epoch, counted from 1, whose weights the net has.
[[nodiscard]] inline OverfittingSign overfitting_of(const History& history, Index kept) {
  OverfittingSign result;
  const std::vector<EpochReport>& epochs = history.epochs;
  if (epochs.size() < 2 || kept < 1 || static_cast<std::size_t>(kept) > epochs.size()) return result;
  for (const EpochReport& epoch : epochs) {
    if (std::isnan(epoch.validation_loss)) return result;
  }
  const auto lower = [](const EpochReport& a, const EpochReport& b) {
    return a.validation_loss < b.validation_loss;
  };
  result.lowest = *std::min_element(epochs.begin(), epochs.end(), lower);
  result.kept = epochs[static_cast<std::size_t>(kept) - 1];
  result.last = epochs.back();
  const auto counts = [&](double difference) {
    return difference > 0.02 * std::fabs(epochs.front().validation_loss);
  };
  const auto& [sign, lowest, at, last] = result;
  const double before =
      epochs[epochs.size() - 1 - std::max<std::size_t>(1, epochs.size() / 10)].validation_loss;
  const double rise = last.validation_loss - lowest.validation_loss;
  if (counts(rise) && rise >= 0.05 * std::fabs(lowest.validation_loss) && last.loss < lowest.loss) {
    result.sign = Overfitting::overfitted;
  } else if (at.validation_loss >= 1.5 * at.loss && counts(at.validation_loss - at.loss)) {
    result.sign = Overfitting::gap;
  } else if (lowest.epoch == last.epoch && before - last.validation_loss >= 0.01 * std::fabs(before)) {
    result.sign = Overfitting::unfinished;
  } else {
    result.sign = Overfitting::none;
  }
  return result;
}

/// In a sentence or two, with the numbers.
[[nodiscard]] inline std::string to_text(const OverfittingSign& found) {
  const auto both = [](const EpochReport& epoch) {
    return "at epoch " + std::to_string(epoch.epoch) + ", whose weights are kept, the loss is " +
           number_text(epoch.validation_loss) + " on held-back rows and " + number_text(epoch.loss) +
           " on training rows";
  };
  switch (found.sign) {
    case Overfitting::unknown:
      return "Over-fitting cannot be told: that takes rows held back from training, and two epochs.";
    case Overfitting::none: return "No sign of over-fitting: " + both(found.kept) + ".";
    case Overfitting::overfitted:
      return "Over-fitting after epoch " + std::to_string(found.lowest.epoch) + ": until epoch " +
             std::to_string(found.last.epoch) + " the loss on training rows fell from " +
             number_text(found.lowest.loss) + " to " + number_text(found.last.loss) +
             ", while that on held-back rows rose from " + number_text(found.lowest.validation_loss) +
             " to " + number_text(found.last.validation_loss) +
             ". The weights that are kept are those of epoch " + std::to_string(found.kept.epoch) +
             (found.kept.epoch < found.last.epoch
                  ? ", so it does little harm."
                  : ": fewer epochs, or early stopping (patience), would do better.");
    case Overfitting::gap:
      return "A gap between what was trained on and what was not: " + both(found.kept) +
             ". More rows, dropout or weight decay may narrow it.";
    case Overfitting::unfinished:
      return "Not at its end: " + both(found.kept) + ", and it was still falling. More epochs may help.";
  }
  return {};
}

}  // namespace weir::inline WEIR_ABI
