// Runs this program once more, in a process of its own.
#pragma once

#include <string>
#include <vector>

namespace cli {

/// Runs `program` with these arguments; its standard output goes to `out`, or to ours when `out` is empty.
/// Throws IoError when it cannot be started or does not end well.
void run_program(const std::string& program, std::vector<std::string> arguments, const std::string& out = {});

}  // namespace cli
