#!/bin/sh
# Builds the file to flash: dist/madang-VERSION-arm64.img.xz, and beside it the list of its packages, a
# software bill of materials, the digests of its files, and its own. Wants root, for the Debian tree.
# The page is built before (make image does). target/image/madang.source tells what it was made of.
set -eu
cd "$(dirname "$0")/.."

largest=260 # MB, what a village's Internet can fetch
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=dist/madang-$version-arm64
source=$(image/source.sh)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

[ "$(id -u)" = 0 ] || { echo "$0: run it as root; the Debian tree wants it" >&2; exit 1; }
image/tools.sh
scripts/deb.sh arm64
base=$(image/base.sh)
tree=target/image/tree
image/configure.sh "$base" "$tree" "dist/madang_${version}_arm64.deb" "$(image/board.sh)"
image/assemble.sh "$tree" target/image/madang.img
image/materials.sh "$tree" "$name"

xz --threads=2 -6 --keep --stdout target/image/madang.img > "$name.img.xz"
(cd dist && for kind in img.xz packages files.xz cdx.json; do
  sha256sum "${name#dist/}.$kind"
done > "${name#dist/}.sha256")
size=$(($(stat -c %s "$name.img.xz") / 1000000))
echo "$name.img.xz: $size MB of at most $largest"
[ "$size" -le "$largest" ]
echo "$source" > target/image/madang.source
