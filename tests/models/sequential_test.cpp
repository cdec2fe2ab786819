#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>

#include "training_step.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

using namespace weir;
using namespace weir_test;

TEST_CASE("a sample gets the same bits alone and in a batch") {
  const Shape input{23, 2};
  const auto net =
      initialised(Sequential{Dense{23, 40}, Relu{}, Dense{40, 5}, Tanh{}, Dense{5, 2}, Softmax{}});
  using Net = std::remove_const_t<decltype(net)>;
  const Index count = 29;
  const Buffer x = normal(input.size() * count, 2);
  Workspace<Net> many(net, input, count), one(net, input, 1);
  const BatchView<const float> y = many.forward(net, {x.data(), input, count});
  for (Index i = 0; i < count; ++i) {
    const std::span<const float> alone =
        one.predict(net, std::span(x).subspan(static_cast<std::size_t>(i * 46), 46));
    CHECK(std::equal(alone.begin(), alone.end(), y.sample(i).begin(), y.sample(i).end()));
  }
}

TEST_CASE("nested chains compute what the flat chain computes") {
  const Shape input{6};
  auto flat = initialised(Sequential{Dense{6, 9}, Tanh{}, Dense{9, 4}, Relu{}, Dense{4, 2}, Sigmoid{}});
  Sequential nested{Sequential{Dense{6, 9}, Tanh{}, Dense{9, 4}}, Relu{}, Sequential{Dense{4, 2}, Sigmoid{}}};
  const Buffer weights = parameters(flat);
  std::size_t next = 0;
  std::string names;
  decltype(nested)::visit(
      [&](Role, const ParamName& name, TensorView<float> p) {
        std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(next), p.size(), p.data());
        next += static_cast<std::size_t>(p.size());
        names += name.str() + " ";
      },
      nested);
  CHECK(names == "0.0.weight 0.0.bias 0.2.weight 0.2.bias 2.0.weight 2.0.bias ");
  CHECK(next == weights.size());
  CHECK(final_link(nested) == Link::sigmoid);
  const Buffer x = normal(6 * 5, 3);
  for (const bool logits : {false, true}) {
    const Pass pass{.training = true, .logits = logits};
    CHECK(step(nested, input, x, pass) == step(flat, input, x, pass));
  }
}

TEST_CASE("logits: just the last link is left out, and its gradient passes through") {
  const Shape input{5};
  const auto whole = initialised(Sequential{Dense{5, 4}, Sigmoid{}, Dense{4, 3}, Softmax{}});
  auto body = Sequential{Dense{5, 4}, Sigmoid{}, Dense{4, 3}};
  std::get<0>(body.layers) = std::get<0>(whole.layers);
  std::get<2>(body.layers) = std::get<2>(whole.layers);
  const Buffer x = normal(5 * 4, 4);
  CHECK(step(whole, input, x, {.logits = true}) == step(body, input, x, {}));
  CHECK(step(whole, input, x, {}) != step(body, input, x, {}));
  // A chain that is nothing but its link.
  const Sequential only{Sigmoid{}};
  const Buffer all = step(only, Shape{3}, normal(6, 5), {.logits = true});
  const Buffer y = normal(6, 5), dy = normal(6, 99);
  CHECK(std::equal(y.begin(), y.end(), all.begin()));
  CHECK(std::equal(dy.begin(), dy.end(), all.begin() + 6));
}
