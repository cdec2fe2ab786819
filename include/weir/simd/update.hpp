// One step of each optimizer on one tensor, in one pass over memory. p: parameters, g: gradient; `scale`
// multiplies the gradient first (clipping), `l2` adds l2 * p to it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/batch.hpp>
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
  T beta1, beta2;  ///< decay of the moments
  T correction;    ///< 1 / sqrt(1 - beta2^t)
  T epsilon;
  T scale, l2;
  T decay;  ///< p is multiplied by this first: 1 - learning rate * weight decay (AdamW), else 1
};

/// m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  p = decay p - rate m / (sqrt(v) correction + epsilon)
template <class T>
inline void adam_update(std::ptrdiff_t count, T* p, const T* g, T* m, T* v,
                        const AdamStep<T>& step) noexcept {
  const Simd<T> rate(step.rate), b1(step.beta1), b2(step.beta2), correction(step.correction),
      eps(step.epsilon);
  const Simd<T> scale(step.scale), l2(step.l2), decay(step.decay), c1(T(1) - step.beta1),
      c2(T(1) - step.beta2);
  const auto one = [&](const Simd<T>& param, const Simd<T>& grad_in, Simd<T>& first, Simd<T>& second) {
    const Simd<T> grad = fma(l2, param, grad_in * scale);
    first = fma(c1, grad, b1 * first);
    second = fma(c2 * grad, grad, b2 * second);
    return decay * param - rate * first / fma(xsimd::sqrt(second), correction, eps);
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
