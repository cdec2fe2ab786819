#!/bin/sh
# Races flow meters from a capture file to features, each alone on one core: weir with all numbers of the
# profiles cic, nfstream (SPLT of 30) and cesnet, nfstream with statistics and SPLT of 30, without nDPI; and weir
# with the profile core beside softflowd, which counts packets and bytes (NetFlow 9). The capture is merged from
# real ones (merge.cpp). It measures and asserts nothing.
#
#   WEIR_DATA=FOLDER sh benchmarks/meters/run.sh [folder for builds and results; default: build/meters]
#
# softflowd has to be installed, or its line is left out. nfstream is installed with pip into an environment
# of its own; WEIR_METERS_NFSTREAM names an interpreter that has it. WEIR_METERS_PACKETS is how many packets the
# capture has at least (800000), WEIR_METERS_REPETITIONS how often each meter runs (5). CXX names the compiler,
# CXXFLAGS replaces the optimisation flags.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$root/build/meters}
mkdir -p "$work"
: "${WEIR_DATA:?names the folder with captures}"

for program in merge weir_meter; do
  # shellcheck disable=SC2086 # the flags are several words
  "${CXX:-g++}" -std=c++20 ${CXXFLAGS:--O3 -march=native -DNDEBUG} -I"$root/include" "$here/$program.cpp" \
    -o "$work/$program" -lpcap -lz -pthread
done
find "$WEIR_DATA/ndpi/pcap" "$WEIR_DATA/capture-formats" -type f | LC_ALL=C sort |
  xargs "$work/merge" "$work/all.pcap" "${WEIR_METERS_PACKETS:-800000}"

python=${WEIR_METERS_NFSTREAM:-$work/nfstream/bin/python}
if [ ! -x "$python" ]; then
  python3 -m venv "$work/nfstream"
  "$python" -m pip install --quiet nfstream >&2
fi

set -- "weir, all profiles=$work/weir_meter {} all" "nfstream=$python $here/nfstream_meter.py {}" \
  "weir, core=$work/weir_meter {} core"
softflowd=$(command -v softflowd || command -v /usr/sbin/softflowd || true)
[ -z "$softflowd" ] || set -- "$@" "softflowd=$softflowd -d -r {} -n 127.0.0.1:9995 -v 9 -m 131072"

cat "$work/all.pcap" >/dev/null # from here on it is in memory, for everybody
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
python3 "$here/race.py" "${WEIR_METERS_REPETITIONS:-5}" "$work/all.pcap" "$@" | tee "$work/race.md"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
