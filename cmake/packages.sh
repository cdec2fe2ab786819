# Installs weir's dependencies, and the packages named on the command line, from the system's own packages
# (Debian 12, Ubuntu 24.04, and their like). Asks for nothing, and does nothing when all are there.
set -eu

packages="g++ cmake ninja-build pkg-config libeigen3-dev libxsimd-dev nlohmann-json3-dev libcli11-dev zlib1g-dev
libzstd-dev libpcap-dev libssl-dev doctest-dev $*"

missing=
for package in $packages; do
  case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
    *' installed') ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "installing:$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
