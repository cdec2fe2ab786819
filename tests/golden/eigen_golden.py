"""Writes tests/golden/eigen.hpp: what numpy and scikit-learn make of the samples of tests/eigen.

Usage: python eigen_golden.py > eigen.hpp      (needs numpy and scikit-learn)
"""
import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

SAMPLES, FEATURES = 40, 5


def sample(i, j):
    return ((7 * i + 13 * j + i * i * (j + 1)) % 23) / 4.0 - 2.0 + 0.05 * i * (j % 3)


x = np.array([[sample(i, j) for j in range(FEATURES)] for i in range(SAMPLES)])
y = np.column_stack([x @ np.arange(1, 6) / 3.0 + 0.5 + np.cos(np.arange(SAMPLES)), x[:, 0] * x[:, 1]])
series = np.array([3.0 + np.sin(0.7 * t) + 0.3 * np.cos(2.1 * t) + ((t * t) % 7) / 10.0 for t in range(60)])


def show(name, values):
    values = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
    text = ",\n    ".join(", ".join(repr(float(v)) for v in values[k:k + 4]) for k in range(0, len(values), 4))
    print(f"inline constexpr std::array<double, {len(values)}> {name}{{\n    {text}}};\n")


pca = PCA(n_components=3).fit(x)
axes = pca.components_ * np.sign(pca.components_[np.arange(3), np.abs(pca.components_).argmax(axis=1)])[:, None]
white = (x[:2] - pca.mean_) @ axes.T / np.sqrt(pca.explained_variance_)
shrunk = LedoitWolf().fit(x)
away = x[:3] - x.mean(axis=0)
plain = np.cov(x.T, bias=True)
ridge = Ridge(alpha=2.5).fit(x, y)
least = np.linalg.lstsq(np.column_stack([np.ones(SAMPLES), x]), y, rcond=None)[0]
order = 3
lags = np.column_stack([np.ones(50 - order)] + [series[order - k:50 - k] for k in range(1, order + 1)])
ar = np.linalg.lstsq(lags, series[order:50], rcond=None)[0]
forecasts = []
for t in range(50, 60):
    known = list(series[:t - 1])
    for _ in range(2):
        known.append(ar[0] + sum(ar[k] * known[-k] for k in range(1, order + 1)))
    forecasts.append(known[-1])

print("// Made by tests/golden/eigen_golden.py with numpy and scikit-learn.\n#pragma once\n\n#include <array>\n")
print("namespace golden {\n")
print("// clang-format off")
show("pca_variances", pca.explained_variance_)
show("pca_axes", axes)
show("pca_explained", pca.explained_variance_ratio_.sum())
show("pca_white", white)
show("ledoit_wolf_shrinkage", shrunk.shrinkage_)
show("ledoit_wolf_scores", shrunk.mahalanobis(x[:3]))
show("plain_scores", np.einsum("ij,jk,ik->i", away, np.linalg.inv(plain), away))
show("ridge_coefficients", ridge.coef_)
show("ridge_intercept", ridge.intercept_)
show("least_squares_coefficients", least[1:].T)
show("least_squares_intercept", least[0])
show("ar", ar)
show("ar_two_ahead", forecasts)
print("// clang-format on\n")
print("}  // namespace golden")
