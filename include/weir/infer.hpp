// What a program needs that runs a trained net: layers, models, encoding of rows, model files.
#pragma once

#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/parallel.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/tensor.hpp>
#include <weir/core/version.hpp>

#include <weir/layers/batch_norm.hpp>
#include <weir/layers/dense.hpp>
#include <weir/layers/dropout.hpp>
#include <weir/layers/gelu.hpp>
#include <weir/layers/leaky_relu.hpp>
#include <weir/layers/relu.hpp>
#include <weir/layers/sigmoid.hpp>
#include <weir/layers/softmax.hpp>
#include <weir/layers/tanh.hpp>

#include <weir/models/any_model.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/workspace.hpp>

#include <weir/data/label_rule.hpp>
#include <weir/data/preprocess.hpp>

#include <weir/detect/reconstruction.hpp>

#include <weir/io/load.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/pipeline.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/save.hpp>
