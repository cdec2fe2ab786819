// weir manual: the manual page, as man(1) reads it.
#pragma once

#include "description.hpp"

#include <string>

namespace cli {

[[nodiscard]] std::string manual(const ProgramDescription& program);

}  // namespace cli
