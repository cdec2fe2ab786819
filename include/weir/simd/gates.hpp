// The elementwise part of one step of a recurrent layer, for one column (one sample) of `units` units: gates,
// new state and, backwards, their derivatives, in one walk over the registers.
//
// Each function has a block of rows in `sums`, one of `units` values for each gate. Forward turns sums into
// gates in place; backward turns gates into dL/d(sums) in place. Outputs may be the memory of inputs.
//
//   LSTM   i, f, o = sigmoid,  g = tanh;     c' = f c + i g,     h = o tanh c'
//          with peepholes p: i and f also see p_i c and p_f c, o sees p_o c'
//   GRU    r, z = sigmoid,  n = tanh(nx + r nh);    h' = n + z (h - n)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/registers.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

namespace detail {

/// How a kernel reads and writes whole registers,
struct WholeRegister {
  template <class T>
  [[nodiscard]] Simd<T> operator()(const T* from) const noexcept {
    return load(from);
  }
  template <class T>
  void operator()(T* to, const Simd<T>& value) const noexcept {
    store(to, value);
  }
};
/// and the last, partial one.
struct PartRegister {
  std::ptrdiff_t count;
  template <class T>
  [[nodiscard]] Simd<T> operator()(const T* from) const noexcept {
    return load_part(from, count);
  }
  template <class T>
  void operator()(T* to, const Simd<T>& value) const noexcept {
    store_part(to, value, count);
  }
};

/// kernel(offset, access) for each register of `count` elements.
template <class T, class F>
inline void each_register(std::ptrdiff_t count, F kernel) noexcept {
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) kernel(i, WholeRegister{});
  if (i < count) kernel(i, PartRegister{count - i});
}

/// dL/d(sum) of a sigmoid and of a tanh gate.
template <class T>
[[nodiscard]] inline Simd<T> through_sigmoid(const Simd<T>& gate, const Simd<T>& slope) noexcept {
  return slope * gate * (Simd<T>(T(1)) - gate);
}
template <class T>
[[nodiscard]] inline Simd<T> through_tanh(const Simd<T>& gate, const Simd<T>& slope) noexcept {
  return slope * fma<T>(-gate, gate, Simd<T>(T(1)));
}

}  // namespace detail

/// What one column of an LSTM step reads and writes.
template <class T>
struct LstmColumn {
  T* sums;            ///< 4 units: i, f, g, o
  const T* c_before;  ///< units
  T* c;
  T* tanh_c;
  T* h;
  const T* peephole = nullptr;  ///< 3 units: i, f, o; or none
};

template <class T>
inline void lstm_forward(std::ptrdiff_t units, const LstmColumn<T>& at) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    const T* sums = at.sums + u;
    const V before = access(at.c_before + u);
    V i = access(sums), f = access(sums + units), o = access(sums + 3 * units);
    if (at.peephole != nullptr) {
      i = fma<T>(access(at.peephole + u), before, i);
      f = fma<T>(access(at.peephole + units + u), before, f);
    }
    i = sigmoid<T>(i);
    f = sigmoid<T>(f);
    const V g = tanh<T>(access(sums + 2 * units));
    const V c = fma<T>(f, before, i * g);
    if (at.peephole != nullptr) o = fma<T>(access(at.peephole + 2 * units + u), c, o);
    o = sigmoid<T>(o);
    const V squashed = tanh<T>(c);
    access(at.sums + u, i);
    access(at.sums + units + u, f);
    access(at.sums + 2 * units + u, g);
    access(at.sums + 3 * units + u, o);
    access(at.c + u, c);
    access(at.tanh_c + u, squashed);
    access(at.h + u, V(o * squashed));
  });
}

/// `dh` is dL/dh, `dc` dL/dc of this step from behind and becomes dL/dc of the step before. Adds dL/d(sums)
/// to `d_bias` (4 units).
template <class T>
inline void lstm_backward(std::ptrdiff_t units, const LstmColumn<T>& at, const T* dh, T* dc,
                          T* d_bias) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    T* gates = at.sums + u;
    const V i = access(gates), f = access(gates + units);
    const V g = access(gates + 2 * units);
    const V o = access(gates + 3 * units);
    const V squashed = access(at.tanh_c + u);
    const V before = access(at.c_before + u);
    const V slope = access(dh + u);
    const V d_o = detail::through_sigmoid<T>(o, slope * squashed);
    V d_c = fma<T>(slope * o, fma<T>(-squashed, squashed, V(T(1))), access(dc + u));
    if (at.peephole != nullptr) d_c = fma<T>(d_o, access(at.peephole + 2 * units + u), d_c);
    const V d_i = detail::through_sigmoid<T>(i, d_c * g);
    const V d_f = detail::through_sigmoid<T>(f, d_c * before);
    const V d_g = detail::through_tanh<T>(g, d_c * i);
    V d_before = d_c * f;
    if (at.peephole != nullptr) {
      d_before = fma<T>(d_i, access(at.peephole + u), d_before);
      d_before = fma<T>(d_f, access(at.peephole + units + u), d_before);
    }
    access(gates, d_i);
    access(gates + units, d_f);
    access(gates + 2 * units, d_g);
    access(gates + 3 * units, d_o);
    access(dc + u, d_before);
    T* sums = d_bias + u;
    access(sums, V(access(sums) + d_i));
    access(sums + units, V(access(sums + units) + d_f));
    access(sums + 2 * units, V(access(sums + 2 * units) + d_g));
    access(sums + 3 * units, V(access(sums + 3 * units) + d_o));
  });
}

