#!/bin/sh
# Builds the page into web/dist, if it is older than its source.
set -eu
cd "$(dirname "$0")/.."

scripts/node-packages.sh web
page=web/dist/index.html
source="web/src web/public web/index.html web/vite.config.ts web/tsconfig.json web/package-lock.json"
fresh=yes
if [ -e $page ]; then
  fresh=
  # shellcheck disable=SC2086 # a list of paths
  [ -n "$(find $source -newer $page -print)" ] || exit 0
fi
(cd web && npm run build)
# Cargo cannot watch for a folder that does not exist yet: tell it once.
[ -z "$fresh" ] || touch build.rs
