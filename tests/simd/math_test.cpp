// The error bounds stated at the head of simd/math.hpp, against the C library in the next wider type: over
// all bit patterns in strides, and densely where the functions bend.
#include <weir/simd/math.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace weir;

namespace {

template <class T>
using Wide = std::conditional_t<sizeof(T) == 4, double, long double>;
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// All kinds of values: bit patterns `stride` apart (a prime: all exponents, many mantissas), and the
/// corners.
template <class T>
std::vector<T> samples(std::size_t count) {
  std::vector<T> x;
  const Bits<T> stride = static_cast<Bits<T>>(std::numeric_limits<Bits<T>>::max() / count) | 1U;
  Bits<T> bits = 0;
  for (std::size_t i = 0; i < count; ++i, bits = static_cast<Bits<T>>(bits + stride)) {
    x.push_back(std::bit_cast<T>(bits));
  }
  for (std::size_t i = 0; i < count; ++i) {  // where something happens: -100 ... 100
    x.push_back(T(-100) + T(200) * static_cast<T>(i) / static_cast<T>(count));
  }
  for (std::size_t i = 0; i < count; ++i) {
    x.push_back(T(-3) + T(6) * static_cast<T>(i) / static_cast<T>(count));
  }
  using L = std::numeric_limits<T>;
  for (const T v : {T(0), L::denorm_min(), L::min(), L::epsilon(), T(1), L::max(), L::infinity(),
                    L::quiet_NaN(), T(88.3763), T(88.7), T(88.73), T(-87.5), T(-103.9), T(-104.1), T(709.75),
                    T(709.8), T(-708.5), T(-745.1), T(-745.2)}) {
    x.push_back(v);
    x.push_back(-v);
  }
  return x;
}

struct Worst {
  double ulps = 0.0;        ///< over normal results
  double subnormals = 0.0;  ///< over subnormal results, in units of the smallest
  std::string at;
};

/// In place of a number of ulps: not even finite where the truth is finite, or the other way round.
constexpr double wrong_kind = 1e300;

template <class T>
double ulps(T value, Wide<T> exact, double& subnormals) {
  const T rounded = static_cast<T>(exact);
  if (std::isnan(rounded) || std::isnan(value))
    return std::isnan(rounded) && std::isnan(value) ? 0.0 : wrong_kind;
  if (std::isinf(rounded) || std::isinf(value)) {
    // Half an ulp decides between the largest number and infinity.
    const bool both_huge =
        std::min(std::fabs(rounded), std::fabs(value)) > T(0.999999) * std::numeric_limits<T>::max();
    return value == rounded || (both_huge && (value > 0) == (rounded > 0)) ? 0.0 : wrong_kind;
  }
  const Wide<T> error = std::fabs(static_cast<Wide<T>>(value) - exact);
  if (std::fabs(exact) < static_cast<Wide<T>>(std::numeric_limits<T>::min())) {
    const Wide<T> unit = static_cast<Wide<T>>(std::numeric_limits<T>::denorm_min());
    subnormals = std::max(subnormals, static_cast<double>(error / unit));
    return 0.0;
  }
  int exponent = 0;
  static_cast<void>(std::frexp(exact, &exponent));
  return static_cast<double>(std::ldexp(error, std::numeric_limits<T>::digits - exponent));
}

template <class T, class F, class G>
Worst measure(const std::vector<T>& x, F function, G exact) {
  std::vector<T> y(x.size());
  simd::transform(static_cast<std::ptrdiff_t>(x.size()), x.data(), y.data(), function);
  Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = ulps<T>(y[i], exact(static_cast<Wide<T>>(x[i])), worst.subnormals);
    if (error > worst.ulps) {
      worst.ulps = error;
      worst.at = std::to_string(x[i]) + " -> " + std::to_string(y[i]);
    }
  }
  return worst;
}

#define CHECK_ULPS(name, bound, subnormal_bound, exact)                                               \
  do {                                                                                                \
    const Worst worst = measure<T>(                                                                   \
        x, [](const simd::Simd<T>& v) { return simd::name<T>(v); }, [](Wide<T> v) { return exact; }); \
    INFO(#name, ": ", worst.ulps, " ulps at ", worst.at, "; subnormal results ", worst.subnormals);   \
    CHECK(worst.ulps > 0.25); /* perfection would mean that nothing was measured */                   \
    CHECK(worst.ulps <= (bound));                                                                     \
    CHECK(worst.subnormals <= (subnormal_bound));                                                     \
  } while (false)

template <class T>
T one(T x, simd::Simd<T> (*function)(const simd::Simd<T>&)) {
  T y = T(0);
  simd::transform(1, &x, &y, [&](const simd::Simd<T>& v) { return function(v); });
  return y;
}

}  // namespace

