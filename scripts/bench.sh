#!/bin/sh
# Measures the release build: idle memory per connection, CPU per delivery.
set -eu
cd "$(dirname "$0")/.."

exec cargo bench --locked --bench delivery -- "$@"
