// Eigen in and out: matrices as samples, batches and data sets; fit, evaluate, predict and scores on them;
// and what rests on Eigen's decompositions. Optional, CMake target weir::eigen; see docs/eigen.md.
#pragma once

#include <weir/eigen/autoregression.hpp>
#include <weir/eigen/mahalanobis.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>
#include <weir/eigen/matrix_dataset.hpp>
#include <weir/eigen/matrix_training.hpp>
#include <weir/eigen/principal_components.hpp>
#include <weir/eigen/ridge.hpp>
