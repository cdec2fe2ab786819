// Greedy layer-wise pre-training of a stacked autoencoder (Bengio et al. 2007; with corruption, Vincent et
// al. 2010).
//
//   auto net = Sequential{Dense{41, 32}, Sigmoid{}, Dense{32, 8}, Sigmoid{},
//                         Dense{8, 32}, Sigmoid{}, Dense{32, 41}};
//   pretrain<4>(net, data, Adam{}, {.fit = {.epochs = 10}});   // the first four layers are the encoder
//   fit(net, data, MeanSquaredError{}, Adam{});                // fine-tuning of the whole
//
// Each layer with weights, together with the activations behind it, is trained as the encoder of an
// autoencoder of its own, whose decoder is one linear dense layer, on what the layers before it make of the
// data. Decoders go into the dense layers behind the encoder, the first one into the last of them, where the
// extents agree.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/masking_noise.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct PretrainOptions {
  FitOptions fit{};  ///< of each stage
  double corruption =
      0.0;  ///< share of each stage's inputs set to zero (layers/regularisation/masking_noise.hpp)
};

namespace detail {

template <class L>
inline constexpr bool has_weights = !std::is_base_of_v<Parameterless<typename L::Scalar>, L>;

/// The first layer from number First on that has weights, or End.
template <class Net, std::size_t First, std::size_t End>
[[nodiscard]] consteval std::size_t next_with_weights() {
  if constexpr (First >= End) {
    return End;
  } else if constexpr (has_weights<std::tuple_element_t<First, typename Net::Layers>>) {
    return First;
  } else {
    return next_with_weights<Net, First + 1, End>();
  }
}

/// Puts `decoder` into dense layer number `stage`, counted from the last, of those from number First on.
template <std::size_t First, class Net, class T>
void mirror(Net& net, std::size_t stage, const Dense<T>& decoder) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto put = [&](auto& layer) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(layer)>, Dense<T>>) {
        const bool fits = layer.in() == decoder.in() && layer.out() == decoder.out();
        if (stage-- == 0 && fits && layer.options.bias) layer = decoder;
      }
    };
    (put(std::get<Net::count - 1 - I>(net.layers)), ...);
  }
  (std::make_index_sequence<Net::count - First>{});
}

template <std::size_t First, std::size_t End, class Net, class Optimizer>
void pretrain_from(Net& net, const Dataset<typename Net::Scalar>& data, const Optimizer& optimizer,
                   const PretrainOptions& options, std::vector<History>& histories) {
  using T = typename Net::Scalar;
  if constexpr (First < End) {
    constexpr std::size_t own = next_with_weights<Net, First, End>();
    constexpr std::size_t next = next_with_weights<Net, own + 1, End>();
    const Shape out = [&]<std::size_t... I>(std::index_sequence<I...>) {
      const Sequential encoder{std::get<First + I>(net.layers)...};
      const Shape code = encoder.out_shape(data.shape);
      if (code.length != data.shape.length) {
        fail(ErrorKind::config, "pretrain: a layer that changes the number of steps cannot be trained alone");
      }
      Sequential stage{MaskingNoise<T>(options.corruption), std::get<First + I>(net.layers)...,
                       Dense<T>(code.channels, data.shape.channels)};
      FitOptions fit_options = options.fit;
      fit_options.seed = RngKey{options.fit.seed}.fork(0x5354'4143 + First).value;
      Rng rng(RngKey{fit_options.seed}.fork(1));
      stage.init(rng);
      histories.push_back(fit(stage, data, MeanSquaredError{}, optimizer, fit_options));
      ((std::get<First + I>(net.layers) = std::get<1 + I>(stage.layers)), ...);
      mirror<End>(net, histories.size() - 1, std::get<sizeof...(I) + 1>(stage.layers));
      return code;
    }
    (std::make_index_sequence<next - First>{});
    if constexpr (next < End) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        const Sequential encoder{std::get<First + I>(net.layers)...};
        Dataset<T> codes;
        codes.x = predict(encoder, data.inputs());
        codes.shape = out;
        codes.weights = data.weights;
        codes.lengths = data.lengths;
        pretrain_from<next, End>(net, codes, optimizer, options, histories);
      }
      (std::make_index_sequence<next - First>{});
    }
  }
}

}  // namespace detail

/// Draws all weights of `net` anew and trains its first `Encoder` layers, one after the other. Returns how
/// each went.
template <std::size_t Encoder, class... Ls, class Optimizer>
std::vector<History> pretrain(Sequential<Ls...>& net, const Dataset<typename Sequential<Ls...>::Scalar>& data,
                              const Optimizer& optimizer, const PretrainOptions& options = {}) {
  using Net = Sequential<Ls...>;
  static_assert(Encoder > 0 && Encoder <= sizeof...(Ls));
  data.check();
  Rng rng(RngKey{options.fit.seed}.fork(0x494e'4954));
  net.init(rng);
  Dataset<typename Net::Scalar> inputs;
  inputs.x = data.x;
  inputs.shape = data.shape;
  inputs.weights = data.weights;
  inputs.lengths = data.lengths;
  std::vector<History> histories;
  detail::pretrain_from<0, Encoder>(net, inputs, optimizer, options, histories);
  return histories;
}

}  // namespace weir::inline WEIR_ABI
