#!/bin/sh
# Brings what this machine lacks for the tests: Debian packages, Rust's tools, the Python clients.
# Does nothing where all is there. The Node packages are brought by node-packages.sh.
set -eu
cd "$(dirname "$0")/.."

# The browser, its certificate store, a Korean font; strace counts the store's syscalls.
packages="chromium libnss3-tools fonts-noto-cjk strace python3-venv openssl"

missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
if [ -n "$missing" ]; then
  root=
  [ "$(id -u)" = 0 ] || root=sudo
  echo "installing:$missing"
  $root apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive $root apt-get install -q -y --no-install-recommends $missing
fi

for tool in fmt clippy; do
  cargo "$tool" --version >/dev/null 2>&1 || rustup component add "$([ $tool = fmt ] && echo rustfmt || echo clippy)"
done

# From source, about three minutes on two cores: the registries carry no current binary of it.
cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny

wanted=tests/clients/requirements.txt
if [ -f $wanted ] && ! cmp -s $wanted .venv/installed.txt; then
  python3 -m venv .venv
  .venv/bin/pip install --quiet --requirement $wanted
  cp $wanted .venv/installed.txt
fi
