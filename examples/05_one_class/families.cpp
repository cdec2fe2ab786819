#include "families.hpp"

#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/autoencoder/contractive_dense.hpp>
#include <weir/layers/autoencoder/tied_autoencoder.hpp>
#include <weir/layers/autoencoder/variational.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/gaussian_noise.hpp>
#include <weir/layers/regularisation/kl_sparsity.hpp>
#include <weir/layers/regularisation/l1_activity.hpp>
#include <weir/layers/regularisation/masking_noise.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>
#include <weir/train/pretrain.hpp>

namespace one_class {

namespace {

using weir::CodeActivation;
using weir::Dense;
using weir::Index;
using weir::Relu;
using Net = weir::AnyModel<float>;

template <class... L>
[[nodiscard]] Net chain(L... layers) {
  Net net;
  (net.layers.emplace_back(layers), ...);
  return net;
}

[[nodiscard]] weir::Dataset<float> data_of(const weir::Matrix<float>& normal) {
  weir::Dataset<float> data;  // without targets: an autoencoder's target is its input
  data.x = normal;
  data.shape = weir::Shape{normal.extents()[0]};
  return data;
}

[[nodiscard]] weir::FitOptions options_of(std::uint64_t seed, Index epochs) {
  return {.epochs = epochs,
          .batch_size = 256,
          .seed = seed,
          .schedule = weir::CosineSchedule{.final_factor = 0.01}};
}

template <class N>
[[nodiscard]] Reconstruct trained(N net, const weir::Matrix<float>& normal, std::uint64_t seed) {
  static_cast<void>(weir::fit(net, data_of(normal), weir::MeanSquaredError{},
                              weir::Adam{.learning_rate = 3e-3}, options_of(seed, 30)));
  return [net](const weir::Matrix<float>& x) { return weir::predict(net, x); };
}

/// `make(number of features)` gives the untrained net.
template <class Make>
[[nodiscard]] Family family(std::string name, Make make) {
  return {std::move(name), [make](const weir::Matrix<float>& normal, std::uint64_t seed) {
            return trained(make(normal.extents()[0]), normal, seed);
          }};
}

/// Pre-trained layer by layer; then trained as a whole, with `rate` of the inputs set to zero.
[[nodiscard]] Family stacked(std::string name, double rate) {
  return {std::move(name), [rate](const weir::Matrix<float>& normal, std::uint64_t seed) {
            const Index d = normal.extents()[0];
            weir::Sequential net{
                weir::MaskingNoise{rate}, Dense{d, 256}, Relu{},       Dense{256, 32}, Relu{},
                Dense{32, 256},           Relu{},        Dense{256, d}};
            static_cast<void>(weir::pretrain<5>(net, data_of(normal), weir::Adam{.learning_rate = 1e-3},
                                                {.fit = options_of(seed, 5), .corruption = 0.1}));
            return trained(std::move(net), normal, seed);
          }};
}

}  // namespace

std::vector<Family> families() {
  std::vector<Family> all;
  all.push_back(family("untied", [](Index d) {
    return chain(Dense{d, 256}, Relu{}, Dense{256, 32}, Relu{}, Dense{32, 256}, Relu{}, Dense{256, d});
  }));
  all.push_back(family("tied", [](Index d) {
    return chain(weir::TiedAutoencoder{d, 32, {.decoder = CodeActivation::identity}});
  }));
  all.push_back(stacked("stacked", 0.0));
  all.push_back(stacked("stacked, masks", 0.1));
  all.push_back(family("denoising, masks", [](Index d) {
    return chain(weir::MaskingNoise{0.1}, Dense{d, 256}, Relu{}, Dense{256, 32}, Relu{}, Dense{32, 256},
                 Relu{}, Dense{256, d});
  }));
  all.push_back(family("denoising, Gaussian", [](Index d) {
    return chain(weir::GaussianNoise{0.1}, Dense{d, 256}, Relu{}, Dense{256, 32}, Relu{}, Dense{32, 256},
                 Relu{}, Dense{256, d});
  }));
  all.push_back(family("sparse, L1", [](Index d) {
    return chain(Dense{d, 256}, Relu{}, Dense{256, 32}, Relu{}, weir::L1Activity{1e-5}, Dense{32, 256},
                 Relu{}, Dense{256, d});
  }));
  all.push_back(family("sparse, KL", [](Index d) {
    return chain(Dense{d, 256}, weir::Sigmoid{}, weir::KlSparsity{0.05, 1e-4}, Dense{256, d});
  }));
  all.push_back(family("contractive", [](Index d) {
    return chain(Dense{d, 256}, Relu{}, weir::ContractiveDense{256, 32, {.weight = 1e-5}}, Dense{32, 256},
                 Relu{}, Dense{256, d});
  }));
  all.push_back(family("contractive, tied", [](Index d) {
    return chain(weir::TiedAutoencoder{d, 64, {.decoder = CodeActivation::identity, .contraction = 1e-5}});
  }));
  all.push_back(family("variational", [](Index d) {
    return chain(Dense{d, 256}, Relu{}, Dense{256, 64}, weir::Variational{1e-5}, Dense{32, 256}, Relu{},
                 Dense{256, d});
  }));
  return all;
}

}  // namespace one_class
