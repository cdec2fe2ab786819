// Learning a pipeline from samples, and measuring it.
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/search.hpp>

namespace weir::inline WEIR_ABI {

template RateCurve find_learning_rate<AnyModel<float>>(const Samples&, const LearnPlan<AnyModel<float>>&);
template LearnPlan<AnyModel<float>> plan_learning<AnyModel<float>>(const Samples&, const LearnOptions&);
template Learned<AnyModel<float>> learn<AnyModel<float>>(const Samples&, LearnPlan<AnyModel<float>>);
template Completed<AnyModel<float>> complete_pipeline<AnyModel<float>>(const Samples&, AnyModel<float>,
                                                                       std::optional<double>, ThreadPool*);
template SearchResult search<AnyModel<float>>(const Samples&, const SearchOptions&, const LearnOptions&,
                                              const TrialCallback&);
template class Assessor<AnyModel<float>>;

}  // namespace weir::inline WEIR_ABI
