// Part of the precompiled header: products are compiled once for all tests, in kernels.cpp, and not in each
// file that has a layer with weights.
#pragma once

#include <weir/simd/gemm.hpp>

namespace weir::inline WEIR_ABI::simd {

extern template void gemm<float>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, Strided<float>,
                                 Strided<float>, float*, std::ptrdiff_t, Init, const float*) noexcept;
extern template void gemm<double>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, Strided<double>,
                                  Strided<double>, double*, std::ptrdiff_t, Init, const double*) noexcept;

}  // namespace weir::inline WEIR_ABI::simd
