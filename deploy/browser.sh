#!/bin/sh
# Sees to it that the browser tests have a Chromium: one on PATH, else Debian's package, else Playwright's own.
# Always ends well: without a browser those tests say so themselves.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    ! command -v "$name" >/dev/null || exit 0
done
# on Ubuntu the package `chromium-browser` only fetches a snap, which a container cannot run
if [ -e /etc/debian_version ] && ! grep -qi '^ID=ubuntu' /etc/os-release; then
    "$(dirname "$0")/apt-install.sh" chromium && exit 0
fi
.venv/bin/playwright install chromium >/dev/null 2>&1 && exit 0
echo "No Chromium found and none could be installed; browser tests need one: sudo apt-get install -y chromium" >&2
