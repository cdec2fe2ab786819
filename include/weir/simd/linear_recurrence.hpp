// A state that moves towards a candidate by a gate which does not see the state, along time:
//
//   z_t = sigmoid(a_t)      h_t = h_{t-1} + z_t (c_t - h_{t-1})
//
// The only chain from step to step is one difference and one multiply-add, and channels side by side fill the registers: a
// register of channels walks through all steps with its state inside. (A parallel scan over time is for machines with more
// lanes than channels and samples.)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/gates.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/registers.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// Steps of `units` channels, `stride` values of `sums` from one to the next (negative: backwards in memory): a, then c.
template <class T>
struct LinearSteps {
  std::ptrdiff_t units;
  std::ptrdiff_t count;
  T* sums;
  T* states;  ///< h, as far apart as half of `stride`
  std::ptrdiff_t stride;
};

/// Writes h_t of each step from `before`; z_t takes the place of a_t. `before` may be where the last h goes.
template <class T>
inline void linear_forward(const LinearSteps<T>& at, const T* before) noexcept {
  detail::each_register<T>(at.units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    V h = access(before + u);
    for (std::ptrdiff_t t = 0; t < at.count; ++t) {
      T* sums = at.sums + t * at.stride + u;
      const V z = sigmoid<T>(access(sums));
      h = fma<T>(z, access(sums + at.units) - h, h);
      access(sums, z);
      access(at.states + t * (at.stride / 2) + u, h);
    }
  });
}

/// The derivatives: `slopes` is dL/dh of each step from outside, in the layout of the states, or null where only `carry` counts.
/// `carry` is dL/dh of the last step from behind and becomes dL/d(before). z and c become dL/da and dL/dc.
template <class T>
inline void linear_backward(const LinearSteps<T>& at, const T* before, const T* slopes, T* carry) noexcept {
  detail::each_register<T>(at.units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    V d = access(carry + u);
    for (std::ptrdiff_t t = at.count; t-- > 0;) {
      T* sums = at.sums + t * at.stride + u;
      if (slopes != nullptr) d = d + access(slopes + t * (at.stride / 2) + u);
      const V z = access(sums), c = access(sums + at.units);
      const V h = t > 0 ? access(at.states + (t - 1) * (at.stride / 2) + u) : access(before + u);
      access(sums, detail::through_sigmoid<T>(z, V(d * (c - h))));
      access(sums + at.units, V(d * z));
      d = fma<T>(-z, d, d);
    }
    access(carry + u, d);
  });
}

}  // namespace weir::inline WEIR_ABI::simd
