// How good answers are: counts of classes, rankings by scores and errors of numbers, the metrics that are computed
// from them, and their values by name; the curves that they are drawn as. The door of the room metrics/.
#pragma once

#include <weir/train/metrics/any_metric.hpp>
#include <weir/train/metrics/builtin_metrics.hpp>
#include <weir/train/metrics/calibration.hpp>
#include <weir/train/metrics/confusion_matrix.hpp>
#include <weir/train/metrics/histogram.hpp>
#include <weir/train/metrics/measures.hpp>
#include <weir/train/metrics/ranking.hpp>
#include <weir/train/metrics/ranking_curve.hpp>
#include <weir/train/metrics/value_errors.hpp>
