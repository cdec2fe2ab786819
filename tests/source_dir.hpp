// Where the sources lie, for tests that read files of the repository. __FILE__ does not tell: it may be
// relative to the folder of the build.
#pragma once

#include <filesystem>

namespace weir_test {

[[nodiscard]] std::filesystem::path source_dir();

}  // namespace weir_test
