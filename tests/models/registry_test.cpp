

#include <doctest/doctest.h>
#include <weir/models/registry.hpp>

#include <string>
#include <string_view>

using namespace weir;

namespace {

std::string complaint(std::string_view text, Shape input = {4}) {
  const Result<AnyModel<float>> net = try_build<float>(text, input);
  return net.ok() ? "none" : net.error().what;
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("nets from text") {
  const AnyModel<float> net = build<float>(
      std::string_view(
          "dense:64:bias=false,batch_norm:momentum=0.2,leaky_relu:0.2,dropout:rate=0.25,dense:units=3"),
      Shape{10});
  REQUIRE(net.layers.size() == 5);
  CHECK(net.layers[0].kind() == "dense");
  CHECK(parameter_count(net) == 10 * 64 + 2 * 64 + 64 * 3 + 3);
  CHECK(net.out_shape(Shape{10}) == Shape{3});
  CHECK(std::get<double>(*config_of(net.layers[1]).find("momentum")) == 0.2);
  CHECK(std::get<double>(*config_of(net.layers[2]).find("negative_slope")) == 0.2);
  CHECK(std::get<double>(*config_of(net.layers[3]).find("rate")) == 0.25);
}

TEST_CASE("every built-in layer is rebuilt from its own kind and config") {
  const AnyModel<float> net =
      build<float>(std::string_view("dense:6:initializer=he_normal,batch_norm:epsilon=0.01,relu,leaky_relu:0."
                                    "1,sigmoid,tanh,gelu,dropout:0.1,dense:3,softmax"),
                   Shape{4});
  std::vector<LayerSpec> specs;
  for (const AnyLayer<float>& layer : net.layers)
    specs.push_back({std::string(layer.kind()), config_of(layer)});
  const AnyModel<float> copy = try_build<float>(specs, Shape{4}).value();
  REQUIRE(copy.layers.size() == net.layers.size());
  for (std::size_t i = 0; i < specs.size(); ++i) {
    CHECK(copy.layers[i].kind() == specs[i].kind);
    CHECK(config_of(copy.layers[i]) == specs[i].config);
  }
}

TEST_CASE("nets from text: what is wrong, and in which layer") {
  CHECK(has(complaint("dense:4,nonsense"), "unknown layer 'nonsense'"));
  CHECK(has(complaint("dense:4,nonsense"), "layer 1: "));
  CHECK(has(complaint("dense:4,nonsense"), "there are 'dense', "));  // names what is known
  CHECK(has(complaint("dense:4,nonsense"), "'batch_norm'"));
  CHECK(has(complaint("maxpool1d:3"), "unknown layer 'maxpool1d'; did you mean 'max_pool1d'"));
  CHECK(has(complaint("residual[dens:4]"), "unknown layer 'dens'; did you mean 'dense'"));
  CHECK(has(complaint(""), "unknown layer ''"));
  CHECK(has(complaint("dense:4,"), "unknown layer ''"));
  CHECK(has(complaint("relu,dense"), "'units' is missing"));
  CHECK(has(complaint("dense:0"), "'units' must be an integer"));
  CHECK(has(complaint("dense:-3"), "'units' must be an integer"));
  CHECK(has(complaint("dense:3.5"), "'units' must be an integer"));
  CHECK(has(complaint("dense:many"), "'units' must be an integer"));
  CHECK(has(complaint("dense:99999999999999999999"), "'units' must be an integer"));
  CHECK(has(complaint("dense:3:4"), "too many arguments"));
  CHECK(has(complaint("relu:1"), "too many arguments"));
  CHECK(has(complaint("dense:3:bais=false"), "'bais' is not an option"));
  CHECK(has(complaint("dense:3:bias=maybe"), "'bias' must be true or false"));
  CHECK(has(complaint("dense:3:initializer=luck"), "'initializer' must be glorot_uniform, "));
  CHECK(has(complaint("dropout:1"), "'rate' must lie between"));
  CHECK(has(complaint("dropout:nan"), "'rate' must"));
  CHECK(has(complaint("leaky_relu:-0.5"), "'negative_slope' must lie between"));
  CHECK(has(complaint("batch_norm:epsilon=0"), "'epsilon' must lie between"));
  CHECK(complaint("relu") == "none");
  CHECK_THROWS_AS(static_cast<void>(build<float>(std::string_view("nonsense"), Shape{4})), ConfigError);
  CHECK_FALSE(try_build<float>(std::span<const LayerSpec>{}, Shape{4}).ok());
}
