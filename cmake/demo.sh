# Builds weir's programs and runs the main one on traffic that it makes itself, from nothing: sh cmake/demo.sh
set -eu
cd "$(dirname "$0")/.."
sh cmake/packages.sh

cmake --preset demo
cmake --build --preset demo
cd build/demo # what it writes goes there
examples/cli/weir demo
