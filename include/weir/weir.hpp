// Everything but the optional parts, which are included by their own names: weir/eigen.hpp, weir/data/sources/gzip.hpp,
// weir/data/sources/zstd.hpp, weir/traffic/capture.hpp, weir/traffic/anonymise.hpp.
#pragma once

#include <weir/pipeline.hpp>
#include <weir/synth.hpp>
#include <weir/traffic.hpp>

#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/idx.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/labels/label_classes.hpp>
#include <weir/data/labels/label_match.hpp>
#include <weir/data/preparing/impute.hpp>
#include <weir/data/preparing/scale.hpp>
#include <weir/data/series/calendar.hpp>
#include <weir/data/series/seasonal.hpp>
#include <weir/data/series/windows.hpp>
#include <weir/data/sources/packed_source.hpp>
#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/hold_out.hpp>
#include <weir/data/splits/k_fold.hpp>
#include <weir/data/splits/row_groups.hpp>
#include <weir/data/splits/stratified_group_k_fold.hpp>
#include <weir/data/splits/time_order.hpp>
#include <weir/data/splits/time_series_split.hpp>
#include <weir/data/tables/giveaways.hpp>
#include <weir/data/tables/number_like.hpp>
#include <weir/data/tables/numeric_target.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table_gaps.hpp>

#include <weir/detect/drift_monitor.hpp>
#include <weir/detect/kitsune.hpp>
#include <weir/detect/kolmogorov_smirnov.hpp>
#include <weir/detect/moving_threshold.hpp>
#include <weir/detect/page_hinkley.hpp>
#include <weir/detect/population_stability.hpp>
#include <weir/detect/top_counts.hpp>

#include <weir/io/kitsune_file.hpp>

#include <weir/pipeline/flow_profile.hpp>
#include <weir/pipeline/scored_shards.hpp>

#include <weir/traffic/features/profiles.hpp>
