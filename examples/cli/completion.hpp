// weir completion SHELL: a script by which a shell completes commands, options, choices and names of files.
#pragma once

#include "description.hpp"

#include <string>

namespace cli {

/// `shell` is bash, zsh or fish.
[[nodiscard]] std::string completion(const ProgramDescription& program, const std::string& shell);

}  // namespace cli
