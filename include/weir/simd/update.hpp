// One step of each optimizer on one tensor, in one pass over memory. p: parameters, g: gradient; `scale`
// multiplies the gradient first (clipping), `l2` adds l2 * p to it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

template <class T>
struct SgdStep {
  T learning_rate, momentum, scale, l2;
  bool nesterov;
};

/// v = momentum v + g;  p -= lr (nesterov ? g + momentum v : v)
template <class T>
inline void sgd_update(std::ptrdiff_t count, T* p, const T* g, T* v, const SgdStep<T>& step) noexcept {
  const Simd<T> rate(step.learning_rate), momentum(step.momentum), scale(step.scale), l2(step.l2);
  const auto one = [&](const Simd<T>& param, const Simd<T>& grad_in, Simd<T>& velocity) {
    const Simd<T> grad = fma(l2, param, grad_in * scale);
    velocity = fma(momentum, velocity, grad);
    return param - rate * (step.nesterov ? fma(momentum, velocity, grad) : velocity);
  };
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) {
    Simd<T> velocity = load(v + i);
    store(p + i, one(load(p + i), load(g + i), velocity));
    store(v + i, velocity);
  }
  if (const std::ptrdiff_t rest = count - i; rest > 0) {
    Simd<T> velocity = load_part(v + i, rest);
    store_part(p + i, one(load_part(p + i, rest), load_part(g + i, rest), velocity), rest);
    store_part(v + i, velocity, rest);
  }
}

template <class T>
struct AdamStep {
  T rate;          ///< learning rate / (1 - beta1^t)
  T gain1, gain2;  ///< 1 - beta1 and 1 - beta2, each rounded once: 1 - float(0.999) would be off by 5e-5
  T correction;    ///< 1 / sqrt(1 - beta2^t)
  T epsilon;
  T scale, l2;
  T decay;  ///< share of p taken off besides: learning rate * weight decay (AdamW), else 0
};

/// m += (1 - b1) (g - m);  v += (1 - b2) (g^2 - v);  p -= decay p + rate m / (sqrt(v) correction + epsilon)
template <class T>
inline void adam_update(std::ptrdiff_t count, T* p, const T* g, T* m, T* v,
                        const AdamStep<T>& step) noexcept {
  const Simd<T> rate(step.rate), gain1(step.gain1), gain2(step.gain2), correction(step.correction),
      eps(step.epsilon);
  const Simd<T> scale(step.scale), l2(step.l2), decay(step.decay);
  const auto one = [&](const Simd<T>& param, const Simd<T>& grad_in, Simd<T>& first, Simd<T>& second) {
    const Simd<T> grad = fma(l2, param, grad_in * scale);
    first = fma(gain1, grad - first, first);
    second = fma<T>(gain2, fma<T>(grad, grad, -second), second);
    return param - fma(decay, param, rate * first / fma(xsimd::sqrt(second), correction, eps));
  };
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) {
    Simd<T> first = load(m + i), second = load(v + i);
    store(p + i, one(load(p + i), load(g + i), first, second));
    store(m + i, first);
    store(v + i, second);
  }
  if (const std::ptrdiff_t rest = count - i; rest > 0) {
    Simd<T> first = load_part(m + i, rest), second = load_part(v + i, rest);
    store_part(p + i, one(load_part(p + i, rest), load_part(g + i, rest), first, second), rest);
    store_part(m + i, first, rest);
    store_part(v + i, second, rest);
  }
}

}  // namespace weir::inline WEIR_ABI::simd
