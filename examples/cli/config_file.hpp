// Flags from a file, for --config: written as on the command line, over as many lines as one likes.
//
//   # model.weir, trained by weir 0.1.0
//   --label label
//   --benign 'Normal traffic'
//   --quick
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Flags in one line, such as "--label label --quick", with a flag a line.
[[nodiscard]] std::string config_lines(std::string_view flags);

/// The words of a command line in which `--config FILE` is replaced by what the file says, but for the flags that the
/// line gives itself. ConfigError when the file cannot be read as flags.
[[nodiscard]] std::vector<std::string> with_config(std::vector<std::string> words);

}  // namespace cli
