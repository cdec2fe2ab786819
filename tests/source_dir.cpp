#include "source_dir.hpp"

std::filesystem::path weir_test::source_dir() { return WEIR_SOURCE_DIR; }
