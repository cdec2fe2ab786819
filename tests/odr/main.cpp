// The same net, scored by code for the baseline and by code for AVX2, in one program.
#include <array>
#include <cmath>
#include <cstdio>

float score_x86_64(std::array<float, 7> sample);
float score_haswell(std::array<float, 7> sample);

int main() {
  const std::array<float, 7> sample{0.5F, -1.25F, 3.0F, 0.0F, -0.125F, 2.5F, 1.0F};
  const float baseline = score_x86_64(sample);
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    std::puts("SKIPPED: this processor has no AVX2, the second half was not run");
    return 0;
  }
  const float avx2 = score_haswell(sample);
  std::printf("baseline %.9g, AVX2 %.9g\n", static_cast<double>(baseline), static_cast<double>(avx2));
  return std::abs(baseline - avx2) <= 1e-5F ? 0 : 1;
}
