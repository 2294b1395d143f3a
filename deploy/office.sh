#!/bin/sh
# Sees to it that the test of printed documents has LibreOffice and pdftotext: those on PATH, else Debian's or Ubuntu's packages.
# Always ends well: without them that test says so itself.
set -eu

! command -v soffice >/dev/null || ! command -v pdftotext >/dev/null || exit 0
if [ -e /etc/debian_version ]; then
    "$(dirname "$0")/apt-install.sh" libreoffice-writer-nogui poppler-utils && exit 0
fi
echo "No LibreOffice found and none could be installed; one test needs it: sudo apt-get install -y libreoffice-writer-nogui poppler-utils" >&2
