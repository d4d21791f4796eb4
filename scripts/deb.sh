#!/bin/sh
# Builds the Debian packages dist/madang_VERSION_ARCHITECTURE.deb, of both architectures or of the
# ones that are named:  scripts/deb.sh [amd64] [arm64].  The page is built before (make deb does).
set -eu
cd "$(dirname "$0")/.."

scripts/cargo-tool.sh deb

version=$(cargo pkgid --locked | sed "s/.*[#@]//")
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

# What the packages of both architectures have in common.
made=target/deb
rm -rf "$made"
mkdir -p "$made/man" dist
cargo run --quiet --locked --example manual "$made/man"
cat >"$made/changelog" <<END
madang ($version) stable; urgency=medium

  * The changes of each version are told in CHANGELOG.md of the source.

 -- $(sed -n 's/^maintainer = "\(.*\)"/\1/p' Cargo.toml)  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END

package() {
  architecture=$1
  shift
  cargo deb --quiet --locked --no-build --no-strip "$@" -o "dist/madang_${version}_$architecture.deb"
  lintian --allow-root --fail-on error "dist/madang_${version}_$architecture.deb"
}

[ $# -gt 0 ] || set -- amd64 arm64
for architecture; do
  case $architecture in
  amd64)
    cargo build --release --locked --bin madang
    package amd64
    ;;
  arm64)
    scripts/arm.sh
    package arm64 --target aarch64-unknown-linux-gnu
    ;;
  *)
    echo "$0: there are packages for amd64 and arm64, not for $architecture" >&2
    exit 2
    ;;
  esac
done
