// Nets of double from texts and files: every kind of layer, forward and backward; and what runs a pipeline.
#include <weir/io/load_any.hpp>

namespace weir::inline WEIR_ABI {

template void simd::gemm<double>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, simd::Strided<double>,
                                 simd::Strided<double>, double*, std::ptrdiff_t, simd::Init,
                                 const double*) noexcept;
template class AnyLayer<double>;
template struct AnyModel<double>;
template Result<AnyModel<double>> detail::build_chain<double>(std::span<const LayerSpec>, Shape, BuildLimits&,
                                                              Index);
template struct detail::BuiltinBackward<double>;
template Result<std::vector<LayerSpec>> try_parse_layers<double>(std::string_view, Index);
template Result<Pipeline<AnyModel<double>>> try_parse_any<double>(std::span<const std::byte>,
                                                                  const LoadOptions&);
template Result<Pipeline<AnyModel<double>>> try_load_any<double>(const std::string&, const LoadOptions&);
template class Workspace<AnyModel<double>>;
template class Scorer<AnyModel<double>>;

}  // namespace weir::inline WEIR_ABI
