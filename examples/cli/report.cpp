#include "report.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/core/version.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace cli {

std::string version_text() {
  return "weir " + std::to_string(WEIR_VERSION_MAJOR) + "." + std::to_string(WEIR_VERSION_MINOR) + "." +
         std::to_string(WEIR_VERSION_PATCH);
}

Json parsed(const std::string& json) { return Json::parse(json); }

void print(const std::string& from) {
  // Names come from files: none may steer the terminal.
  std::string text = from;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; },
      '?');
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    weir::fail(weir::ErrorKind::io,
               "cannot write to standard output: " + std::generic_category().message(errno));
  }
}

void print_json(const Json& json) {
  // Names come from files, which may not be UTF-8: replaced rather than refused.
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace cli
