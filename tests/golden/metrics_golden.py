"""Writes tests/golden/metrics.hpp: what scikit-learn says of a few made-up predictions.

`of_four` and `of_two` have a value for every metric of classes and rankings, `of_values` for every one of numbers.

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

# Every metric by our name: of four classes, of two, and of numbers.
values = rng.normal(size=50) * 3 + 5
answers = values + rng.normal(size=50)
probabilities = rng.dirichlet(np.ones(4), 60) * 0.5 + 0.5 * np.eye(4)[guess]
verdicts = (scores > 0.8).astype(int)
rest = [truth == k for k in range(4)]
classes = {  # of truth, verdicts; of several classes
    "accuracy": (m.accuracy_score, m.accuracy_score),
    "balanced_accuracy": (m.balanced_accuracy_score, m.balanced_accuracy_score),
    "recall": (m.recall_score, lambda t, p: m.recall_score(t, p, average="macro")),
    "fpr": (
        lambda t, p: 1 - m.recall_score(t, p, pos_label=0),
        lambda t, p: np.mean([1 - m.recall_score(t == k, p == k, pos_label=False) for k in range(4)]),
    ),
    "precision": (m.precision_score, lambda t, p: m.precision_score(t, p, average="macro")),
    "f1": (m.f1_score, lambda t, p: m.f1_score(t, p, average="macro")),
    "macro_f1": (lambda t, p: m.f1_score(t, p, average="macro"),) * 2,
    "weighted_f1": (lambda t, p: m.f1_score(t, p, average="weighted"),) * 2,
    "mcc": (m.matthews_corrcoef, m.matthews_corrcoef),
    "cohen_kappa": (m.cohen_kappa_score, m.cohen_kappa_score),
}
rankings = {"roc_auc": m.roc_auc_score, "pr_auc": m.average_precision_score}
numbers = {
    "mse": m.mean_squared_error,
    "rmse": lambda t, v: m.mean_squared_error(t, v) ** 0.5,
    "mae": m.mean_absolute_error,
    "r2": m.r2_score,
    "mape": m.mean_absolute_percentage_error,
}


def table(name, entries):
    text = ", ".join(f'{{"{kind}", {float(value)!r}}}' for kind, value in entries.items())
    print(f"inline constexpr std::array<Named, {len(entries)}> {name}{{{{{text}}}}};")


print("\nstruct Named {\n  const char* kind;\n  double value;\n};\n")
for k in range(4):
    array("double", f"probability_{k}", [repr(float(v)) for v in probabilities[:, k]])
array("int", "verdicts", verdicts.tolist())
array("double", "values", [repr(float(v)) for v in values])
array("double", "answers", [repr(float(v)) for v in answers])
table("of_four", {
    **{kind: four(truth, guess) for kind, (_, four) in classes.items()},
    **{kind: np.mean([f(rest[k], probabilities[:, k]) for k in range(4)]) for kind, f in rankings.items()},
})
table("of_two", {
    **{kind: two(labels, verdicts) for kind, (two, _) in classes.items()},
    **{kind: f(labels, scores) for kind, f in rankings.items()},
})
table("of_values", {kind: f(values, answers) for kind, f in numbers.items()})
print("\n}  // namespace golden")
