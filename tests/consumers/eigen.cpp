// A program that links weir::eigen alone.
#include <weir/eigen/map.hpp>

int main() {
  const weir::Matrix<float> matrix = weir::to_matrix(Eigen::MatrixXf::Identity(3, 3));
  return weir::as_rows(matrix).trace() == 3.0F ? 0 : 1;
}
