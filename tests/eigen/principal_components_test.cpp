#include "samples.hpp"

#include <doctest/doctest.h>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/eigen/principal_components.hpp>

#include "golden/eigen.hpp"

#include <limits>
#include <string>
#include <utility>

using namespace weir;
using weir_test::golden_samples;

TEST_CASE("Components, variances and whitened samples are scikit-learn's") {
  const auto x = golden_samples();
  const auto pca = PrincipalComponents::fit(x, {.components = 3, .whiten = true});
  CHECK(pca.features() == 5);
  CHECK(pca.components() == 3);
  CHECK(pca.explained() == doctest::Approx(golden::pca_explained[0]));
  for (Index k = 0; k < 3; ++k) {
    CHECK(pca.variances()(k) == doctest::Approx(golden::pca_variances[static_cast<std::size_t>(k)]));
    for (Index j = 0; j < 5; ++j)
      CHECK(pca.axes()(j, k) == doctest::Approx(golden::pca_axes[static_cast<std::size_t>(5 * k + j)]));
  }
  const auto z = pca.transform(x);
  for (Index i = 0; i < 2; ++i) {
    for (Index k = 0; k < 3; ++k)
      CHECK(z(i, k) == doctest::Approx(golden::pca_white[static_cast<std::size_t>(3 * i + k)]));
  }
}

TEST_CASE("All components give the samples back, in either order and in float") {
  const auto rows = golden_samples();
  const Eigen::MatrixXf columns = rows.transpose().cast<float>();
  for (const bool whiten : {false, true}) {
    const auto pca = PrincipalComponents::fit(rows, {.whiten = whiten});
    CHECK(pca.components() == 5);
    CHECK(pca.explained() == doctest::Approx(1.0));
    const auto z = pca.transform(columns);
    static_assert(std::is_same_v<std::remove_const_t<decltype(z)>, Eigen::MatrixXf>);
    CHECK(z.rows() == 5);
    CHECK(pca.inverse(z).isApprox(columns, 1e-5F));
    CHECK(pca.inverse(pca.transform(rows)).isApprox(rows, 1e-12));
    CHECK(pca.transform(rows).isApprox(pca.transform(Eigen::MatrixXd(rows.transpose())).transpose(), 1e-12));
  }
}

TEST_CASE("Whitened training samples have mean 0 and covariance 1") {
  const auto x = golden_samples();
  const auto z = PrincipalComponents::fit(x, {.whiten = true}).transform(x);
  CHECK(z.colwise().mean().cwiseAbs().maxCoeff() < 1e-12);
  CHECK((z.transpose() * z / 39.0).isApprox(Eigen::MatrixXd::Identity(5, 5), 1e-10));
}

TEST_CASE("A feature that follows from others adds no component") {
  Eigen::MatrixXd x(6, 40);
  x.topRows(5) = golden_samples().transpose();
  x.row(5) = 3.0 * x.row(0) - x.row(1);
  const auto pca = PrincipalComponents::fit(x, {.whiten = true});
  CHECK(pca.components() == 5);
  CHECK(pca.transform(x).allFinite());
  CHECK(pca.inverse(pca.transform(x)).isApprox(x, 1e-10));
  CHECK_THROWS_AS(static_cast<void>(PrincipalComponents::fit(x, {.components = 6})), ConfigError);
}

TEST_CASE("Samples that have no components, and others than fitted, are refused") {
  Eigen::MatrixXd x = golden_samples().transpose();
  const auto pca = PrincipalComponents::fit(x);
  CHECK_THROWS_AS(static_cast<void>(pca.transform(x.topRows(4))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(pca.inverse(x.topRows(4))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(PrincipalComponents::fit(x.leftCols(1))), DataError);
  CHECK_THROWS_AS(static_cast<void>(PrincipalComponents::fit(Eigen::MatrixXd::Ones(5, 9))), DataError);
  x(2, 3) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(static_cast<void>(PrincipalComponents::fit(x)), doctest::Contains("NaN or infinite"),
                       DataError);
}

TEST_CASE("Fitted on the features of training rows") {
  std::string text = "a,b\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i % 7) + "," + std::to_string((i * i) % 11) + "\n";
  const TrainingRows training = training_rows(parse_csv(text));
  const Preprocessor preprocessor = Preprocessor::fit(training);
  const auto pca = PrincipalComponents::fit(training, preprocessor, {.components = 1});
  CHECK(pca.features() == static_cast<Index>(preprocessor.features()));
  const Matrix<float> x = preprocessor.transform(training.table());
  CHECK(pca.transform(as_matrix(x)).rows() == 1);
}
