// What the command line takes, as plain data: read from it by describe.hpp, written as a manual page (manual.hpp) and
// as completions of shells (completion.hpp). So none of them can say other than `weir --help`.
#pragma once

#include <string>
#include <vector>

namespace cli {

/// What a shell can offer for a value.
enum class Offer : unsigned char { nothing, files, folders, interfaces, choices };

struct OptionDescription {
  std::string short_name{};            ///< "-o", or empty
  std::string long_name{};             ///< "--out"; empty: by its place
  std::string value{};                 ///< "FILE"; empty: a flag
  std::vector<std::string> choices{};  ///< the only values, where they are known
  std::string help{};
  std::string group{};  ///< under which --help lists it
  bool required = false;
  bool repeats = false;  ///< takes several values

  [[nodiscard]] Offer offer() const {
    if (!choices.empty()) return Offer::choices;
    if (value == "DIR") return Offer::folders;
    if (value == "IF") return Offer::interfaces;
    for (const char* file :
         {"FILE", "KEYFILE", "RULES", "CAPTURE", "TRAIN", "TEST", "MODEL", "INPUT", "IN", "OUT"}) {
      if (value == file) return Offer::files;
    }
    return Offer::nothing;
  }
};

struct CommandDescription {
  std::string name{};
  std::string help{};
  std::vector<OptionDescription> places{};  ///< in their order
  std::vector<OptionDescription> options{};
};

struct ProgramDescription {
  std::string help{};
  std::vector<OptionDescription> options{};
  std::vector<CommandDescription> commands{};
};

}  // namespace cli
