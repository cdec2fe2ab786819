// What a constructor takes, a file may hold, and what one refuses, the other does: for every option with
// bounds of every layer.
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace weir;

namespace {

using C = Config;
using I = std::int64_t;

constexpr Shape input{6, 12};

struct NamedRange {
  std::string_view name;
  double low = 0.0, high = 0.0;
};

/// Looks for a real option in a layer's list.
struct RangeFinder {
  [[maybe_unused]] static constexpr bool reads = false;

  NamedRange found;

  template <class Value, class Range, class... Rest>
  void operator()(std::string_view name, const Value&, const Range& range, const Rest&...) {
    if constexpr (std::is_same_v<Range, RealRange>) {
      if (name == found.name) found = {name, range.low, range.high};
    }
  }
  template <class... Others>
  void required(Others&&...) const {}
  template <class... Others>
  void only_if(Others&&...) const {}
  template <class... Others>
  void refuse(Others&&...) const {}
  static bool given(std::string_view) { return false; }
};
template <class L>
NamedRange real_range(std::string_view name) {
  RangeFinder finder{{name}};
  const auto settings = detail::empty_settings<L>();
  decltype(settings)::fields(finder, settings);
  REQUIRE(finder.found.high > finder.found.low);
  return finder.found;
}

/// Makes the layer both ways.
template <class Make, class V>
void try_both(const Make& make, const Config& others, std::string_view option, V value, ConfigValue written,
              bool allowed, Shape in = input) {
  using L = decltype(make(value));
  Config config = others;
  config.set(std::string(option), std::move(written));
  CAPTURE(L::kind);
  CAPTURE(option);
  CAPTURE(value);
  const auto read = from_config<L>(config, in);
  INFO((read.ok() ? std::string("accepted") : read.error().what));
  CHECK(read.ok() == allowed);
  if (!allowed) {
    CHECK_THROWS_AS(static_cast<void>(make(value)), ConfigError);
    return;
  }
  const L made = make(value);
  CHECK(from_config<L>(config_of(made), in).ok());
  if (read.ok()) CHECK(config_of(read.value()) == config_of(made));
}

/// A real option at its ends, just beyond them, and where there is no number.
template <class Make>
void real_option(const Make& make, const Config& others, const NamedRange& bounds, Shape in = input) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {bounds.low, bounds.high, 0.5 * (bounds.low + bounds.high)}) {
    try_both(make, others, bounds.name, value, value, true, in);
  }
  for (const double value : {std::nextafter(bounds.low, -infinity), std::nextafter(bounds.high, infinity),
                             -infinity, infinity, std::nan("")}) {
    try_both(make, others, bounds.name, value, value, false, in);
  }
}

/// An integer option at the ends that fit into memory, and just beyond both.
template <class Make>
void integer_option(const Make& make, const Config& others, std::string_view name, Index low, Index high,
                    bool high_fits, Shape in = input) {
  try_both(make, others, name, low, static_cast<I>(low), true, in);
  if (high_fits) try_both(make, others, name, high, static_cast<I>(high), true, in);
  try_both(make, others, name, low - 1, static_cast<I>(low - 1), false, in);
  try_both(make, others, name, high + 1, static_cast<I>(high + 1), false, in);
  try_both(make, others, name, Index{-5}, I{-5}, false, in);
}

const C units5{{"units", I{5}}};

}  // namespace

TEST_CASE("activations and noise: constructor and file agree") {
  real_option([](double v) { return Elu<float>(v); }, {}, real_range<Elu<float>>("alpha"));
  real_option([](double v) { return LeakyRelu<float>(v); }, {},
              real_range<LeakyRelu<float>>("negative_slope"));
  real_option([](double v) { return Dropout<float>(v); }, {}, real_range<Dropout<float>>("rate"));
  real_option([](double v) { return MaskingNoise<float>(v); }, {}, real_range<MaskingNoise<float>>("rate"));
  real_option([](double v) { return GaussianNoise<float>(v); }, {},
              real_range<GaussianNoise<float>>("deviation"));
  real_option([](double v) { return L1Activity<float>(v); }, {}, real_range<L1Activity<float>>("weight"));
  real_option([](double v) { return Variational<float>(v); }, {}, real_range<Variational<float>>("beta"));
  real_option([](double v) { return KlSparsity<float>(v, 0.1); }, {}, real_range<KlSparsity<float>>("rate"));
  real_option([](double v) { return KlSparsity<float>(0.05, v); }, {},
              real_range<KlSparsity<float>>("weight"));
}

