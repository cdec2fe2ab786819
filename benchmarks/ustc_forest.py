"""A random forest on the images of USTC-TFC2016, beside the nets of examples/07_ustc_bytes:

    python ustc_forest.py FOLDER [--hide]        needs numpy and scikit-learn

--hide zeros what the example's --hide zeros: time stamps, MAC and IP addresses, ports, identifiers, sequence
numbers and checksums, for Ethernet with IPv4 or IPv6 without extension headers (all but a few sessions).
"""

import gzip
import pathlib
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score


def read(folder, part):
    images = gzip.open(folder / f"{part}-images-idx3-ubyte.gz").read()
    labels = gzip.open(folder / f"{part}-labels-idx1-ubyte.gz").read()
    return np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784).copy(), np.frombuffer(labels, np.uint8, offset=8)


def hide(image):
    at = 24
    while at + 16 <= len(image):
        captured = int.from_bytes(image[at + 8 : at + 12].tobytes(), "big")
        image[at : at + 8] = 0
        frame = image[at + 16 : at + 16 + captured]
        at += 16 + captured
        frame[:12] = 0
        kind = frame[12:14].tobytes()
        if kind == b"\x08\x00" and len(frame) >= 34:
            protocol, l4 = frame[23], 14 + 4 * (frame[14] & 15)
            frame[18:20] = 0
            frame[24:34] = 0
        elif kind == b"\x86\xdd" and len(frame) >= 54:
            protocol, l4 = frame[20], 54
            frame[22:54] = 0
        else:
            continue
        if protocol == 6:
            frame[l4 : l4 + 12] = 0
            frame[l4 + 16 : l4 + 18] = 0
        elif protocol == 17:
            frame[l4 : l4 + 4] = 0
            frame[l4 + 6 : l4 + 8] = 0


folder = pathlib.Path(sys.argv[1])
(x, y), (test_x, test_y) = read(folder, "train"), read(folder, "test")
if "--hide" in sys.argv:
    for images in (x, test_x):
        for image in images:
            hide(image)
accuracies, scores = [], []
for seed in range(5):
    forest = RandomForestClassifier(100, random_state=seed).fit(x, y)
    predicted = forest.predict(test_x)
    accuracies.append(np.mean(predicted == test_y))
    scores.append(f1_score(test_y, predicted, average="macro"))
print(f"accuracy {np.mean(accuracies):.4f} +- {np.std(accuracies, ddof=1):.4f}, "
      f"macro F1 {np.mean(scores):.4f} +- {np.std(scores, ddof=1):.4f}, 5 seeds")
