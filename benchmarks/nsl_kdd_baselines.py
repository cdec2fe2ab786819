"""scikit-learn's random forest and multi-layer perceptron on NSL-KDD, for docs/results.md.

    python3 benchmarks/nsl_kdd_baselines.py FOLDER [SEEDS]

FOLDER holds KDDTrain+, KDDTest+ and KDDTest-21 (.txt or .txt.gz); without it, WEIR_DATA/nsl-kdd. The encoding
is that of examples/02_nsl_kdd: log(1 + x) of columns that exceed 1, minimum 0 and maximum 1 on KDDTrain+,
categories one-hot with one more for unknown ones. Settings are scikit-learn's defaults but for early stopping
of the MLP, which holds back rows of KDDTrain+. Needs numpy and scikit-learn.
"""

import gzip
import os
import statistics
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: small products are slower on more threads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.neural_network import MLPClassifier

CATEGORICAL = (1, 2, 3)
CONSTANT = 19  # num_outbound_cmds
NUMERIC = [i for i in range(41) if i not in CATEGORICAL and i != CONSTANT]
CLASSES = ("normal", "DoS", "Probe", "R2L", "U2R")
TYPES = {
    "DoS": "apache2 back land mailbomb neptune pod processtable smurf teardrop udpstorm",
    "Probe": "ipsweep mscan nmap portsweep saint satan",
    "R2L": "ftp_write guess_passwd imap multihop named phf sendmail snmpgetattack snmpguess spy "
    "warezclient warezmaster worm xlock xsnoop",
    "U2R": "buffer_overflow httptunnel loadmodule perl ps rootkit sqlattack xterm",
}
CLASS_OF = {name: label for label, names in TYPES.items() for name in names.split()} | {"normal": "normal"}


def load(folder, name):
    path = os.path.join(folder, name + ".txt")
    opened = open(path) if os.path.exists(path) else gzip.open(path + ".gz", "rt")
    with opened as file:
        rows = [line.strip().split(",") for line in file if line.strip()]
    numbers = np.array([[float(row[i]) for i in NUMERIC] for row in rows])
    texts = np.array([[row[i] for i in CATEGORICAL] for row in rows], dtype=object)
    five = np.array([CLASSES.index(CLASS_OF[row[41]]) for row in rows])
    return numbers, texts, {"two": (five > 0).astype(int), "five": five}


class Encoding:
    """Fitted on the training rows alone."""

    def __init__(self, numbers, texts):
        self.takes_log = numbers.max(0) > 1.0
        logs = self._log(numbers)
        self.low = logs.min(0)
        width = logs.max(0) - self.low
        self.width = np.where(width > 0, width, 1.0)
        self.categories = [sorted(set(texts[:, j])) for j in range(texts.shape[1])]

    def _log(self, numbers):
        return np.where(self.takes_log, np.log1p(np.maximum(numbers, 0)), numbers)

    def __call__(self, numbers, texts):
        parts = [(self._log(numbers) - self.low) / self.width]
        for j, categories in enumerate(self.categories):
            place = {text: k for k, text in enumerate(categories)}
            hot = np.array([place.get(text, len(categories)) for text in texts[:, j]])
            parts.append(np.eye(len(categories) + 1)[hot])
        return np.concatenate(parts, 1).astype(np.float32)


def models(seed):
    yield "forest", RandomForestClassifier(n_estimators=100, random_state=seed, n_jobs=1)
    yield "MLP", MLPClassifier((100,), random_state=seed, early_stopping=True, max_iter=50)


def spread(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{100 * statistics.mean(values):.2f} ± {100 * deviation:.2f}"


def main(folder, seeds):
    train_numbers, train_texts, train_labels = load(folder, "KDDTrain+")
    encoding = Encoding(train_numbers, train_texts)
    train = encoding(train_numbers, train_texts)
    tests = {}
    for name in ("KDDTest+", "KDDTest-21"):
        numbers, texts, labels = load(folder, name)
        tests[name] = (encoding(numbers, texts), labels)
    results = {}
    for seed in range(seeds):
        for model_name, model in models(seed):
            for problem in ("two", "five"):
                model.fit(train, train_labels[problem])
                for test_name, (x, labels) in tests.items():
                    truth, said = labels[problem], model.predict(x)
                    numbers = [accuracy_score(truth, said), f1_score(truth, said, average="macro")]
                    numbers += list(recall_score(truth, said, average=None))
                    results.setdefault((problem, model_name, test_name), []).append(numbers)
    for (problem, model_name, test_name), runs in sorted(results.items()):
        columns = [spread(values) for values in zip(*runs)]
        print(f"{problem:4}  {model_name:6}  {test_name:10}  accuracy {columns[0]}  macro F1 {columns[1]}  "
              f"recall {'  '.join(columns[2:])}")


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.environ.get("WEIR_DATA", "."), "nsl-kdd")
    main(given, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
