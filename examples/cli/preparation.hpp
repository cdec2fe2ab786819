// From the command line to the library's options, and from a file to samples.
#pragma once

#include "commands.hpp"
#include "input.hpp"

#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/samples.hpp>

namespace cli {

/// The options with every default filled in that depends on the task or on the format, and checked.
[[nodiscard]] TrainOptions with_defaults(TrainOptions options);

[[nodiscard]] weir::SampleOptions sample_options(const TrainOptions& options);
[[nodiscard]] weir::LearnOptions learn_options(const TrainOptions& options);

[[nodiscard]] weir::Samples prepare(const TrainOptions& options);

}  // namespace cli
