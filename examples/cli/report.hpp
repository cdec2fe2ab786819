// Results as text for people and as JSON for machines.
#pragma once

#include <weir/data/labels/label_rule.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/cross_validation.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdio>
#include <string>

namespace cli {

using Json = nlohmann::ordered_json;

/// All numbers of an assessment; what does not exist (an area without both classes) is null.
[[nodiscard]] Json to_json(const weir::Assessment& result);
[[nodiscard]] Json to_json(const weir::AlarmRate& rate);
[[nodiscard]] Json to_json(const weir::CrossValidation& result);

/// Writes to standard output; throws IoError when that fails.
void print(const std::string& text);
/// One object and a line end.
void print_json(const Json& json);

}  // namespace cli
