#!/bin/sh
# Makes or renews the virtual environment of this checkout from a lock file.
#
#   deploy/venv.sh .venv requirements.lock
#
# Every package is installed by hash; the project itself is installed editable, built with the locked setuptools.
set -eu
venv=$1
lock=$2
here=$(dirname "$0")

suitable() { "$venv/bin/python" -c 'import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }

if ! suitable || [ -n "${PYTHON:-}" ]; then
    python=$("$here/find-python.sh")
fi
if [ -n "${PYTHON:-}" ] && suitable; then
    version='import sys; print(sys.version_info[:2])'
    [ "$("$python" -c "$version")" = "$("$venv/bin/python" -c "$version")" ] || rm -rf "$venv"
fi
if ! suitable; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian and Ubuntu keep ensurepip in a package of its own
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        "$here/apt-install.sh" "$package" || {
            echo "The Python at $python cannot make virtual environments until $package is installed." >&2
            exit 1
        }
    fi
    echo "Making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

echo "Installing $lock into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
