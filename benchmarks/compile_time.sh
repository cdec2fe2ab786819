#!/bin/sh
# What it costs to compile a small program, from headers alone and with the library compiled once: user seconds and
# peak memory, best of 3, one compiler at a time. The programs are those of the README, the ones in compile_time/,
# and the includes alone.
#
#   sh benchmarks/compile_time.sh [compilers; default: those of g++ and clang++-14 that are there]
#
# Needs GNU time (the package `time`).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v work="$work" '/^```cpp/ { n++; in_block = 1; next }
                     /^```/ { in_block = 0 }
                     in_block { print > (work "/readme_" n ".cpp") }' "$here/../README.md"
cp "$here/compile_time/"*.cpp "$work"
echo '#include <weir/train.hpp>' >"$work/include_train.cpp"
echo '#include <weir/infer.hpp>' >"$work/include_infer.cpp"

if [ $# -eq 0 ]; then
  for compiler in g++ clang++-14; do
    if command -v "$compiler" >/dev/null; then set -- "$@" "$compiler"; fi
  done
fi
core=
command -v taskset >/dev/null && core="taskset -c $(($(nproc) - 1))"

best() { # command...: user seconds and peak MB of the quickest of three runs
  for _ in 1 2 3; do
    $core /usr/bin/time -f '%U %M' -o "$work/time" "$@"
    cat "$work/time"
  done | sort -n | head -n 1 | awk '{ printf "%.1f s, %.0f MB", $1, $2 / 1024 }'
}

echo "load: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
echo "| program | compiler | headers alone | with weir::compiled |"
echo "|---|---|---|---|"
for source in "$work"/*.cpp; do
  for compiler; do
    set_up="-std=c++20 -O2 -march=native -I$here/../include -c $source -o $work/out.o"
    # shellcheck disable=SC2086
    echo "| $(basename "$source" .cpp) | $compiler | $(best $compiler $set_up) | $(best $compiler -DWEIR_COMPILED $set_up) |"
  done
done
