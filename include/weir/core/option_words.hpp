// How messages call an option: as the member of a struct, or as a program calls it.
//
//   option_word(OptionWords::members, "alarm_rate")   alarm_rate
//   option_word(OptionWords::flags, "alarm_rate")     --alarm-rate
//
// So the library's messages end with their mend in the words of whoever reads them.
#pragma once

#include <weir/core/abi.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class OptionWords : unsigned char {
  members,  ///< of an options struct
  flags     ///< of a command line
};

/// A word as the shell takes it: in quotes where it needs them.
[[nodiscard]] inline std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,=@%+-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

[[nodiscard]] inline std::string option_word(OptionWords words, std::string_view member) {
  if (words == OptionWords::members) return std::string(member);
  std::string flag = "--";
  for (const char c : member) flag += c == '_' ? '-' : c;
  return flag;
}

/// The option with values: "drop src_ip,dst_ip", "--drop src_ip,dst_ip".
[[nodiscard]] inline std::string option_word(OptionWords words, std::string_view member,
                                             const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list.append(list.empty() ? "" : ",").append(value);
  return option_word(words, member) + " " + shell_word(list);
}

}  // namespace weir::inline WEIR_ABI
