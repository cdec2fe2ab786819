// A layer of radial basis functions (Broomhead, Lowe 1988), written with Eigen expressions.
//
//   y_k = exp(-w_k |x - c_k|^2),   w_k = exp(s_k)             channels -> centres, at each time step
//
// Centres c_k and log widths s_k are learned. Far from all centres every output is near 0, whatever the
// weights behind: so the net says nothing of what it has never seen, where a sigmoid would be certain of it.
#pragma once

#include <weir/eigen/map.hpp>
#include <weir/train.hpp>

#include <cmath>
#include <string_view>

template <class T = float>
struct RadialBasis {
  using Scalar = T;
  using Cache = weir::NoCache;  // backward needs x and y alone
  static constexpr std::string_view kind = "radial_basis";

  weir::Tensor<T, weir::dyn, weir::dyn> centres;  ///< channels x centres
  weir::Tensor<T, weir::dyn> log_widths;          ///< centres

  RadialBasis(weir::Index channels, weir::Index count) : centres(channels, count), log_widths(count) {}

  [[nodiscard]] weir::Shape out_shape(weir::Shape input) const {
    if (input.channels != centres.extents()[0])
      weir::fail(weir::ErrorKind::shape, "radial_basis: wrong number of channels");
    return {log_widths.size(), input.length};
  }

  /// Centres where standardised samples lie, so wide that half of the samples answer to some.
  void init(weir::Rng& rng) {
    for (T& value : centres.span()) value = static_cast<T>(rng.normal());
    log_widths.fill(static_cast<T>(-std::log(static_cast<double>(centres.extents()[0]))));
  }

  void forward(weir::BatchView<const T> x, weir::BatchView<T> y, Cache&, const weir::Pass&) const {
    const auto X = weir::as_matrix(x);  // one sample or time step a column
    const auto C = weir::as_matrix(centres);
    auto Y = weir::as_matrix(y);
    const auto s = weir::as_vector(log_widths);
    for (weir::Index k = 0; k < C.cols(); ++k)
      Y.row(k) = (-std::exp(s(k)) * (X.colwise() - C.col(k)).colwise().squaredNorm()).array().exp();
  }

  /// With e = dy_k y_k and a = x - c_k:
  ///   dx = -2 sum_k w_k e a      dc_k = 2 w_k sum e a      ds_k = -w_k sum e |a|^2
  void backward(weir::BatchView<const T> x, weir::BatchView<const T> y, weir::BatchView<const T> dy,
                weir::BatchView<T> dx, Cache&, RadialBasis& grad, const weir::Pass&) const {
    const auto X = weir::as_matrix(x), Y = weir::as_matrix(y), DY = weir::as_matrix(dy);
    const auto C = weir::as_matrix(centres);
    const auto s = weir::as_vector(log_widths);
    auto DC = weir::as_matrix(grad.centres);
    auto ds = weir::as_vector(grad.log_widths);
    if (!dx.absent()) weir::as_matrix(dx).setZero();
    for (weir::Index k = 0; k < C.cols(); ++k) {
      const T w = std::exp(s(k));
      const auto away = X.colwise() - C.col(k);  // an expression: nothing is computed yet
      const auto e = DY.row(k).cwiseProduct(Y.row(k));
      DC.col(k) += T(2) * w * (away * e.asDiagonal()).rowwise().sum();
      ds(k) -= w * away.colwise().squaredNorm().dot(e);
      if (!dx.absent()) weir::as_matrix(dx) -= T(2) * w * (away * e.asDiagonal());
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(weir::Role::weight, "centres", layer.centres.view()...);
    f(weir::Role::bias, "log_widths", layer.log_widths.view()...);
  }
};
