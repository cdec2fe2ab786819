// The way from files to verdicts: train.hpp, reading tables, samples, learning, assessing, reports. Header-only it
// costs a program twice the compile time of train.hpp.
#pragma once

#include <weir/train.hpp>

#include <weir/data/labels/label_outlook.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/preparing/preprocess.hpp>

#include <weir/io/named_files.hpp>
#include <weir/io/output_file.hpp>
#include <weir/io/output_stream.hpp>

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
#include <weir/pipeline/kept_json.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/model_report.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/pipeline/search_report.hpp>
#include <weir/pipeline/table_samples.hpp>
#include <weir/pipeline/table_scorer.hpp>
