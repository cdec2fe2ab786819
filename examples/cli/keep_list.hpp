// What `--keep A,B` names.
#pragma once

#include <weir/core/error.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

class KeepList {
 public:
  /// Throws ConfigError when a name is not one of `known`.
  KeepList(const std::vector<std::string>& names, std::initializer_list<std::string_view> known)
      : names_(names) {
    std::string list;
    for (const std::string_view name : known) list.append(list.empty() ? "" : ", ").append(name);
    for (const std::string& name : names) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      weir::fail(weir::ErrorKind::config, "--keep: '" + name + "' is not one of " + list);
    }
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

 private:
  const std::vector<std::string>& names_;
};

}  // namespace cli
