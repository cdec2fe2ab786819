// "There is no column 'lable'; did you mean 'label'?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A sentence that names those of `known` which are spelt like `wrong`, or a few of them when none is; it
/// begins with "; ", or is empty when nothing is known.
[[nodiscard]] std::string near_names(std::string_view wrong, const std::vector<std::string>& known);

/// "'a', 'b', 'c' and 4 more"
[[nodiscard]] std::string name_list(const std::vector<std::string>& names, std::size_t most = 8);

}  // namespace cli
