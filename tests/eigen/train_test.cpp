// Data sets, training, predictions and verdicts from Eigen matrices: the same bits as from weir's own.
#include <doctest/doctest.h>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/eigen/matrix_dataset.hpp>
#include <weir/eigen/matrix_training.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>

#include <cstdint>
#include <vector>

using namespace weir;

namespace {

using RowMajor = EigenMatrix<float, Eigen::RowMajor>;

/// 6 features x samples.
Eigen::MatrixXf samples(Index count, std::uint64_t seed = 1) {
  Eigen::MatrixXf x(6, count);
  Rng rng(seed);
  for (float& value : x.reshaped()) value = static_cast<float>(rng.normal());
  return x;
}
Eigen::VectorXi labels(const Eigen::MatrixXf& x) {
  return (x.row(0) + x.row(1)).unaryExpr([](float v) { return v > 0.0F ? 1 : 0; }).cast<int>().transpose();
}

auto small_net() {
  auto net = Sequential{Dense{6, 8}, Relu{}, Dense{8, 2}};
  Rng rng(5);
  net.init(rng);
  return net;
}

}  // namespace

TEST_CASE("Data sets of both orders are the same") {
  const Eigen::MatrixXf x = samples(20);
  const RowMajor rows = x.transpose();
  const Eigen::VectorXi y = labels(x);
  const Dataset<float> a = dataset_of(x, y), b = dataset_of(rows, y.transpose());
  a.check();
  CHECK(a.shape == Shape{6});
  CHECK(a.rows() == 20);
  CHECK(as_matrix(a.x) == x);
  CHECK(a.x == b.x);
  CHECK(a.labels == b.labels);
  CHECK(a.labels == std::vector<Label>(y.begin(), y.end()));
  CHECK(dataset_of(x, std::vector<Label>(20, 1)).labels.size() == 20);
  CHECK(dataset_of(2.0F * x).x[3] == 2.0F * x(3, 0));  // expressions, and blocks with gaps
  CHECK(dataset_of(x.topRows(3)).x(2, 7) == x(2, 7));
  CHECK(dataset_of(x, Shape{3, 2}).shape == Shape{3, 2});
  const auto one_a_step = dataset_of(x, Eigen::MatrixXi::Constant(2, 20, 1), Shape{3, 2});
  CHECK(one_a_step.labels.size() == 40);
}

TEST_CASE("Targets are a vector of either orientation, or a matrix of either order") {
  const Eigen::MatrixXf x = samples(5);
  const Eigen::VectorXf y = x.row(2).transpose();
  CHECK(dataset_of(x, y).targets.extents() == Extents{1, 5});
  CHECK(dataset_of(x, y).targets == dataset_of(x, y.transpose()).targets);
  const Eigen::MatrixXf two = x.topRows(2);
  const RowMajor two_rows = two.transpose();
  CHECK(dataset_of(x, two).targets.extents() == Extents{2, 5});
  CHECK(dataset_of(x, two).targets == dataset_of(x, two_rows).targets);
}

