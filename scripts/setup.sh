#!/bin/sh
# Brings what this machine lacks for the tests: Debian packages and Rust's tools. Does nothing where
# all is there. Node packages are brought by node-packages.sh, Python's by python-packages.sh.
set -eu
cd "$(dirname "$0")/.."

# The browsers, the store of certificates that two of them use, the screen that the third one wants,
# the letters of the pictures (web/shots/fonts.conf) and what makes those small, and a clock for
# gateways that is not the machine's; strace counts the store's syscalls, openssl judges the CA.
# qemu is the board, nbdkit its card, and kmod, cpio and xz make what it boots from. systemd hands
# sockets over and judges the unit; lintian judges the Debian package, which is tried in a root by
# mmdebstrap, booted as a container. The rest is what runs on the box, and judges what is written for it
# there.
packages="chromium firefox-esr webkit2gtk-driver libnss3-tools xvfb xauth \
  fonts-roboto-unhinted fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu-core pngquant \
  faketime strace python3-venv openssl \
  qemu-user-static qemu-system-arm nbdkit kmod cpio xz-utils e2fsprogs \
  hostapd dnsmasq-base nftables wpasupplicant wireless-regdb openssh-client tzdata \
  busybox-static iproute2 fdisk mtools \
  systemd systemd-container mmdebstrap debian-archive-keyring lintian"

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

cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
cargo clippy --version >/dev/null 2>&1 || rustup component add clippy

scripts/cargo-tool.sh deny
scripts/cargo-tool.sh deb
