#!/bin/sh
# Makes the file to flash from a tree, without loop devices or mounts. image/assemble.sh TREE IMAGE
set -eu
cd "$(dirname "$0")/.."

tree=$1
image=$2
mb=2048          # sectors
firmware_mb=384  # three kernels with their initramfs: flashed, last, next
data_mb=64       # grown on the first boot
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH" MTOOLS_SKIP_CHECK=1
work=$(mktemp -d "target/image/assemble.XXXX")
trap 'rm -rf "$work"' EXIT

# Files newer than the sources were made by the build itself.
find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

# The first partition has the firmware, the kernel and its initramfs: what a Pi's ROM can read.
mkfs.vfat -C -F 32 -n MADANGBOOT -i 4d41444e --invariant "$work/boot" $((firmware_mb * 1024)) > /dev/null
(cd "$tree/boot/firmware" && find . -mindepth 1 -maxdepth 1 | sort) | while read -r entry; do
  mcopy -s -m -i "$work/boot" "$tree/boot/firmware/$entry" ::/
done

# The root does without what is there already, and without a second initramfs.
cp -al "$tree" "$work/root"
find "$work/root/boot/firmware" -mindepth 1 -delete
rm -f "$work"/root/boot/initrd.img-*
root_mb=$(($(du -sxm --apparent-size "$work/root" | cut -f 1) * 115 / 100 + 96))
truncate -s "${root_mb}M" "$work/ext4"
mke2fs -q -t ext4 -L madang-root -m 0 -U 6d616461-6e67-4000-8000-000000000001 \
  -E hash_seed=6d616461-6e67-4000-8000-000000000002,lazy_itable_init=0 -d "$work/root" "$work/ext4"

# The data partition is made large enough that what cannot change later suits a big card: blocks of
# 4 KB, a journal of 16 MB, room for the tables of 1 TB.
truncate -s "${data_mb}M" "$work/data"
mke2fs -q -t ext4 -L madang-data -m 0 -b 4096 -i 16384 -J size=16 -U 6d616461-6e67-4000-8000-000000000003 \
  -E hash_seed=6d616461-6e67-4000-8000-000000000004,lazy_itable_init=0,resize=268435456 "$work/data"

# An MBR, because every Pi can read it.
first=$((4 * mb))
root=$((first + firmware_mb * mb))
data=$((root + root_mb * mb))
rm -f "$image"
truncate -s "$(((data + data_mb * mb) * 512))" "$image"
sfdisk --quiet "$image" << TABLE
label: dos
label-id: 0x6d616461
unit: sectors
start=$first, size=$((firmware_mb * mb)), type=c, bootable
start=$root, size=$((root_mb * mb)), type=83
start=$data, size=$((data_mb * mb)), type=83
TABLE
put() { dd if="$1" of="$image" bs=1M seek=$(($2 / mb)) conv=notrunc,sparse status=none; }
put "$work/boot" $first
put "$work/ext4" $root
put "$work/data" $data
