#!/bin/sh
# Packs what the lean board runs from memory into target/board/initramfs: busybox, the modules of
# its disk and its network, the gateway for ARM and the libraries that it names; and lays the
# kernel beside it. Everything is Debian's own, from parts.sh, but for the gateway and init.
set -eu
cd "$(dirname "$0")/../.."

gateway=target/aarch64-unknown-linux-gnu/release/madang
board=$PWD/target/board
parts=$board/parts
root=$board/root
modules="virtio_blk virtio_net ext4"

rm -rf "$root"
mkdir -p "$root/bin" "$root/lib/modules" "$root/dev" "$root/proc" "$root/sys" "$root/data"
cp tests/board/init "$root/init"
cp "$parts/usr/bin/busybox" "$root/bin/busybox"
cp "$gateway" "$root/bin/madang"
aarch64-linux-gnu-gcc -shared -fPIC -O1 -Wall -o "$root/lib/no-barrier.so" tests/board/no-barrier.c

# Debian's glibc lies in a folder named after the machine; its loader is named by an absolute path.
readelf -d "$gateway" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r library; do
  cp "$parts/usr/lib/aarch64-linux-gnu/$library" "$root/lib/"
done
cp "$parts/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1" "$root/lib/"

version=$(ls "$parts/usr/lib/modules")
for module in $modules; do
  modprobe --dirname "$parts/usr" --set-version "$version" --show-depends "$module"
done | while read -r _ file; do
  name=$(basename "$file" .xz)
  [ ! -e "$root/lib/modules/$name" ] || continue
  xz -dc "$file" >"$root/lib/modules/$name"
  echo "$name" >>"$root/lib/modules/order"
done

cp "$parts/usr/lib/modules/$version/vmlinuz" "$board/kernel"
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet --create --format newc --owner 0:0) \
  >"$board/initramfs"
echo "the lean board: Linux $version, initramfs of $(stat -c %s "$board/initramfs") bytes"
