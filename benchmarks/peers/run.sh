#!/bin/sh
# Times weir and its peers on the same nets in one run, one thread each, and prints a table with ratios for each x86
# instruction set that this machine has (x86-64: SSE2; v3: AVX2 and FMA; v4: AVX-512), weir compiled for each; the
# numbers go to peers-SET.json. Elsewhere weir is compiled for the machine. It measures and asserts nothing. Times are
# processor time of the whole process, not elapsed time, so that other programs on the machine disturb them less; they
# still share its caches.
#
#   sh benchmarks/peers/run.sh [folder for builds and results; default: build/peers]
#
# The peers are installed with pip into virtual environments of their own (PyTorch takes some 6 GB). To use
# ones that are there already, name their interpreters:
#
#   WEIR_PEERS_TORCH  python with torch, onnxruntime, onnx, onnxscript, numpy
#   WEIR_PEERS_KERAS  python with keras, tensorflow-cpu, numpy; none: without Keras
#
# CXX names the compiler, CXXFLAGS replaces the optimisation flags (but -march).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$root/build/peers}
mkdir -p "$work"

environment() { # folder, packages...: prints its interpreter
  python="$work/$1/bin/python"
  if [ ! -x "$python" ]; then
    python3 -m venv "$work/$1"
    shift
    "$python" -m pip install --quiet "$@" >&2
  fi
  echo "$python"
}
torch=${WEIR_PEERS_TORCH:-}
[ -n "$torch" ] || torch=$(environment torch torch onnxruntime onnx onnxscript numpy)
keras=${WEIR_PEERS_KERAS:-}
[ -n "$keras" ] || keras=$(environment keras keras tensorflow-cpu numpy)

has() { # flags of the processor
  for flag; do grep -qw "$flag" /proc/cpuinfo || return 1; done
}
sets=native
if [ "$(uname -m)" = x86_64 ]; then
  sets=x86-64
  if has avx2 fma bmi2; then sets="$sets x86-64-v3"; fi
  if has avx512f avx512bw avx512dq avx512vl; then sets="$sets x86-64-v4"; fi
fi
for set in $sets; do
  # shellcheck disable=SC2086 # the flags are several words
  "${CXX:-g++}" -std=c++20 ${CXXFLAGS:--O3 -DNDEBUG} "-march=$set" -I"$root/include" "$here/weir_times.cpp" \
    -o "$work/weir_times-$set" -pthread
done

core=
command -v taskset >/dev/null && core="taskset -c $(($(nproc) - 1))"
export OMP_NUM_THREADS=1

echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
peers=$work/torch.json
$core "$torch" "$here/torch_times.py" >"$work/torch.json"
if [ "$keras" != none ]; then
  $core "$keras" "$here/keras_times.py" >"$work/keras.json"
  peers="$peers $work/keras.json"
fi
for set in $sets; do $core "$work/weir_times-$set" >"$work/weir-$set.json"; done
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
for set in $sets; do
  printf '\nweir for %s\n\n' "$set"
  # shellcheck disable=SC2086 # several files
  python3 "$here/table.py" "$work/peers-$set.json" "$work/weir-$set.json" $peers
done
