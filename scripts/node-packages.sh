#!/bin/sh
# Installs the Node packages of a folder as its lockfile says, if they are not there yet.
#   scripts/node-packages.sh web
set -eu
cd "$(dirname "$0")/../$1"

# The browsers are Debian's: no package brings its own.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 PUPPETEER_SKIP_DOWNLOAD=1

# npm writes this file at the end of every install.
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci
  touch "$installed"
fi
