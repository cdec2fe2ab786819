// Learning a pipeline from samples, and measuring it.
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/cross_validate.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/pipeline/search.hpp>

namespace weir::inline WEIR_ABI {

template struct Dataset<float>;
template class BatchMemory<float>;
template ValidationSplit split_rows<float>(const Dataset<float>&, double, std::uint64_t);
template ReferenceStatistics ReferenceStatistics::fit<float>(std::span<const float>, std::size_t,
                                                             std::vector<double>);
template ReconstructionError ReconstructionError::fit<float>(const Matrix<float>&, const Matrix<float>&,
                                                             double);
template Ranking::Ranking(std::span<const float>, std::span<const Label>, const char*);
template CrossValidation cross_validate<AnyModel<float>>(Table, const SampleOptions&, const LearnOptions&,
                                                         const CrossValidationOptions&, const OnFold&);
template RateCurve find_learning_rate<AnyModel<float>>(const Samples&, const LearnPlan<AnyModel<float>>&);
template LearnPlan<AnyModel<float>> plan_learning<AnyModel<float>>(const Samples&, const LearnOptions&);
template Learned<AnyModel<float>> learn<AnyModel<float>>(const Samples&, const LearnPlan<AnyModel<float>>&);
template Learned<AnyModel<float>> finish_learning<AnyModel<float>>(const Samples&,
                                                                   const LearnPlan<AnyModel<float>>&,
                                                                   const FitState<AnyModel<float>>&);
template Completed<AnyModel<float>> complete_pipeline<AnyModel<float>>(const Samples&, AnyModel<float>,
                                                                       std::optional<double>, ThreadPool*);
template SearchResult search<AnyModel<float>>(const Samples&, const SearchOptions&, const LearnOptions&,
                                              const TrialCallback&);
template class Assessor<AnyModel<float>>;
template Importance permutation_importance<AnyModel<float>>(const Pipeline<AnyModel<float>>&, const Table&,
                                                            const ImportanceOptions&);

}  // namespace weir::inline WEIR_ABI
