// Learning a pipeline from samples, and measuring it.
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/cross_validate.hpp>
#include <weir/pipeline/learn.hpp>

namespace weir::inline WEIR_ABI {

template CrossValidation cross_validate<AnyModel<float>>(Table, const SampleOptions&, const LearnOptions&,
                                                         const CrossValidationOptions&, const OnFold&);
template LearnPlan<AnyModel<float>> plan_learning<AnyModel<float>>(const Samples&, const LearnOptions&);
template Learned<AnyModel<float>> learn<AnyModel<float>>(const Samples&, LearnPlan<AnyModel<float>>);
template Completed<AnyModel<float>> complete_pipeline<AnyModel<float>>(const Samples&, AnyModel<float>,
                                                                       std::optional<double>, ThreadPool*);
template class Assessor<AnyModel<float>>;

}  // namespace weir::inline WEIR_ABI
