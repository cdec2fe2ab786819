# Builds weir's tests and runs them all, from nothing: sh cmake/check.sh
set -eu
cd "$(dirname "$0")/.."
sh cmake/packages.sh

cmake --preset check
cmake --build --preset check
if [ -z "${WEIR_DATA:-}" ]; then
  if [ -d ../shared/data ]; then
    WEIR_DATA=$(cd ../shared/data && pwd)
    export WEIR_DATA
  else
    echo "WEIR_DATA is not set: what needs real traffic is SKIPPED (docs/contributing.md)"
  fi
fi
ctest --preset check -j "$(nproc)"
