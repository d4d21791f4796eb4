#!/bin/sh
# Makes a virtual environment of Python with what the files list, if it is not there yet.
#   scripts/python-packages.sh target/image/venv image/materials/requirements.txt…
set -eu
cd "$(dirname "$0")/.."
venv=$1
shift

# Written at the end of every install.
installed=$venv/installed
wanted=$(cat "$@")
if [ "$wanted" != "$(cat "$installed" 2> /dev/null)" ]; then
  python3 -m venv --clear "$venv"
  for file; do
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$file"
  done
  echo "$wanted" > "$installed"
fi
