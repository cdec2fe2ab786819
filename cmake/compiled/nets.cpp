// Nets from texts and files: every kind of layer, forward and backward; and what runs a pipeline. Of float: nets of
// double are for checking gradients, and who builds them compiles them.
#include <weir/io/load_any.hpp>

namespace weir::inline WEIR_ABI {

template void simd::gemm<float>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, const simd::Strided<float>&,
                                const simd::Strided<float>&, float*, std::ptrdiff_t, simd::Init,
                                const float*) noexcept;
template void simd::gemm<double>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, const simd::Strided<double>&,
                                 const simd::Strided<double>&, double*, std::ptrdiff_t, simd::Init,
                                 const double*) noexcept;
template class detail::ChainBuffers<float>;
template class AnyLayer<float>;
template struct AnyModel<float>;
template Result<AnyModel<float>> detail::build_chain<float>(std::span<const LayerSpec>, Shape, BuildLimits&,
                                                            Index);
template struct detail::BuiltinBackward<float>;
template Result<std::vector<LayerSpec>> try_parse_layers<float>(std::string_view, Index);
template Result<Pipeline<AnyModel<float>>> try_parse_any<float>(std::span<const std::byte>,
                                                                const LoadOptions&);
template Result<Pipeline<AnyModel<float>>> try_load_any<float>(const std::string&, const LoadOptions&);
template class Workspace<AnyModel<float>>;
template class Scorer<AnyModel<float>>;

}  // namespace weir::inline WEIR_ABI
