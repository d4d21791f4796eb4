#!/bin/sh
# Runs the tests of the Python client, in a virtual environment that it makes when needed.
set -eu
cd "$(dirname "$0")"
../../scripts/python-packages.sh .venv tests/clients/requirements.txt
exec ../../.venv/bin/pytest -q -p no:cacheprovider "$@"
