// What happened in training, epoch by epoch.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>

#include <cmath>
#include <vector>

namespace weir::inline WEIR_ABI {

struct EpochReport {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  double loss = 0.0;                      ///< mean over the epoch, while weights changed
  double validation_loss = std::nan("");  ///< after the epoch; NaN without validation rows
  double learning_rate = 0.0;             ///< of the epoch's last batch
  double seconds = 0.0;
  double samples_per_second = 0.0;
  bool best = false;  ///< the lowest monitored loss so far

  /// The loss that early stopping looks at.
  [[nodiscard]] double monitored() const { return std::isnan(validation_loss) ? loss : validation_loss; }
};

struct History {
  std::vector<EpochReport> epochs{};
  Index best_epoch = 0;
  bool stopped_early = false;
  bool interrupted = false;  ///< a callback stopped it before its end
};

}  // namespace weir::inline WEIR_ABI
