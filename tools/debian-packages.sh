#!/bin/sh
# debian-packages.sh NAME...: install what is missing when we may; otherwise say what works less well without it.
missing=""
command -v dpkg-query >/dev/null 2>&1 || { echo "not a Debian system: see README, 'What the machine needs'"; exit 0; }
for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then become=""
elif sudo -n true 2>/dev/null; then become="sudo"
else
    echo "Missing Debian packages:$missing"
    echo "The archive runs without them, with less: 'anjuan doctor' says what. To install: sudo apt-get install$missing"
    exit 0
fi
echo "Installing Debian packages:$missing"
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $become apt-get -qq update && \
    DEBIAN_FRONTEND=noninteractive $become apt-get -qq install -y --no-install-recommends $missing >/dev/null || \
    echo "Could not install:$missing ('anjuan doctor' says what works less well)"
exit 0