TEST_CASE("What does not fit is refused with the order named") {
  const Eigen::MatrixXf x = samples(5);
  CHECK_THROWS_WITH_AS(static_cast<void>(dataset_of(x, Eigen::VectorXi::Zero(6).eval())),
                       doctest::Contains("x has 5 samples, y 6"), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(dataset_of(x, std::vector<Label>(4))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(dataset_of(x, Shape{4, 2})), ShapeError);
  using Longs = Eigen::Matrix<std::int64_t, Eigen::Dynamic, 1>;
  CHECK_THROWS_AS(static_cast<void>(dataset_of(x, Longs::Constant(5, std::int64_t{1} << 40))), DataError);
  CHECK_THROWS_AS(static_cast<void>(dataset_of(x, Longs::Constant(5, -1))), DataError);
  CHECK_THROWS_AS(static_cast<void>(predict(small_net(), Eigen::MatrixXf(x.transpose()))), ShapeError);
}

TEST_CASE("Predictions come in the order of the samples, with the bits of weir's own") {
  const auto net = small_net();
  const Eigen::MatrixXf x = samples(700);
  const RowMajor rows = x.transpose();
  const Matrix<float> expected = predict(net, to_matrix(x));
  const auto columns_out = predict(net, x);
  const auto rows_out = predict(net, rows);
  static_assert(!decltype(columns_out)::IsRowMajor && decltype(rows_out)::IsRowMajor);
  CHECK(columns_out.rows() == 2);
  CHECK(rows_out.cols() == 2);
  CHECK(columns_out == as_matrix(expected));
  CHECK(rows_out == as_rows(expected));
  ThreadPool pool(2);
  CHECK(predict(net, rows, &pool) == rows_out);
  CHECK(predict(net, rows.middleRows(100, 50)) == rows_out.middleRows(100, 50));
  CHECK(predict(net, x.col(3)) == columns_out.col(3));
  const Eigen::Ref<const Eigen::MatrixXf> reference = x;
  CHECK(predict(net, reference) == columns_out);
  CHECK_THROWS_AS(static_cast<void>(predict(net, rows.leftCols(5))), ShapeError);

  auto recurrent = Sequential{Gru{3, 4}, Dense{4, 1}};
  Rng rng(2);
  recurrent.init(rng);
  const Matrix<float> series = predict(recurrent, batch_of(x, Shape{3, 2}));
  CHECK(predict(recurrent, x, Shape{3, 2}) == as_matrix(series));
}

TEST_CASE("Training and evaluation give the bits of a data set's") {
  const Eigen::MatrixXf x = samples(400);
  const RowMajor rows = x.transpose();
  const Eigen::VectorXi y = labels(x);
  const auto start = Sequential{Dense{6, 8}, Relu{}, Dense{8, 1}, Sigmoid{}};
  const FitOptions options{.epochs = 20, .batch_size = 50};
  auto from_columns = start, from_rows = start, from_data = start;
  fit(from_columns, x, y, BinaryCrossEntropy{}, Adam{.learning_rate = 0.02}, options);
  fit(from_rows, rows, y, BinaryCrossEntropy{}, Adam{.learning_rate = 0.02}, options);
  fit(from_data, dataset_of(x, y), BinaryCrossEntropy{}, Adam{.learning_rate = 0.02}, options);
  CHECK(predict(from_columns, x) == predict(from_data, x));
  CHECK(predict(from_rows, x) == predict(from_data, x));
  const Eigen::MatrixXf fresh = samples(300, 9);
  CHECK(evaluate(from_rows, fresh, labels(fresh), BinaryCrossEntropy{}).accuracy() > 0.93);
  CHECK(evaluate(from_rows, RowMajor(fresh.transpose()), labels(fresh), BinaryCrossEntropy{}).accuracy() >
        0.93);

  auto line = Sequential{Dense{6, 1}};
  const Eigen::VectorXf target = (x.row(0) - 2.0F * x.row(3)).transpose();
  fit(line, x, target, MeanSquaredError{}, Adam{.learning_rate = 0.05}, {.epochs = 60});
  CHECK(evaluate(line, x, target, MeanSquaredError{}).loss < 1e-3);
}

TEST_CASE("A scorer judges the samples of a matrix of either order") {
  auto net = Sequential{Dense{6, 1}, Sigmoid{}};
  Rng rng(4);
  net.init(rng);
  const Pipeline<decltype(net)> pipeline{{.input = Shape{6}, .labels = {.classes = {"quiet", "attack"}}},
                                         net};
  const Eigen::MatrixXf x = samples(9);
  const RowMajor rows = x.transpose();
  Scorer scorer(pipeline);
  const std::vector<Verdict> verdicts = score(scorer, x);
  REQUIRE(verdicts.size() == 9);
  const Matrix<float> probabilities = predict(net, to_matrix(x));
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(verdicts[i].score == static_cast<double>(probabilities[static_cast<Index>(i)]));
    CHECK(score(scorer, rows)[i].score == verdicts[i].score);
    CHECK(score(scorer, rows.row(static_cast<Index>(i))).front().score == verdicts[i].score);
  }
  CHECK_THROWS_AS(static_cast<void>(score(scorer, Eigen::MatrixXf(x.transpose()))), ShapeError);
}
