// One training step of a net as one list of numbers, for comparing nets bit for bit.
#pragma once

#include <weir/core/layer.hpp>
#include <weir/models/workspace.hpp>

#include <span>
#include <utility>
#include <vector>

namespace weir_test {

using namespace weir;

using Buffer = std::vector<float>;

inline Buffer normal(Index size, std::uint64_t seed) {
  Rng rng(seed);
  Buffer values(static_cast<std::size_t>(size));
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

template <class Net>
Buffer parameters(const Net& net) {
  Buffer values;
  Net::visit(
      [&](Role, const ParamName&, TensorView<const float> p) {
        values.insert(values.end(), p.span().begin(), p.span().end());
      },
      net);
  return values;
}

/// y, dx and the gradients of one training step, behind one another.
template <class Net>
Buffer step(const Net& net, Shape input, const Buffer& x, const Pass& pass) {
  const Index count = static_cast<Index>(x.size()) / input.size();
  Workspace<Net> workspace(net, input, count, true);
  const BatchView<const float> batch(x.data(), input, count);
  const BatchView<const float> y = workspace.forward(net, batch, pass);
  const Buffer dy = normal(y.size(), 99);
  Buffer dx(x.size());
  Net grad = zeros_like(net);
  net.backward(batch, y, {dy.data(), y.shape(), count}, {dx.data(), input, count}, workspace.cache(), grad,
               pass);
  Buffer all(y.span().begin(), y.span().end());
  all.insert(all.end(), dx.begin(), dx.end());
  const Buffer gradients = parameters(grad);
  all.insert(all.end(), gradients.begin(), gradients.end());
  return all;
}

template <class Net>
Net initialised(Net net) {
  Rng rng(12);
  net.init(rng);
  return net;
}

}  // namespace weir_test
