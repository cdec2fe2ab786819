// The options of `weir train` with every default filled in that depends on the task or on the format.
#pragma once

#include "commands.hpp"

namespace cli {

/// Throws ConfigError when options exclude each other.
[[nodiscard]] TrainOptions with_defaults(TrainOptions options);

}  // namespace cli
