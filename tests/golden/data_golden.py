"""Prints the numbers that tests/data/scale_test.cpp expects of imputing and scaling, by scikit-learn."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler

values = np.array([3.0, -1.0, 0.0, 1500.0, np.nan, 7.5, 7.5, 2.0, -40.0, 0.25]).reshape(-1, 1)
filled = SimpleImputer(strategy="median").fit_transform(values)
logs = np.sign(filled) * np.log1p(np.abs(filled))

for strategy in ("mean", "median", "most_frequent"):
    print(strategy, SimpleImputer(strategy=strategy).fit(values).statistics_[0])
for name, numbers, scaler in (
    ("standard", filled, StandardScaler()),
    ("min_max", filled, MinMaxScaler()),
    ("log_standard", logs, StandardScaler()),
    ("log_min_max", logs, MinMaxScaler()),
    # nine values, so that the quantiles are eighths: exact, and ties stay ties
    ("rank", values[~np.isnan(values)].reshape(-1, 1), QuantileTransformer(n_quantiles=9)),
):
    print(name, [float(x) for x in scaler.fit_transform(numbers).ravel()])
