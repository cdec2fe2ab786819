// What a program needs that trains a net: infer.hpp, losses, optimizers, fit and evaluate.
#pragma once

#include <weir/infer.hpp>

#include <weir/core/text_chart.hpp>
#include <weir/core/thread_pool.hpp>

#include <weir/losses/any_loss.hpp>
#include <weir/losses/builtin_losses.hpp>
#include <weir/losses/make_loss.hpp>

#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/builtin_optimizers.hpp>
#include <weir/optimizers/make_optimizer.hpp>

#include <weir/train/callbacks.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/find_learning_rate.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/gradient_check.hpp>
#include <weir/train/history.hpp>
#include <weir/train/metrics.hpp>
#include <weir/train/overfitting.hpp>
#include <weir/train/predict.hpp>
#include <weir/train/pretrain.hpp>
#include <weir/train/recipe.hpp>
#include <weir/train/schedules.hpp>
#include <weir/train/validation_split.hpp>

#include <weir/data/labels/label_outlook.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/preparing/preprocess.hpp>

#include <weir/io/checkpoint.hpp>
#include <weir/io/named_files.hpp>
#include <weir/io/output_file.hpp>
#include <weir/io/output_stream.hpp>
#include <weir/io/save.hpp>

#include <weir/pipeline/assess_file.hpp>
#include <weir/pipeline/assessment_json.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/codes.hpp>
#include <weir/pipeline/complete.hpp>
#include <weir/pipeline/cross_validate.hpp>
#include <weir/pipeline/cross_validate_file.hpp>
#include <weir/pipeline/cross_validation_text.hpp>
#include <weir/pipeline/describe_model.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/kept_columns.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/model_report.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/pipeline/table_samples.hpp>
#include <weir/pipeline/table_scorer.hpp>
