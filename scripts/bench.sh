#!/bin/sh
# Measures the release build: idle memory per connection, CPU per delivery, and the page in a browser.
# Arguments are for the first two: `scripts/bench.sh --help` is theirs, and leaves the page out.
set -eu
cd "$(dirname "$0")/.."

cargo bench --locked --bench delivery -- "$@"
[ $# = 0 ] || exit 0
scripts/node-packages.sh web
scripts/node-packages.sh web/audit
cd web
exec npm run --silent bench
