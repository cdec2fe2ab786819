"""Writes tests/golden/metrics.hpp: what scikit-learn says of a few made-up predictions.

Usage: python metrics_golden.py > metrics.hpp      (needs numpy and scikit-learn)
"""
import numpy as np
from sklearn import metrics as m

rng = np.random.default_rng(7)
print("// Made by tests/golden/metrics_golden.py with scikit-learn.")
print("#pragma once\n\n#include <array>\n\nnamespace golden {\n")


def array(kind, name, values):
    print(f"inline constexpr std::array<{kind}, {len(values)}> {name}{{{', '.join(map(str, values))}}};")


def number(name, value):
    print(f"inline constexpr double {name} = {float(value)!r};")


truth = rng.integers(0, 4, 60)
guess = np.where(rng.random(60) < 0.6, truth, rng.integers(0, 3, 60))  # class 3 is often missed
array("int", "truth", truth.tolist())
array("int", "guess", guess.tolist())
number("accuracy", m.accuracy_score(truth, guess))
number("balanced_accuracy", m.balanced_accuracy_score(truth, guess))
number("mcc", m.matthews_corrcoef(truth, guess))
for how in ("macro", "micro", "weighted"):
    p, r, f, _ = m.precision_recall_fscore_support(truth, guess, average=how, zero_division=0)
    number(f"precision_{how}", p)
    number(f"recall_{how}", r)
    number(f"f1_{how}", f)
p, r, f, _ = m.precision_recall_fscore_support(truth, guess, zero_division=0)
array("double", "precision", [repr(float(v)) for v in p])
array("double", "recall", [repr(float(v)) for v in r])
array("double", "f1", [repr(float(v)) for v in f])

labels = (rng.random(80) < 0.3).astype(int)
scores = np.round(rng.normal(size=80) + labels, 1)  # rounded: many ties
array("int", "labels", labels.tolist())
array("float", "scores", [f"{v}F" for v in scores])
number("roc_auc", m.roc_auc_score(labels, scores))
number("pr_auc", m.average_precision_score(labels, scores))
number("quantile_90", np.quantile(np.asarray(scores, dtype=float), 0.9))
print("\n}  // namespace golden")
