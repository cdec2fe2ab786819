"""`weir train` without options beside scikit-learn's models on the same folds, for docs/results.md.

    python3 benchmarks/tabular_folds.py WEIR TABLE [--folds 5] [--first K] [--weir "OPTIONS"] [--only NAMES]

WEIR is the program, TABLE a CSV file (may be gzip) with a column `label` and numbers besides. The rows are
divided into folds, stratified, with a fixed seed; each fold is judged once by models that learned the others.
`--first` takes the first K folds only; `--weir` adds options to `weir train`, `--only` names the models to run
(weir, forest, boosting, MLP). scikit-learn's models have its defaults (forest of 100 trees, histogram gradient
boosting, MLP with early stopping); the MLP, which needs scaled inputs, gets the sign times log(1 + |x|),
standardised on its training rows. One thread each. Needs numpy, pandas and scikit-learn.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def signed_log(x):
    return np.sign(x) * np.log1p(np.abs(x))


MODELS = {
    "forest": lambda: RandomForestClassifier(n_estimators=100, random_state=0, n_jobs=1),
    "boosting": lambda: HistGradientBoostingClassifier(random_state=0),
    "MLP": lambda: make_pipeline(FunctionTransformer(signed_log), StandardScaler(),
                                 MLPClassifier((100,), random_state=0, early_stopping=True, max_iter=200)),
}


def by_sklearn(make, train, test):
    model = make().fit(train.drop(columns="label"), train["label"])
    said = model.predict(test.drop(columns="label"))
    return np.mean(said == test["label"]), f1_score(test["label"], said, average="macro")


def by_weir(program, options, train, test):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("train.csv", "test.csv", "model.weir")]
        train.to_csv(paths[0], index=False)
        test.to_csv(paths[1], index=False)
        subprocess.run([program, "train", paths[0], "--label", "label", "--model", paths[2], "--quiet", *options],
                       check=True)
        result = json.loads(subprocess.run([program, "evaluate", paths[2], paths[1], "--json"], check=True,
                                           capture_output=True).stdout)
    return result["accuracy"], result["macro_f1"]


def spread(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{100 * statistics.mean(values):.2f} ± {100 * deviation:.2f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("table")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--first", type=int)
    parser.add_argument("--weir", dest="options", default="")
    parser.add_argument("--only", default="weir,forest,boosting,MLP")
    given = parser.parse_args()
    table = pd.read_csv(given.table)
    folds = StratifiedKFold(given.folds, shuffle=True, random_state=0)
    results = {name: [] for name in given.only.split(",")}
    for fold, (train, test) in enumerate(folds.split(table, table["label"])):
        if given.first is not None and fold >= given.first:
            break
        for name, scores in results.items():
            begin = time.process_time() + sum(os.times()[2:4])
            rows = table.iloc[train], table.iloc[test]
            scores.append(by_weir(given.weir, given.options.split(), *rows) if name == "weir"
                          else by_sklearn(MODELS[name], *rows))
            seconds = time.process_time() + sum(os.times()[2:4]) - begin
            print(f"fold {fold}  {name:8}  accuracy {100 * scores[-1][0]:.2f}  macro F1 {100 * scores[-1][1]:.2f}"
                  f"  {seconds:.0f} s", flush=True)
    for name, scores in results.items():
        accuracy, f1 = zip(*scores)
        print(f"{name:8}  accuracy {spread(accuracy)}  macro F1 {spread(f1)}")


if __name__ == "__main__":
    main()
