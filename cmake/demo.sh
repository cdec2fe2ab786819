# Builds the weir program and has it show the way from packets to alerts, from nothing: sh cmake/demo.sh
set -eu
cd "$(dirname "$0")/.."
sh cmake/packages.sh

cores=$(nproc)
echo "building the weir program: about $((1 + 300 / cores / 60)) min on $cores cores, the first time"
cmake --preset demo >/dev/null
cmake --build --preset demo --target weir -j "$cores"

cd build/demo # what the demo writes goes there
examples/cli/weir demo
echo "
To install it, with manual page and completion for bash, zsh and fish:
  cmake --install $(pwd)"
