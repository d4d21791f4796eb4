#!/bin/sh
# Runs the benches against the release build; see README for figures and how they were taken.
set -eu
cd "$(dirname "$0")/.."

exec cargo bench --locked "$@"
