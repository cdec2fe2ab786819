// Made by tests/golden/splits_golden.py with scikit-learn.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace golden {

inline constexpr std::array<std::uint32_t, 47> classes{0, 1, 2, 1, 0, 1, 1, 0, 2, 0, 1, 1, 1, 1, 2, 3,
                                                       1, 1, 2, 1, 0, 3, 1, 1, 3, 1, 1, 2, 0, 2, 1, 0,
                                                       2, 3, 1, 1, 1, 2, 2, 1, 2, 2, 2, 2, 1, 2, 3};
inline constexpr std::array<std::uint32_t, 47> groups{0, 5, 1, 1, 0, 3, 0, 6, 0, 2, 1, 2, 0, 0, 3, 4,
                                                      2, 7, 0, 6, 0, 8, 2, 2, 8, 4, 4, 0, 1, 0, 0, 0,
                                                      6, 0, 0, 1, 5, 8, 3, 0, 2, 3, 0, 3, 1, 2, 3};

inline const std::vector<std::string> k_fold_2{
    "jjjjjjjjjjjjjjjjjjjjjjjjttttttttttttttttttttttt",
    "ttttttttttttttttttttttttjjjjjjjjjjjjjjjjjjjjjjj",
};
inline const std::vector<std::string> k_fold_5{
    "jjjjjjjjjjttttttttttttttttttttttttttttttttttttt", "ttttttttttjjjjjjjjjjttttttttttttttttttttttttttt",
    "ttttttttttttttttttttjjjjjjjjjtttttttttttttttttt", "tttttttttttttttttttttttttttttjjjjjjjjjttttttttt",
    "ttttttttttttttttttttttttttttttttttttttjjjjjjjjj",
};
inline const std::vector<std::string> stratified_k_fold_3{
    "jjjjjjjjjtjjjtjjttjttjttttttttttttttttttttttttt",
    "tttttttttjtttjttjjtjjtjjjjtjtjttjjtttjjtttttttt",
    "ttttttttttttttttttttttttttjtjtjjttjjjttjjjjjjjj",
};
inline const std::vector<std::string> stratified_k_fold_7{
    "jjjjtjttjttttttjttttttttttttttttttttttttttttttt", "ttttjtjtttjjttjtttjttjttttttttttttttttttttttttt",
    "tttttttjttttjjttjtttttttjttjtjttttttttttttttttt", "tttttttttjtttttttjtjttjtttttttttjjtttjttttttttt",
    "ttttttttttttttttttttjttjtjjtttttttttttjtjtttttj", "ttttttttttttttttttttttttttttjtjtttjjtttttjjtttt",
    "tttttttttttttttttttttttttttttttjttttjttjtttjjjt",
};
inline const std::vector<std::string> group_k_fold_3{
    "jtttjtjtjtttjjttttjtjttttttjtjjjtjjttttjttjtttt",
    "tjtttttjtjtjttttjjtjtjjjjtttttttjtttjjttjttttjt",
    "ttjjtjttttjtttjjtttttttttjjtjttttttjttjttjtjjtj",
};
inline const std::vector<std::string> group_k_fold_6{
    "jtttjtjtjtttjjttttjtjttttttjtjjjtjjttttjttjtttt", "tttttttttjtjttttjtttttjjttttttttttttttttjttttjt",
    "tttttjttttttttjtttttttttttttttttttttttjttjtjttj", "ttjjttttttjtttttttttttttttttjttttttjttttttttjtt",
    "tttttttttttttttjtttttjttjjjttttttttttjttttttttt", "tjtttttjtttttttttjtjttttttttttttjtttjtttttttttt",
};
inline const std::vector<std::string> leave_one_group_out{
    "jtttjtjtjtttjjttttjtjttttttjtjjjtjjttttjttjtttt", "ttjjttttttjtttttttttttttttttjttttttjttttttttjtt",
    "tttttttttjtjttttjtttttjjttttttttttttttttjttttjt", "tttttjttttttttjtttttttttttttttttttttttjttjtjttj",
    "tttttttttttttttjtttttttttjjtttttttttttttttttttt", "tjttttttttttttttttttttttttttttttttttjtttttttttt",
    "tttttttjtttttttttttjttttttttttttjtttttttttttttt", "tttttttttttttttttjttttttttttttttttttttttttttttt",
    "tttttttttttttttttttttjttjttttttttttttjttttttttt",
};
inline const std::vector<std::string> stratified_group_k_fold_2{
    "jjttjtjtjtttjjtjtjjtjttttjjjtjjjtjjtjttjttjtttt",
    "ttjjtjtjtjjjttjtjttjtjjjjtttjtttjttjtjjtjjtjjjj",
};
inline const std::vector<std::string> stratified_group_k_fold_4{
    "jtttjtjtjtttjjttttjtjttttttjtjjjtjjttttjttjtttt",
    "ttjjttttttjttttjtttttttttjjtjttttttjttttttttjtt",
    "tjtttjtjttttttjttttjttttttttttttjtttjtjttjtjttj",
    "tttttttttjtjttttjjtttjjjjttttttttttttjttjttttjt",
};
inline const std::vector<std::string> time_series_split_4{
    "tttttttttttjjjjjjjjj...........................",
    "ttttttttttttttttttttjjjjjjjjj..................",
    "tttttttttttttttttttttttttttttjjjjjjjjj.........",
    "ttttttttttttttttttttttttttttttttttttttjjjjjjjjj",
};
inline const std::vector<std::string> time_series_split_gap{
    ".............tttttttttttt....jjjjjj............",
    "...................tttttttttttt....jjjjjj......",
    ".........................tttttttttttt....jjjjjj",
};

}  // namespace golden
