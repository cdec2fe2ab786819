// Results as text for people and as JSON for machines.
#pragma once

#include <weir/data/label_rule.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/assessment.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdio>
#include <string>

namespace cli {

using Json = nlohmann::ordered_json;

/// All numbers of an assessment; what does not exist (an area without both classes) is null.
[[nodiscard]] Json to_json(const weir::Assessment& result);
/// The same as aligned tables.
[[nodiscard]] std::string to_text(const weir::Assessment& result);

/// What a threshold did to the rows held back, and what it will do to fresh ones like them.
[[nodiscard]] std::string to_text(const weir::AlarmRate& rate, const weir::LabelRule& labels);
[[nodiscard]] Json to_json(const weir::AlarmRate& rate);

/// "97.25 %", or "-" for NaN.
[[nodiscard]] std::string percent(double share);
/// With four decimals, or "-" for NaN.
[[nodiscard]] std::string number(double value);
/// As short as it goes: "0.001".
[[nodiscard]] std::string brief(double value);
/// The text with blanks before it up to the width; counts letters of UTF-8 once.
[[nodiscard]] std::string right(const std::string& text, std::size_t width);
/// The same with blanks behind it.
[[nodiscard]] std::string left(const std::string& text, std::size_t width);
/// "1 row", "2 rows"
[[nodiscard]] std::string count_of(std::int64_t count, const std::string& thing);

/// Writes to standard output; throws IoError when that fails.
void print(const std::string& text);
/// One object and a line end.
void print_json(const Json& json);

}  // namespace cli
