"""Writes tests/golden/splits.hpp: the folds of scikit-learn's splitters on made-up classes and groups.

A fold is a text with a letter a row: 't' is learned from, 'j' judges, '.' neither.

Usage: python splits_golden.py > splits.hpp      (needs numpy and scikit-learn)
"""
import numpy as np
from sklearn import model_selection as ms

rng = np.random.default_rng(3)
rows = 47
classes = rng.choice(4, rows, p=[0.2, 0.45, 0.2, 0.15])
groups = rng.choice(9, rows, p=[0.3, 0.2, 0.15, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05])
assert len(set(groups)) == 9 and len(set(classes)) == 4

print("// Made by tests/golden/splits_golden.py with scikit-learn.")
print("#pragma once\n\n#include <array>\n#include <cstdint>\n#include <string>\n#include <vector>\n\nnamespace golden {\n")
for name, values in (("classes", classes), ("groups", groups)):
    print(f"inline constexpr std::array<std::uint32_t, {rows}> {name}{{{', '.join(map(str, values))}}};")
print()


def folds(name, splitter):
    print(f"inline const std::vector<std::string> {name}{{")
    for training, held_out in splitter.split(np.zeros(rows), classes, groups):
        text = np.full(rows, ".")
        text[training] = "t"
        text[held_out] = "j"
        print(f'    "{"".join(text)}",')
    print("};")


folds("k_fold_2", ms.KFold(2))
folds("k_fold_5", ms.KFold(5))
folds("stratified_k_fold_3", ms.StratifiedKFold(3))
folds("stratified_k_fold_7", ms.StratifiedKFold(7))
folds("group_k_fold_3", ms.GroupKFold(3))
folds("group_k_fold_6", ms.GroupKFold(6))
folds("leave_one_group_out", ms.LeaveOneGroupOut())
folds("stratified_group_k_fold_2", ms.StratifiedGroupKFold(2))
folds("stratified_group_k_fold_4", ms.StratifiedGroupKFold(4))
folds("time_series_split_4", ms.TimeSeriesSplit(4))
folds("time_series_split_gap", ms.TimeSeriesSplit(3, gap=4, max_train_size=12, test_size=6))
print("\n}  // namespace golden")
