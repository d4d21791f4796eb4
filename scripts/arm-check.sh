#!/bin/sh
# Says whether a program can go to the board: 64-bit ARM, stripped, small, and content with the
# glibc of Debian 12. `make arm` ends with it; by hand it judges what `cross` built.
#   scripts/arm-check.sh target/aarch64-unknown-linux-gnu/release/madang
set -eu
program=$1
most_bytes=8000000
newest_glibc=2.36

refuse() {
  echo "$program: $1" >&2
  exit 1
}

readelf -h "$program" | grep -q 'Machine: *AArch64' || refuse "is not for 64-bit ARM"
! readelf -S "$program" | grep -qE '\.(symtab|debug_info)' || refuse "is not stripped"

bytes=$(stat -c %s "$program")
[ "$bytes" -le $most_bytes ] || refuse "has $bytes bytes, $most_bytes are allowed"

glibc=$(readelf -V "$program" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
[ -n "$glibc" ] || refuse "names no version of glibc"
[ "$(printf '%s\n' "$glibc" $newest_glibc | sort -V | tail -n 1)" = $newest_glibc ] ||
  refuse "needs glibc $glibc, newer than $newest_glibc"

echo "$program: $bytes bytes, needs glibc $glibc"
