"""Reads a CSV file with pandas' C reader in pieces of 100,000 rows, all columns: seconds and peak memory."""

import resource
import sys
import time

import pandas as pd

begin = time.perf_counter()
rows = columns = 0
for piece in pd.read_csv(sys.argv[1], engine="c", chunksize=100_000):
    rows += len(piece)
    columns = len(piece.columns)
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"pandas  {rows:9} rows {columns:4} columns  {seconds:6.2f} s  {peak:6.0f} MB  (pandas {pd.__version__})")
