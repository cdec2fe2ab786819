// One step of an optimizer on one tensor, in one pass over memory. p: parameters, g: gradient; `scale`
// multiplies the gradient first (clipping), `l2` adds l2 * p to it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// The loop of a step: p_i = one(p_i, g_i, m_i...), where `one` takes registers and changes those of the
/// moments m, arrays as long as p.
template <class T, class F, class... M>
inline void update(std::ptrdiff_t count, T* p, const T* g, F one, M*... m) noexcept {
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) {
    [&](auto... moment) {
      store(p + i, Simd<T>(one(load(p + i), load(g + i), moment...)));
      (store(m + i, moment), ...);
    }(load(m + i)...);
  }
  if (const std::ptrdiff_t rest = count - i; rest > 0) {
    [&](auto... moment) {
      store_part(p + i, Simd<T>(one(load_part(p + i, rest), load_part(g + i, rest), moment...)), rest);
      (store_part(m + i, moment, rest), ...);
    }(load_part(m + i, rest)...);
  }
}

template <class T>
struct SgdStep {
  T learning_rate, momentum, scale, l2;
  bool nesterov;
};

/// v = momentum v + g;  p -= lr (nesterov ? g + momentum v : v). v may be null where momentum is 0.
template <class T>
inline void sgd_update(std::ptrdiff_t count, T* p, const T* g, T* v, const SgdStep<T>& step) noexcept {
  const Simd<T> rate(step.learning_rate), momentum(step.momentum), scale(step.scale), l2(step.l2);
  const auto gradient = [&](const Simd<T>& param, const Simd<T>& grad) {
    return fma(l2, param, grad * scale);
  };
  if (v == nullptr) {
    update(count, p, g,
           [&](const Simd<T>& param, const Simd<T>& grad) { return param - rate * gradient(param, grad); });
    return;
  }
  const auto one = [&](const Simd<T>& param, const Simd<T>& grad_in, Simd<T>& velocity) {
    const Simd<T> grad = gradient(param, grad_in);
    velocity = fma(momentum, velocity, grad);
    return param - rate * (step.nesterov ? fma(momentum, velocity, grad) : velocity);
  };
  update(count, p, g, one, v);
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
  update(count, p, g, one, m, v);
}

}  // namespace weir::inline WEIR_ABI::simd
