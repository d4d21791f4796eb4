#!/bin/sh
# Brings what building the image and booting it in the emulator want on a machine that lacks it, and
# lets it run arm64's programs.
set -eu

missing=
for package in mmdebstrap arch-test qemu-system-arm qemu-user-static binfmt-support \
  dosfstools mtools e2fsprogs fdisk xz-utils nbdkit openssh-client \
  lintian python3-venv debian-archive-keyring dpkg-dev; do
  dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

formats=/proc/sys/fs/binfmt_misc
[ -e $formats/status ] || mount -t binfmt_misc binfmt_misc $formats
[ -e $formats/qemu-aarch64 ] || update-binfmts --enable qemu-aarch64
