#!/bin/sh
# Runs the tests of the Python client, in a virtual environment that it makes when needed.
set -eu
cd "$(dirname "$0")"
venv=${MADANG_VENV:-../../.venv}
if ! cmp -s requirements.txt "$venv/madang-requirements.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
    cp requirements.txt "$venv/madang-requirements.txt"
fi
exec "$venv/bin/pytest" -q -p no:cacheprovider "$@"
