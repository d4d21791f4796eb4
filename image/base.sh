#!/bin/sh
# The first stage: a Debian tree for the board with every package of image/packages and nothing of ours.
# Prints its folder. It takes minutes under emulation, so it is kept in target/image until one of its
# inputs changes; FRESH=1 fetches it anew, with the newest packages of the mirror.
set -eu
cd "$(dirname "$0")/.."

inputs=$( (image/sources.sh; cat image/base.sh image/packages; find image/base -type f | sort |
  xargs cat) | sha256sum | cut -c 1-16)
tree=target/image/base-$inputs
[ -z "${FRESH-}" ] || rm -rf "$tree"

if [ ! -d "$tree" ]; then
  rm -rf target/image/base-*
  mkdir -p "$tree.part"
  # The initramfs is made once, at the end, and not with each package that asks for it.
  # shellcheck disable=SC2016 # the hooks' $1 is the tree
  mmdebstrap --mode=root --arch=arm64 --variant=apt --format=directory \
    --dpkgopt=force-confold --dpkgopt=force-unsafe-io \
    --include="$(sed '/^#/d' image/packages | paste -sd ,)" \
    --setup-hook='mkdir -p "$1/boot/firmware"' \
    --setup-hook='sync-in image/base /' \
    --essential-hook='dpkg-divert --quiet --root="$1" --local --rename --add /usr/sbin/update-initramfs' \
    --essential-hook='ln -s ../bin/true "$1/usr/sbin/update-initramfs"' \
    --customize-hook='rm "$1/usr/sbin/update-initramfs"' \
    --customize-hook='dpkg-divert --quiet --root="$1" --local --rename --remove /usr/sbin/update-initramfs' \
    --customize-hook='chroot "$1" update-initramfs -c -k all' \
    --customize-hook='rm -f "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap"' \
    trixie "$tree.part" - >&2 <<LINES
$(image/sources.sh)
LINES
  mv "$tree.part" "$tree"
fi
echo "$tree"
