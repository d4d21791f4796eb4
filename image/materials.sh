#!/bin/sh
# What is in the image, beside it: image/materials.sh TREE NAME writes
#   NAME.packages   each Debian package with its version
#   NAME.files.xz   each file with its SHA-256, to compare two builds
#   NAME.cdx.json   the software bill of materials, by CycloneDX
set -eu
cd "$(dirname "$0")/.."

tree=$1
name=$2
venv=target/image/venv

dpkg-query --admindir="$tree/var/lib/dpkg" -W -f '${Package} ${Version}\n' | sort > "$name.packages"
(cd "$tree" && find . -xdev -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) |
  xz --threads=2 > "$name.files.xz"

scripts/python-packages.sh "$venv" image/materials/requirements.txt
cargo metadata --locked --format-version 1 --filter-platform aarch64-unknown-linux-gnu > target/image/crates.json
"$venv/bin/python" image/materials/bill.py "$tree" target/image/crates.json > "$name.cdx.json"
