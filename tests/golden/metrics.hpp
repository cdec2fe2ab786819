// Made by tests/golden/metrics_golden.py with scikit-learn.
#pragma once

#include <array>

namespace golden {

inline constexpr std::array<int, 60> truth{3, 2, 2, 3, 2, 3, 3, 0, 0, 1, 1, 3, 3, 0, 1, 3, 0, 3, 0, 1,
                                           3, 1, 1, 1, 2, 1, 3, 1, 1, 2, 2, 2, 2, 3, 3, 3, 2, 2, 1, 3,
                                           1, 0, 3, 0, 3, 2, 0, 0, 1, 0, 0, 2, 3, 1, 3, 3, 3, 2, 1, 2};
inline constexpr std::array<int, 60> guess{3, 2, 2, 3, 1, 3, 3, 0, 1, 1, 1, 2, 3, 0, 2, 1, 0, 3, 0, 0,
                                           3, 1, 1, 1, 2, 1, 0, 1, 1, 2, 2, 1, 0, 3, 3, 3, 2, 2, 2, 3,
                                           1, 0, 2, 2, 3, 0, 1, 2, 1, 0, 0, 2, 3, 1, 1, 0, 3, 2, 1, 2};
inline constexpr double accuracy = 0.7166666666666667;
inline constexpr double balanced_accuracy = 0.7126623376623378;
inline constexpr double mcc = 0.6272065258030287;
inline constexpr double precision_macro = 0.71875;
inline constexpr double recall_macro = 0.7126623376623378;
inline constexpr double f1_macro = 0.7065411144695033;
inline constexpr double precision_micro = 0.7166666666666667;
inline constexpr double recall_micro = 0.7166666666666667;
inline constexpr double f1_micro = 0.7166666666666667;
inline constexpr double precision_weighted = 0.7527777777777779;
inline constexpr double recall_weighted = 0.7166666666666667;
inline constexpr double f1_weighted = 0.7234777441938566;
inline constexpr std::array<double, 4> precision{0.5833333333333334, 0.6666666666666666, 0.625, 1.0};
inline constexpr std::array<double, 4> recall{0.6363636363636364, 0.8, 0.7142857142857143, 0.7};
inline constexpr std::array<double, 4> f1{0.6086956521739131, 0.7272727272727273, 0.6666666666666666,
                                          0.8235294117647058};
inline constexpr std::array<int, 80> labels{1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
                                            0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                            1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1,
                                            0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0};
inline constexpr std::array<float, 80> scores{
    1.9F,  -0.5F, 1.5F,  -1.2F, 0.9F,  1.5F,  1.9F,  1.9F,  2.5F,  -1.1F, -1.7F, 0.8F,  -1.0F, 1.0F,
    0.8F,  -1.6F, -2.1F, 0.3F,  0.0F,  -0.2F, 0.0F,  -0.9F, -1.5F, -0.2F, -1.0F, -1.6F, 1.5F,  -0.1F,
    0.4F,  -1.0F, 0.3F,  -1.0F, -0.9F, 0.2F,  -0.8F, 0.4F,  0.3F,  2.0F,  -0.4F, 1.9F,  0.9F,  -0.0F,
    -1.4F, 0.5F,  0.7F,  -0.1F, 0.1F,  -0.3F, 1.2F,  -0.0F, -2.2F, -0.7F, -2.0F, -2.3F, 0.5F,  1.3F,
    0.0F,  -1.2F, -0.9F, 2.1F,  0.2F,  0.0F,  -0.1F, 0.0F,  0.8F,  1.6F,  1.2F,  -0.0F, 1.5F,  0.3F,
    2.1F,  -1.3F, 0.9F,  -0.0F, -0.3F, 1.7F,  2.5F,  -0.5F, 0.8F,  0.4F};
inline constexpr double roc_auc = 0.8115942028985508;
inline constexpr double pr_auc = 0.6818230850967772;
inline constexpr double quantile_90 = 1.9;

}  // namespace golden
