// Every optimizer there is: the one list that texts, programs, docs and tests read. A new one costs an include and
// an entry here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/adamw.hpp>
#include <weir/optimizers/rms_prop.hpp>
#include <weir/optimizers/sgd.hpp>

namespace weir::inline WEIR_ABI {

using BuiltinOptimizers = KindList<SGD, Adam, AdamW, RmsProp>;

}  // namespace weir::inline WEIR_ABI
