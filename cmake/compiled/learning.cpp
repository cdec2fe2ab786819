// Learning a pipeline from samples, and measuring it.
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/learn.hpp>

namespace weir::inline WEIR_ABI {

template LearnPlan<AnyModel<float>> plan_learning<AnyModel<float>>(const Samples&, const LearnOptions&);
template Learned<AnyModel<float>> learn<AnyModel<float>>(const Samples&, const LearnPlan<AnyModel<float>>&);
template Learned<AnyModel<float>> finish_learning<AnyModel<float>>(const Samples&,
                                                                   const LearnPlan<AnyModel<float>>&,
                                                                   const FitState<AnyModel<float>>&);
template Completed<AnyModel<float>> complete_pipeline<AnyModel<float>>(const Samples&, AnyModel<float>,
                                                                       std::optional<double>, ThreadPool*);
template class Assessor<AnyModel<float>>;

}  // namespace weir::inline WEIR_ABI
