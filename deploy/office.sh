#!/bin/sh
# Sees to it that the tests of documents and workbooks have LibreOffice and pdftotext: those on PATH, else Debian's or Ubuntu's packages.
# Always ends well: without them those tests say so themselves.
set -eu

# Debian packs Writer and Calc apart, and either brings soffice
has_calc() { [ ! -e /etc/debian_version ] || dpkg-query -W -f '${db:Status-Abbrev}\n' 'libreoffice-calc*' 2>/dev/null | grep -q '^ii'; }

! command -v soffice >/dev/null || ! command -v pdftotext >/dev/null || ! has_calc || exit 0
if [ -e /etc/debian_version ]; then
    "$(dirname "$0")/apt-install.sh" libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils && exit 0
fi
echo "No LibreOffice found and none could be installed; two tests need it: sudo apt-get install -y libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils" >&2
