#!/bin/sh
# Brings a tool of cargo's if it is missing:  scripts/cargo-tool.sh deny
# From source, since the registries carry no current binaries, and not optimised: it runs for seconds
# and would take minutes more to build. What the tools have in common is built once.
set -eu
cd "$(dirname "$0")/.."
cargo "$1" --version >/dev/null 2>&1 ||
  CARGO_TARGET_DIR=target/tools cargo install --debug --locked "cargo-$1"