TEST_CASE("normalisation and pooling: constructor and file agree") {
  real_option([](double v) { return BatchNorm<float>(6, {.momentum = v}); }, {},
              real_range<BatchNorm<float>>("momentum"));
  real_option([](double v) { return BatchNorm<float>(6, {.epsilon = v}); }, {},
              real_range<BatchNorm<float>>("epsilon"));
  real_option([](double v) { return LayerNorm<float>(6, {.epsilon = v}); }, {},
              real_range<LayerNorm<float>>("epsilon"));
  real_option([](double v) { return GemPool1D<float>({.p = v}); }, {}, real_range<GemPool1D<float>>("p"));
  real_option([](double v) { return GemPool1D<float>(6, {.epsilon = v, .per_channel = true}); },
              {{"per_channel", true}}, real_range<GemPool1D<float>>("epsilon"));
  integer_option([](Index v) { return AdaptiveAveragePool1D<float>(v); }, {}, "length", 1, Window::limit,
                 true);
  integer_option([](Index v) { return UpSampling1D<float>(v); }, {}, "factor", 1, Window::limit, true);
  integer_option([](Index v) { return ZeroPadding1D<float>(v, 1); }, {{"right", I{1}}}, "left", 0,
                 Window::limit, true);
  integer_option([](Index v) { return ZeroPadding1D<float>(1, v); }, {{"left", I{1}}}, "right", 0,
                 Window::limit, true);
  integer_option([](Index v) { return Cropping1D<float>(v, 1); }, {{"right", I{1}}}, "left", 0, Window::limit,
                 false);
  integer_option([](Index v) { return Cropping1D<float>(1, v); }, {{"left", I{1}}}, "right", 0, Window::limit,
                 false);
  integer_option([](Index v) { return RepeatVector<float>(v); }, {}, "times", 1, Index{1} << 20, true,
                 Shape{6, 1});
  integer_option([](Index v) { return Reshape<float>(v, 1 << 24); }, {{"length", I{1} << 24}}, "channels", 1,
                 1 << 24, false, Shape{1 << 24, 1});
  integer_option([](Index v) { return Reshape<float>(1 << 24, v); }, {{"channels", I{1} << 24}}, "length", 1,
                 1 << 24, false, Shape{1 << 24, 1});
  integer_option([](Index v) { return MaxPool1D<float>(v); }, {}, "size", 1, Window::limit, false);
  integer_option([](Index v) { return AveragePool1D<float>(v); }, {}, "size", 1, Window::limit, false);
  integer_option([](Index v) { return MaxPool2D<float>(v, 1, 1, {}); }, {{"size", I{1}}}, "planes", 1,
                 Window::limit, false);
  try_both([](Index v) { return FinalStates<float>(v); }, C{}, "units", Index{3}, I{3}, true);
  try_both([](Index v) { return FinalStates<float>(v); }, C{}, "units", Index{0}, I{0}, false);
}

TEST_CASE("layers with weights: constructor and file agree") {
  constexpr Index most = 1 << 24;
  integer_option([](Index v) { return Dense<float>(6, v); }, {}, "units", 1, most, false);
  integer_option([](Index v) { return ContractiveDense<float>(6, v); }, {}, "units", 1, most, false);
  real_option([](double v) { return ContractiveDense<float>(6, 5, {.weight = v}); }, units5,
              real_range<ContractiveDense<float>>("weight"));
  integer_option([](Index v) { return TiedAutoencoder<float>(6, v); }, {}, "units", 1, most, false);
  real_option([](double v) { return TiedAutoencoder<float>(6, 5, {.contraction = v}); }, units5,
              real_range<TiedAutoencoder<float>>("contraction"));
  integer_option([](Index v) { return Embedding<float>(v, 3); }, {{"dimension", I{3}}}, "vocabulary", 1, most,
                 false);
  integer_option([](Index v) { return Embedding<float>(9, v); }, {{"vocabulary", I{9}}}, "dimension", 1,
                 1 << 16, true);
  integer_option([](Index v) { return Embedding<float>(9, 3, {.unknown = v}); },
                 {{"vocabulary", I{9}}, {"dimension", I{3}}}, "unknown", 0, 8, true);
  const C shape{{"filters", I{4}}, {"kernel", I{3}}};
  integer_option([](Index v) { return Conv1D<float>(6, v, 3); }, {{"kernel", I{3}}}, "filters", 1,
                 Window::limit, false);
  integer_option([](Index v) { return Conv1D<float>(6, 4, v); }, {{"filters", I{4}}}, "kernel", 1,
                 Window::limit, false);
  integer_option([](Index v) { return Conv1D<float>(6, 4, 3, {.stride = v}); }, shape, "stride", 1,
                 Window::limit, true);
  try_both([](Index v) { return Conv1D<float>(6, 4, 3, {.groups = v}); }, shape, "groups", Index{2}, I{2},
           true);
  for (const Index groups : {Index{0}, Index{-1}, Index{3}, Index{4}}) {
    try_both([](Index v) { return Conv1D<float>(6, 4, 3, {.groups = v}); }, shape, "groups", groups,
             static_cast<I>(groups), false);
  }
  integer_option([](Index v) { return Conv1DTranspose<float>(6, v, 3); }, {{"kernel", I{3}}}, "filters", 1,
                 Window::limit, false);
  integer_option(
      [](Index v) {
        return Conv1DTranspose<float>(6, 4, 3, {.padding = Padding::sides, .output_padding = v});
      },
      {{"filters", I{4}}, {"kernel", I{3}}, {"padding", std::string("explicit")}}, "output_padding", 0,
      Window::limit, true);
  integer_option([](Index v) { return DepthwiseConv1D<float>(6, v); }, {}, "kernel", 1, Window::limit, false);
  integer_option([](Index v) { return SeparableConv1D<float>(6, v, 3); }, {{"kernel", I{3}}}, "filters", 1,
                 Window::limit, false);
  integer_option([](Index v) { return Conv2D<float>(v, 4, 3, 3); }, shape, "planes", 1, Window::limit, false);
}

