// The library's large functions that are no templates (core/abi.hpp, WEIR_BODIES).
#define WEIR_COMPILING

#include <weir/core/text_chart.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/idx.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/series/windows.hpp>
#include <weir/data/tables/giveaways.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/io/atomic_file.hpp>
#include <weir/io/kitsune_file.hpp>
#include <weir/io/load.hpp>
#include <weir/io/output_file.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/save.hpp>
#include <weir/models/summary.hpp>
#include <weir/pipeline/assessment_json.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/pipeline/table_samples.hpp>
#include <weir/synth.hpp>
#include <weir/traffic/parse.hpp>
#include <weir/train/metrics/measures.hpp>
