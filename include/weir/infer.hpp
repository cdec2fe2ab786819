// What a program needs that runs a trained net: layers, models, encoding of rows, model files.
#pragma once

#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/tensor.hpp>
#include <weir/core/version.hpp>

#include <weir/models/autoencoder.hpp>
#include <weir/models/builtin_layers.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/stream_workspace.hpp>
#include <weir/models/summary.hpp>
#include <weir/models/workspace.hpp>

#include <weir/data/labels/label_rule.hpp>
#include <weir/data/preparing/preprocessor.hpp>

#include <weir/detect/reconstruction.hpp>

#include <weir/io/load.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/load_net.hpp>
#include <weir/io/safetensors_view.hpp>

#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/task.hpp>
