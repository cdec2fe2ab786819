// Why a score is high: a feature, and its part of the score. Of Kitsune: how far the packet was from what is
// normal in it, in units of its range in training.
#pragma once

#include <weir/core/abi.hpp>

#include <string>

namespace weir::inline WEIR_ABI {

struct AlarmReason {
  std::string feature{};
  double error = 0.0;
};

}  // namespace weir::inline WEIR_ABI
