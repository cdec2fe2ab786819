#!/bin/sh
# A CSV file of 1 GB (or the one named), read in pieces by weir and by pandas' C reader, three times in turns.
#
#   sh benchmarks/csv/run.sh [FILE.csv]
#
# Needs g++ and a python3 with pandas (WEIR_PEERS_PYTHON names another one).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -std=c++20 -O2 -march=native -DNDEBUG -I"$here/../../include" "$here/csv_times.cpp" -o "$work/csv_times" -pthread
file=${1:-$work/flows.csv}
[ $# -gt 0 ] || "$work/csv_times" --make "$file" 7300000
echo "$(wc -c <"$file") bytes, load $(cut -d' ' -f1-3 /proc/loadavg)"
for _ in 1 2 3; do
  "$work/csv_times" "$file"
  "${WEIR_PEERS_PYTHON:-python3}" "$here/pandas_times.py" "$file"
done
