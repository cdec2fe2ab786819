"""Writes feature_map.txt: distances, and the groups into which scipy's single linkage cuts them.

The form is that of golden.hpp: a line `case NAME`, then lines of a name, a size and numbers."""

import numpy as np
from scipy.cluster.hierarchy import linkage, to_tree

rng = np.random.default_rng(4)


def cut(node, largest):
    if node.count <= largest:
        return [node.pre_order()]
    return cut(node.get_left(), largest) + cut(node.get_right(), largest)


def numbers(name, values):
    return f"{name} {len(values)} " + " ".join(repr(float(v)) for v in values) + "\n"


with open("feature_map.txt", "w") as file:
    file.write("# Made by feature_map_golden.py.\n")
    for case, size, draw in (
        ("two", 2, lambda n: rng.uniform(size=n)),
        ("apart", 30, lambda n: rng.uniform(size=n)),
        ("ties", 24, lambda n: rng.integers(0, 4, n) / 4.0),
        ("all_alike", 13, lambda n: np.ones(n)),
        ("rounding", 25, lambda n: rng.integers(0, 3, n) * 1.1102230246251565e-16),
        ("constants", 28, lambda n: np.where(rng.uniform(size=n) < 0.7, 1.0, rng.uniform(size=n))),
    ):
        distances = draw(size * (size - 1) // 2)
        file.write(f"case {case}\n" + numbers("size", [size]) + numbers("distances", distances))
        tree = to_tree(linkage(distances))
        for largest in (1, 4, 10):
            groups = cut(tree, largest)
            file.write(numbers(f"groups_{largest}", [x for g in groups for x in (len(g), *g)]))
