// What a layer is.
//
// A layer is a plain copyable value that holds parameters only. Everything that belongs to one pass lives
// elsewhere: activations and caches in a `Cache` (one a thread), so a const layer is shared by threads.
//
//   Scalar                                         float or double
//   kind                                           static constexpr std::string_view: the name in files
//   Cache                                          prepare(layer, input, count, training): alone allocates
//   out_shape(input) const -> Shape                of a sample of the output, for an input that fits
//   init(rng)                                      sets the parameters
//   forward(x, y, cache, pass) const               y = f(x)
//   backward(x, y, dy, dx, cache, grad, pass) const
//                                                  dx = dL/dx, grad += dL/d(parameters), given dy = dL/dy;
//                                                  dx may be absent, and dy where the layer runs in place
//   static visit(f, layers...)                     f(role, name, tensors...) for each parameter, those of all
//                                                  layers at once
//
// Gradients and optimizer moments are objects of the layer's own type, and `visit` walks over several of them
// in step: that one function serves optimizers, files, counting, gradient checks and printing.
//
// That is what a layer must have; what it may have besides is in core/layer_traits.hpp, and
// core/layer_contract.hpp makes the compiler say in plain words what is missing. A layer of your own is a
// struct with these members; nothing of weir needs to change (examples/03_custom_layer).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/packed_weights.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::inline WEIR_ABI {

/// What a parameter is for: weight decay applies to weights only; a buffer (running statistics) is not
/// trained. A gradient object holds, in the place of a buffer, the increment that this batch adds to it.
enum class Role : unsigned char { weight, bias, buffer };

/// The path of a parameter, such as "2.weight"; text is made only on demand, so that visiting allocates
/// nothing.
class ParamName {
 public:
  constexpr ParamName(const char* leaf) noexcept : leaf_(leaf) {}  // NOLINT: a literal is a name
  constexpr ParamName(Index index, const ParamName& inner) noexcept : leaf_(inner.leaf_), depth_(1) {
    assert(inner.depth_ < max_depth);
    path_[0] = static_cast<std::int32_t>(index);
    for (std::size_t i = 0; i < inner.depth_; ++i) path_[depth_++] = inner.path_[i];
  }

  /// The last part of the path.
  [[nodiscard]] constexpr const char* leaf() const noexcept { return leaf_; }
  [[nodiscard]] std::string str() const {
    std::string text;
    for (std::size_t i = 0; i < depth_; ++i) text += std::to_string(path_[i]) + ".";
    return text + leaf_;
  }

  /// Layers within layers.
  static constexpr std::size_t max_depth = 16;

 private:
  const char* leaf_ = "";
  std::array<std::int32_t, max_depth> path_{};
  std::size_t depth_ = 0;
};

/// What a layer made of layers gives to `visit` of its part number `part`: f, with the names one level
/// deeper.
template <class F>
[[nodiscard]] auto for_part(F& f, Index part) {
  return [&f, part](Role role, const ParamName& name, auto... parameters) {
    f(role, ParamName(part, name), parameters...);
  };
}

/// How to run: nothing of this is stored in the model, so it cannot be forgotten there.
struct Pass {
  bool training = false;  ///< dropout drops, batch normalisation uses the batch
  bool logits = false;    ///< leave out a final sigmoid or softmax: losses work in the log domain
  RngKey key{};           ///< names this step's random numbers
  /// Where this part begins in its batch: random numbers belong to samples, not to threads.
  Index first_sample = 0;
  /// What the loss multiplies its sum over items by, 1 / total weight of the batch (losses/loss.hpp). A
  /// layer that adds a penalty to the loss multiplies the penalty's gradient by it in backward; 0: there is
  /// no loss.
  double scale = 0.0;
  double* penalty = nullptr;  ///< where such a layer adds its penalty in forward, summed over items; or null
  /// Set in training by a layer that met one value a channel, of which there is no variance; or null.
  bool* lone_value = nullptr;
  /// Forms of weights that stay as they are; null: the net's weights are read anew.
  const PackedWeights* packed = nullptr;

  [[nodiscard]] Pass fork(Index layer) const noexcept {
    Pass inner = *this;
    inner.key = key.fork(static_cast<std::uint64_t>(layer));
    return inner;
  }
};

/// The form of the weights at `weights` for this pass, or null; see core/packed_weights.hpp.
template <class Form, class Make>
[[nodiscard]] const Form* find_packed(const Pass& pass, const void* weights, Make make) {
  return pass.packed == nullptr ? nullptr : pass.packed->find<Form>(weights, make);
}

/// The cache of a layer whose backward pass needs nothing but x and y.
struct NoCache {
  template <class L>
  void prepare(const L&, Shape, Index, bool) {}
};

/// Number of trained parameters.
template <class L>
[[nodiscard]] Index parameter_count(const L& layer) {
  Index count = 0;
  L::visit([&](Role role, const ParamName&, auto p) { count += role == Role::buffer ? 0 : p.size(); }, layer);
  return count;
}

/// Number of values of all parameters and buffers.
template <class L>
[[nodiscard]] Index stored_values(const L& layer) {
  Index count = 0;
  L::visit([&](Role, const ParamName&, auto p) { count += p.size(); }, layer);
  return count;
}

/// Sets all parameters and buffers to zero: a fresh gradient or moment.
template <class L>
void set_zero(L& layer) {
  L::visit([](Role, const ParamName&, auto p) { std::fill_n(p.data(), p.size(), typename L::Scalar(0)); },
           layer);
}

/// A copy with all parameters zero.
template <class L>
[[nodiscard]] L zeros_like(const L& layer) {
  L zero = layer;
  set_zero(zero);
  return zero;
}

}  // namespace weir::inline WEIR_ABI
