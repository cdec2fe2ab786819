// What a program needs that trains a net on data it has: infer.hpp, losses, optimizers, fit, evaluate, save.
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

#include <weir/io/checkpoint.hpp>
#include <weir/io/save.hpp>
