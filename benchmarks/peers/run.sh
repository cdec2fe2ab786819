#!/bin/sh
# Times weir and its peers on the same nets in one run, one thread each, and prints a table with ratios; the
# numbers go to peers.json. It measures and asserts nothing. Times are processor time of the whole process, not
# elapsed time, so that other programs on the machine disturb them less; they still share its caches.
#
#   sh benchmarks/peers/run.sh [folder for builds and results; default: build/peers]
#
# The peers are installed with pip into virtual environments of their own (PyTorch takes some 6 GB). To use
# ones that are there already, name their interpreters:
#
#   WEIR_PEERS_TORCH  python with torch, onnxruntime, onnx, onnxscript, numpy
#   WEIR_PEERS_KERAS  python with keras, tensorflow-cpu, numpy
#
# CXX names the compiler, CXXFLAGS replaces the optimisation flags.
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

# shellcheck disable=SC2086 # the flags are several words
"${CXX:-g++}" -std=c++20 ${CXXFLAGS:--O3 -march=native -DNDEBUG} -I"$root/include" "$here/weir_times.cpp" \
  -o "$work/weir_times" -pthread

core=
command -v taskset >/dev/null && core="taskset -c $(($(nproc) - 1))"
export OMP_NUM_THREADS=1

echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
$core "$work/weir_times" >"$work/weir.json"
$core "$torch" "$here/torch_times.py" >"$work/torch.json"
$core "$keras" "$here/keras_times.py" >"$work/keras.json"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
python3 "$here/table.py" "$work/peers.json" "$work/weir.json" "$work/torch.json" "$work/keras.json"
