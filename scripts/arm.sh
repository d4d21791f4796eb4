#!/bin/sh
# Builds the gateway for 64-bit ARM boards, by Debian's cross toolchain, and checks the result:
# target/aarch64-unknown-linux-gnu/release/madang. The page is built before (make arm does).
set -eu
cd "$(dirname "$0")/.."

scripts/arm-toolchain.sh

target=aarch64-unknown-linux-gnu
crates=${CARGO_HOME:-$HOME/.cargo}

# The same source gives the same bytes, wherever it lies and whenever it is built.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
remap() {
  printf '%s' "$1=$PWD=. $1=$crates=/cargo"
}
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS
CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS=$(remap --remap-path-prefix)
export CFLAGS_aarch64_unknown_linux_gnu
CFLAGS_aarch64_unknown_linux_gnu=$(remap -ffile-prefix-map)

# rustup's toolchain has no library for this target: Debian's rustc has, and is named in full.
export RUSTC=/usr/bin/rustc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
/usr/bin/cargo build --locked --release --target "$target" --bin madang

scripts/arm-check.sh "target/$target/release/madang"
