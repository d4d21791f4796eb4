#!/bin/sh
# Runs the tests of the gateway for ARM and of the lean board that it runs on. `make arm` comes
# before. Arguments are other files of tests than all: tests/board/run.sh tests/board/plug.test.mjs
set -eu
cd "$(dirname "$0")/../.."

tests/board/parts.sh
tests/board/initramfs.sh
[ $# != 0 ] || set -- tests/board/*.test.mjs
export MADANG_BIN=tests/board/emulated.sh
exec node tests/clients/run.mjs --test-timeout=900000 "$@"
