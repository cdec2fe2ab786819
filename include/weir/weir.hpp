// Everything but the optional parts, which are included by their own names: weir/data/gzip.hpp.
#pragma once

#include <weir/traffic.hpp>
#include <weir/train.hpp>

#include <weir/core/eigen.hpp>

#include <weir/data/csv.hpp>
#include <weir/data/impute.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/data/numeric_target.hpp>
#include <weir/data/scale.hpp>
#include <weir/data/split.hpp>
