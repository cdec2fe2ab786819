// The whole library under its user's own warnings.
#include <weir/weir.hpp>

#include <cstdio>

int main() {
  const weir::Matrix<float> matrix(2, 3);
  std::printf("weir %d.%d.%d: %td\n", WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_VERSION_PATCH,
              matrix.size());
}