/// GRU whose reset gate acts behind the recurrent product. `sums`: 4 units r, z, nh, nx; nx becomes n.
template <class T>
inline void gru_forward(std::ptrdiff_t units, T* sums, const T* h_before, T* h) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    const T* from = sums + u;
    const V r = sigmoid<T>(access(from)), z = sigmoid<T>(access(from + units));
    const V n = tanh<T>(fma<T>(r, access(from + 2 * units), access(from + 3 * units)));
    const V before = access(h_before + u);
    access(sums + u, r);
    access(sums + units + u, z);
    access(sums + 3 * units + u, n);
    access(h + u, fma<T>(z, before - n, n));
  });
}

/// `dh` is dL/dh and becomes the part of dL/dh of the step before that does not go through a product. Adds
/// dL/d(sums) to `d_bias` (3 units: r, z, nx) and `d_recurrent_bias` (nh).
template <class T>
inline void gru_backward(std::ptrdiff_t units, T* gates, const T* h_before, T* dh, T* d_bias,
                         T* d_recurrent_bias) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    const T* from = gates + u;
    const V r = access(from), z = access(from + units), nh = access(from + 2 * units),
            n = access(from + 3 * units);
    const V slope = access(dh + u);
    const V d_n = detail::through_tanh<T>(n, slope * (V(T(1)) - z));
    const V d_r = detail::through_sigmoid<T>(r, d_n * nh);
    const V d_z = detail::through_sigmoid<T>(z, slope * (access(h_before + u) - n));
    const V d_nh = d_n * r;
    access(gates + u, d_r);
    access(gates + units + u, d_z);
    access(gates + 2 * units + u, d_nh);
    access(gates + 3 * units + u, d_n);
    access(dh + u, V(slope * z));
    T* sums = d_bias + u;
    access(sums, V(access(sums) + d_r));
    access(sums + units, V(access(sums + units) + d_z));
    access(sums + 2 * units, V(access(sums + 2 * units) + d_n));
    access(d_recurrent_bias + u, fma<T>(d_n, r, access(d_recurrent_bias + u)));
  });
}

/// GRU whose reset gate acts in front of the recurrent product, first part: r, z, and in the place of nh what
/// U_n multiplies, r times `recurrent` (h, or h with its dropout mask).
template <class T>
inline void gru_reset_forward(std::ptrdiff_t units, T* sums, const T* recurrent) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    const T* from = sums + u;
    const Simd<T> r = sigmoid<T>(access(from)), z = sigmoid<T>(access(from + units));
    access(sums + u, r);
    access(sums + units + u, z);
    access(sums + 2 * units + u, Simd<T>(r * access(recurrent + u)));
  });
}
/// Second part: n from its whole sum in the place of nx, and h.
template <class T>
inline void gru_update_forward(std::ptrdiff_t units, T* sums, const T* h_before, T* h) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    const T* from = sums + u;
    const Simd<T> z = access(from + units), n = tanh<T>(access(from + 3 * units));
    access(sums + 3 * units + u, n);
    access(h + u, fma<T>(z, access(h_before + u) - n, n));
  });
}
/// Backwards from the second part: dz and dn; `dh` as in gru_backward.
template <class T>
inline void gru_update_backward(std::ptrdiff_t units, T* gates, const T* h_before, T* dh) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    using V = Simd<T>;
    const T* from = gates + u;
    const V z = access(from + units), n = access(from + 3 * units);
    const V slope = access(dh + u);
    access(gates + units + u, detail::through_sigmoid<T>(z, slope * (access(h_before + u) - n)));
    access(gates + 3 * units + u, detail::through_tanh<T>(n, slope * (V(T(1)) - z)));
    access(dh + u, V(slope * z));
  });
}
/// Backwards from the first part, given `d_reset` = dL/d(r recurrent): dr; and d_reset becomes
/// dL/d(recurrent) on this way.
template <class T>
inline void gru_reset_backward(std::ptrdiff_t units, T* gates, const T* recurrent, T* d_reset) noexcept {
  detail::each_register<T>(units, [&](std::ptrdiff_t u, auto access) {
    const Simd<T> r = access(gates + u);
    const Simd<T> slope = access(d_reset + u);
    access(gates + u, detail::through_sigmoid<T>(r, slope * access(recurrent + u)));
    access(d_reset + u, Simd<T>(slope * r));
  });
}

}  // namespace weir::inline WEIR_ABI::simd
