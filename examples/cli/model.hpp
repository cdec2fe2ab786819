// Models as files of the program: what their messages say, and signals while they are written.
#pragma once

#include <weir/models/any_model.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cli {

using Net = weir::AnyModel<float>;
using Model = weir::Pipeline<Net>;

/// `memory`: bytes that the file may ask for, 0 for 8 times its size and 1 MiB. `input` is the file that the
/// model is to be run on: where that is the model, the message says so.
[[nodiscard]] Model load_model(const std::string& path, std::uint64_t memory = 0,
                               const std::string& input = {});
void save_model(const std::string& path, const Model& model);

/// Puts another threshold in the model, if there is one. ConfigError where a model has no use for it.
void replace_threshold(Model& model, std::optional<double> threshold);

}  // namespace cli