TEST_CASE("recurrent layers and attention: constructor and file agree") {
  constexpr Index most = detail::recurrent_units_range.high;
  integer_option([](Index v) { return Gru<float>(6, v); }, {}, "units", 1, most, false);
  integer_option([](Index v) { return Lstm<float>(6, v); }, {}, "units", 1, most, false);
  integer_option([](Index v) { return SimpleRnn<float>(6, v); }, {}, "units", 1, most, false);
  integer_option([](Index v) { return SimpleRnn<float>(6, 5, {.outputs = v}); }, units5, "outputs", 0, most,
                 false);
  constexpr IntegerRange truncate{0, Index{1} << 40};
  integer_option([](Index v) { return Gru<float>(6, 5, {.truncate = v}); }, units5, "truncate", truncate.low,
                 truncate.high, true);
  real_option([](double v) { return Gru<float>(6, 5, {.recurrent_dropout = v}); }, units5,
              real_range<Gru<float>>("recurrent_dropout"));
  real_option([](double v) { return SimpleRnn<float>(6, 5, {.recurrent_dropout = v}); }, units5,
              real_range<Gru<float>>("recurrent_dropout"));
  real_option([](double v) { return Lstm<float>(6, 5, {.forget_bias = v}); }, units5,
              real_range<Lstm<float>>("forget_bias"));
  for (const Index heads : {Index{0}, Index{-1}, Index{4}, Index{12}}) {
    try_both([](Index v) { return MultiHeadAttention<float>(6, {.heads = v}); }, C{}, "heads", heads,
             static_cast<I>(heads), false);
  }
  const C encoder{{"heads", I{2}}, {"width", I{4}}};
  integer_option([](Index v) { return TransformerEncoder<float>(6, v, {.heads = 2}); }, {{"heads", I{2}}},
                 "width", 1, 1 << 24, false);
  real_option([](double v) { return TransformerEncoder<float>(6, 4, {.heads = 2, .dropout = v}); }, encoder,
              real_range<TransformerEncoder<float>>("dropout"));
  real_option([](double v) { return TransformerEncoder<float>(6, 4, {.heads = 2, .epsilon = v}); }, encoder,
              real_range<TransformerEncoder<float>>("epsilon"));
  const auto positions = [](Index v) { return LearnedPositions<float>(6, v); };
  try_both(positions, C{}, "length", Index{12}, I{12}, true);
  for (const Index length : {Index{0}, Index{-1}, Index{1} << 25}) {
    try_both(positions, C{}, "length", length, static_cast<I>(length), false);
  }
}

TEST_CASE("the largest and least slopes still have right gradients; others are refused") {
  CHECK_THROWS_WITH_AS(LeakyRelu{-0.5}, "leaky_relu: 'negative_slope' must lie between 0 and 1e+06",
                       ConfigError);
  CHECK_THROWS_AS(Elu{-1.0}, ConfigError);
  CHECK_THROWS_AS((SupervisedAutoencoder<Sequential<Dense<>>, Sequential<Dense<>>>(
                      Sequential{Dense{4, 2}}, Sequential{Dense{2, 4}}, {.weight = 2e6})),
                  ConfigError);
}
