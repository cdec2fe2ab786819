// From a table and the options to what a net learns from and is judged by.
//
// Rows are divided before anything is fitted: preprocessing, weights and the target's scale come from the
// training rows alone, and no row that is judged by was trained on.
#pragma once

#include "commands.hpp"
#include "input.hpp"

#include <weir/data/labels.hpp>
#include <weir/data/preprocess.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/train/dataset.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct Preparation {
  weir::Task task = weir::Task::classify;
  weir::LabelRule labels;
  weir::Preprocessor preprocess;
  weir::Shape input;         ///< of a sample
  weir::SampleRule samples;  ///< what a row is to it
  weir::TargetScale target;
  weir::Dataset<float> training;
  weir::Dataset<float> validation;
  weir::Table held_back;  ///< the rows of `validation`; for an anomaly model all attacks, too
  weir::Dataset<float> held_back_samples;  ///< the same where there is no table: images
  std::size_t history = 0;                 ///< first rows of `held_back` that are there to look back on

  std::size_t rows = 0;            ///< in the file, with a label
  std::size_t unlabelled = 0;      ///< left out
  std::vector<std::string> notes;  ///< what the user should know of the table, a sentence each
  std::string gaps;                ///< cells that were missing or infinite, in words
  std::string label_counts;        ///< "benign 52734, attack 7266"
};

/// The options with every default filled in that depends on the task or on the format.
[[nodiscard]] TrainOptions with_defaults(TrainOptions options);

[[nodiscard]] Preparation prepare(const TrainOptions& options);

}  // namespace cli
