#!/bin/sh
# Boots the image in the emulator and tests it; figures are in the output. It is built before, unless the one
# that is there was made of the same files. Arguments go to pytest:
# image/test/run.sh -k fresh_card
set -eu
cd "$(dirname "$0")/../.."

image/tools.sh
[ "$(cat target/image/madang.source 2> /dev/null)" = "$(image/source.sh)" ] || image/build.sh
# What the comparison boots: the same tree before anything of ours came into it.
base=$(image/base.sh)
[ "$base.img" -nt image/assemble.sh ] || image/assemble.sh "$base" "$base.img"
venv=target/image/test-venv
scripts/python-packages.sh "$venv" tests/clients/requirements.txt image/test/requirements.txt
MADANG_BARE=$base.img
export MADANG_BARE
exec "$venv/bin/pytest" -q -p no:cacheprovider image/test "$@"
