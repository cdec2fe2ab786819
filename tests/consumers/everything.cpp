// The whole library under its user's own warnings.
#include <weir/weir.hpp>

int main() { return weir::as_matrix(weir::Matrix<float>(2, 3)).size() == 6 ? 0 : 1; }
