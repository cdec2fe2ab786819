// Everything but the optional parts, which are included by their own names: weir/eigen.hpp, weir/data/gzip.hpp,
// weir/traffic/capture.hpp, weir/traffic/anonymise.hpp.
#pragma once

#include <weir/synth.hpp>
#include <weir/traffic.hpp>
#include <weir/train.hpp>

#include <weir/data/calendar.hpp>
#include <weir/data/csv.hpp>
#include <weir/data/giveaways.hpp>
#include <weir/data/idx.hpp>
#include <weir/data/impute.hpp>
#include <weir/data/label_classes.hpp>
#include <weir/data/label_match.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/data/number_like.hpp>
#include <weir/data/numeric_target.hpp>
#include <weir/data/open_table.hpp>
#include <weir/data/scale.hpp>
#include <weir/data/seasonal.hpp>
#include <weir/data/split.hpp>
#include <weir/data/table_gaps.hpp>
#include <weir/data/windows.hpp>

#include <weir/detect/drift_monitor.hpp>
#include <weir/detect/kitsune.hpp>
#include <weir/detect/kolmogorov_smirnov.hpp>
#include <weir/detect/moving_threshold.hpp>
#include <weir/detect/page_hinkley.hpp>
#include <weir/detect/population_stability.hpp>

#include <weir/io/kitsune_file.hpp>

#include <weir/pipeline/flow_profile.hpp>
#include <weir/pipeline/scored_shards.hpp>

#include <weir/traffic/features/profiles.hpp>
