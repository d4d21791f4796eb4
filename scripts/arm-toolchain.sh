#!/bin/sh
# Brings Debian's own cross toolchain for 64-bit ARM: rustc and cargo as Debian builds them for its
# browsers, their standard library for arm64, and the C compiler. Does nothing where all is there.
set -eu

packages="rustc-web cargo-web libstd-rust-web-dev:arm64 \
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross binutils-aarch64-linux-gnu"

missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
echo "installing:$missing"
$root dpkg --add-architecture arm64
$root apt-get update -q
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive $root apt-get install -q -y --no-install-recommends $missing
