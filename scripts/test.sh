#!/bin/sh
# Everything that has to hold before a change lands. Stops at the first failure.
set -eu
cd "$(dirname "$0")/.."

# As the packages are built, so that nothing is built twice.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

began=$(date +%s)
step() {
  echo
  echo "== $1 ($(($(date +%s) - began)) s)"
  shift
  "$@"
}
in_folder() {
  folder=$1
  shift
  (cd "$folder" && "$@")
}

step "what is missing" scripts/setup.sh
step "Rust format" cargo fmt --check
step "page: build" scripts/web.sh
step "page: format" in_folder web npm run --silent format
step "page: lint" in_folder web npm run --silent lint
step "page: types" in_folder web npm run --silent check
step "page: tests" in_folder web npm run --silent test
step "page: size" in_folder web npm run --silent size
step "page: pictures and axe" in_folder web npm run --silent shots
step "Rust lints" cargo clippy --locked --all-targets -- -D warnings
step "Rust tests" cargo test --locked --no-fail-fast
step "Rust documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
step "dependencies" scripts/dependencies.sh
step "the gateway" cargo build --locked --release
step "real clients: packages" scripts/node-packages.sh tests/clients
step "real clients" in_folder tests/clients npm run --silent test
step "real clients: Python" tests/clients/python.sh
step "the box's scripts" .venv/bin/pytest -q -p no:cacheprovider image/test/scripts
step "the gateway for ARM" scripts/arm.sh
step "the Debian packages" scripts/deb.sh
step "the life of the Debian package" tests/deb/run.sh
arm=tests/board/emulated.sh
step "ARM: real clients" env MADANG_BIN=$arm node tests/clients/run.mjs native reconnect
step "ARM: real clients: Python" env MADANG_BIN=$arm tests/clients/python.sh
step "ARM: the board" tests/board/run.sh
step "browsers" in_folder web npm run --silent e2e
step "the page as it is served: packages" scripts/node-packages.sh web/audit
step "the page as it is served" in_folder web npm run --silent audit
echo
echo "all is well, in $(($(date +%s) - began)) s"
