#!/bin/sh
# What it costs to compile a small program that trains and one that only runs a trained net: user seconds, best
# of 3, one compiler at a time; and the cost of the includes alone.
#
#   sh benchmarks/compile_time.sh [compilers; default: those of g++ and clang++-14 that are there]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo '#include <weir/train.hpp>' >"$work/include_train.cpp"
echo '#include <weir/infer.hpp>' >"$work/include_infer.cpp"

user_seconds() { # command...: the user time of one run
  (
    "$@" || exit 1
    times >"$work/times" # not into a pipe: that would be another shell, without children
    tail -n 1 "$work/times" | awk '{ split($1, part, "[ms]"); print 60 * part[1] + part[2] }'
  )
}

if [ $# -eq 0 ]; then
  for compiler in g++ clang++-14; do
    if command -v "$compiler" >/dev/null; then set -- "$@" "$compiler"; fi
  done
fi
core=
command -v taskset >/dev/null && core="taskset -c $(($(nproc) - 1))"
echo "load: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
echo "| program | compiler | user seconds, best of 3 |"
echo "|---|---|---|"
for source in "$here/compile_time/"*.cpp "$work/include_train.cpp" "$work/include_infer.cpp"; do
  for compiler; do
    best=$(for _ in 1 2 3; do
      user_seconds $core "$compiler" -std=c++20 -O2 -march=native -I"$here/../include" -c "$source" -o "$work/out.o"
    done | sort -n | head -n 1)
    echo "| $(basename "$source" .cpp) | $compiler | $best |"
  done
done
