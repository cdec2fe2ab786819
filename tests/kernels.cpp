#include "kernels.hpp"

namespace weir::inline WEIR_ABI::simd {

template void gemm<float>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, Strided<float>, Strided<float>,
                          float*, std::ptrdiff_t, Init, const float*) noexcept;
template void gemm<double>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, Strided<double>, Strided<double>,
                           double*, std::ptrdiff_t, Init, const double*) noexcept;

}  // namespace weir::inline WEIR_ABI::simd
