// Every loss there is: the one list that texts, programs, docs and tests read. A new one costs an include and an
// entry here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/huber.hpp>
#include <weir/losses/mean_squared_error.hpp>

namespace weir::inline WEIR_ABI {

using BuiltinLosses = KindList<MeanSquaredError, Huber, BinaryCrossEntropy, CategoricalCrossEntropy>;

}  // namespace weir::inline WEIR_ABI