TEST_CASE_TEMPLATE("math: error bounds", T, float, double) {
  const std::vector<T> x = samples<T>(sizeof(T) == 4 ? 500'003 : 120'011);
  CHECK_ULPS(exp, 2.0, 1.0, std::exp(v));
  CHECK_ULPS(log, 1.0, 1.0, std::log(v));
  CHECK_ULPS(tanh, 2.0, 1.0, std::tanh(v));
  // Sigmoids below the smallest normal number may become zero.
  CHECK_ULPS(sigmoid, 3.0, 1.0 / static_cast<double>(std::numeric_limits<T>::epsilon()),
             1 / (1 + std::exp(-v)));
  CHECK_ULPS(softplus, 2.0, 1.0, v > 0 ? v + std::log1p(std::exp(-v)) : std::log1p(std::exp(v)));
  CHECK_ULPS(erf, sizeof(T) == 4 ? 3.0 : 70.0, 16.0, std::erf(v));
}

TEST_CASE_TEMPLATE("math: exact values", T, float, double) {
  using L = std::numeric_limits<T>;
  const T infinity = L::infinity(), nan = L::quiet_NaN();
  CHECK(one<T>(T(0), simd::exp<T>) == T(1));
  CHECK(one<T>(infinity, simd::exp<T>) == infinity);
  CHECK(one<T>(-infinity, simd::exp<T>) == T(0));
  CHECK(one<T>(T(1), simd::log<T>) == T(0));
  CHECK(one<T>(T(0), simd::log<T>) == -infinity);
  CHECK(one<T>(infinity, simd::log<T>) == infinity);
  CHECK(std::isnan(one<T>(T(-1), simd::log<T>)));
  CHECK(one<T>(T(0), simd::sigmoid<T>) == T(0.5));
  CHECK(one<T>(infinity, simd::sigmoid<T>) == T(1));
  CHECK(one<T>(-infinity, simd::sigmoid<T>) == T(0));
  CHECK(one<T>(L::lowest(), simd::sigmoid<T>) == T(0));
  CHECK(one<T>(T(0), simd::tanh<T>) == T(0));
  CHECK(one<T>(infinity, simd::tanh<T>) == T(1));
  CHECK(one<T>(-infinity, simd::tanh<T>) == T(-1));
  CHECK(one<T>(L::denorm_min(), simd::tanh<T>) == L::denorm_min());
  CHECK(one<T>(infinity, simd::erf<T>) == T(1));
  CHECK(one<T>(L::lowest(), simd::erf<T>) == T(-1));
  CHECK(one<T>(infinity, simd::softplus<T>) == infinity);
  CHECK(one<T>(-infinity, simd::softplus<T>) == T(0));
  for (const T x : {nan, -nan}) {
    CHECK(std::isnan(one<T>(x, simd::exp<T>)));
    CHECK(std::isnan(one<T>(x, simd::log<T>)));
    CHECK(std::isnan(one<T>(x, simd::sigmoid<T>)));
    CHECK(std::isnan(one<T>(x, simd::tanh<T>)));
    CHECK(std::isnan(one<T>(x, simd::erf<T>)));
    CHECK(std::isnan(one<T>(x, simd::softplus<T>)));
  }
}

TEST_CASE_TEMPLATE("math: sigmoid and tanh stay in range, and fall by no more than their error", T, float,
                   double) {
  std::vector<T> x, s, t;
  for (int i = -400'000; i <= 400'000; ++i) x.push_back(static_cast<T>(i) * T(2.5e-4));
  s.resize(x.size());
  t.resize(x.size());
  const auto count = static_cast<std::ptrdiff_t>(x.size());
  simd::transform(count, x.data(), s.data(), [](const simd::Simd<T>& v) { return simd::sigmoid<T>(v); });
  simd::transform(count, x.data(), t.data(), [](const simd::Simd<T>& v) { return simd::tanh<T>(v); });
  const T slack = T(1) - 6 * std::numeric_limits<T>::epsilon();
  bool in_range = true, rising = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    in_range = in_range && s[i] >= T(0) && s[i] <= T(1) && t[i] >= T(-1) && t[i] <= T(1);
    if (i == 0) continue;
    rising = rising && s[i] >= s[i - 1] * slack;
    rising = rising && (t[i] >= T(0) ? t[i] >= t[i - 1] * slack : t[i] * slack >= t[i - 1]);
  }
  CHECK(in_range);
  CHECK(rising);
}
