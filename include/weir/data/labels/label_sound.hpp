// What the name of a class says of it: ordinary traffic or an attack. A guess by the words that data sets
// use, for an order and for notes; no verdict depends on it.
//
//   sounds_benign("Normal")       sounds_like_attack("DDoS")       sounds_benign("non-malicious")
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/labels/label_spelling.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// "no attack", "non-malware"; `lower` is in small letters.
[[nodiscard]] inline bool denies(std::string_view lower) noexcept {
  const auto begins = [lower](std::string_view word) { return lower.starts_with(word); };
  return begins("no ") || begins("no-") || begins("no_") || begins("non") || begins("not");
}

}  // namespace detail

/// Whether a class of this name is an attack: "DDoS", "Botnet", "malicious", "scan"; not "no attack".
[[nodiscard]] inline bool sounds_like_attack(std::string_view name) {
  const std::string lower = without_case(name);
  if (detail::denies(lower)) return false;
  constexpr std::array<std::string_view, 16> parts{
      "attack", "malic",   "malware",    "anomal", "abnormal", "intru", "infect", "ddos",
      "botnet", "exploit", "suspicious", "trojan", "ransom",   "phish", "worm",   "threat"};
  constexpr std::array<std::string_view, 7> words{"bad", "bot", "dos", "scan", "spam", "virus", "positive"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; }) ||
         std::find(words.begin(), words.end(), lower) != words.end();
}

/// Whether a class of this name is ordinary traffic: "benign", "Normal", "background", "no attack".
[[nodiscard]] inline bool sounds_benign(std::string_view name) {
  const std::string lower = without_case(name);
  constexpr std::array<std::string_view, 14> names{"benign",   "normal", "background", "legitimate", "legit",
                                                   "negative", "other",  "clean",      "good",       "ok",
                                                   "safe",     "human",  "regular",    "uninfected"};
  return std::find(names.begin(), names.end(), lower) != names.end() ||
         (detail::denies(lower) && sounds_like_attack(lower.substr(2)));
}

}  // namespace weir::inline WEIR_ABI
