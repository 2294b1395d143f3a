#!/bin/sh
# Installs Debian or Ubuntu packages where it may, or says exactly what to install.
#
#   deploy/apt-install.sh PACKAGE...
#
# Exit code: 0 all are installed; 2 it may not (no apt, neither root nor passwordless sudo); other: what apt said.
# Servers among the packages are installed but neither started now nor enabled for the next boot: the test suite runs
# private instances, and a port that somebody else needs must not be taken by an installation.
set -eu

missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install with this system's package manager (names as in Debian):$missing" >&2
    exit 2
elif [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Please run: sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 2
fi

echo "Installing with apt:$missing" >&2
# shellcheck disable=SC2086  # a list of words on purpose
$as_root sh -eu -s -- $missing >&2 <<'SCRIPT'
policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-commendation
restore() {
    rm -f "$policy"
    [ ! -e "$kept" ] || mv "$kept" "$policy"
}
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ ! -e "$policy" ] || [ -e "$kept" ] || mv "$policy" "$kept"
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -q </dev/null
apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends "$@" </dev/null

if [ -d /run/systemd/system ]; then
    for package in "$@"; do
        case $package in
            postgresql | rabbitmq-server) systemctl disable --quiet "$package" </dev/null || true ;;
        esac
    done
fi
SCRIPT
