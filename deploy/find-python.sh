#!/bin/sh
# Prints the Python to use: $PYTHON when set, else the first suitable of the usual names.
# Exit code 1 with the versions found when none suits.
set -eu

suits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
found=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    # a pyenv shim exists for every version ever installed and fails for those not selected: only a run tells
    version=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
    if "$candidate" -c "$suits"; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
    found="$found $candidate is $version;"
done

echo "Python 3.11, 3.12 or 3.13 is needed. Found:${found:- none of ${PYTHON:-python3 python3.13 python3.12 python3.11};}" >&2
if [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON was asked for: name another one, e.g. make run PYTHON=/usr/bin/python3.12" >&2
else
    echo "Install one (Debian 12+, Ubuntu 24.04+: sudo apt-get install -y python3 python3-venv) or name one: make run PYTHON=/path/to/python3.12" >&2
fi
exit 1
