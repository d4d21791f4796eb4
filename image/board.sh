#!/bin/sh
# Builds the package madang-board from image/board and prints its path. Same sources, same bytes.
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
tree=target/image/board
deb=dist/madang-board_${version}_all.deb

rm -rf "$tree"
mkdir -p target/image dist
cp -a image/board "$tree"
sed -i "s/@VERSION@/$version/" "$tree/DEBIAN/control"
documents=$tree/usr/share/doc/madang-board
mkdir -p "$documents"
cat LICENSE-MIT > "$documents/copyright"
(cd "$tree" && find etc -type f -printf '/%p\n') | sort > "$tree/DEBIAN/conffiles"
chmod -R u=rwX,go=rX "$tree"
dpkg-deb --root-owner-group -Zxz --build "$tree" "$deb" >&2
echo "$deb"
