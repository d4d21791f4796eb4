#!/bin/sh
# The second stage: a copy of the Debian tree with our packages in it, set up as the board, with its one
# initramfs. image/configure.sh BASE TREE DEB…
set -eu
cd "$(dirname "$0")/.."

base=$1
tree=$2
shift 2

rm -rf "$tree"
cp -a --reflink=auto "$base" "$tree"

echo madang > "$tree/etc/hostname"
printf '127.0.0.1 localhost madang\n::1 localhost madang\n' > "$tree/etc/hosts"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
: > "$tree/etc/fstab"
# The package's file is a conffile of its own; what it holds by default is all comments.
cat >> "$tree/etc/default/raspi-firmware" <<'SETTINGS'
ROOTPART=LABEL=madang-root
CONSOLES=tty0
CMA=0
SETTINGS

mkdir -p "$tree/data" "$tree/boot/firmware" "$tree/tmp/debs"
cp "$@" "$tree/tmp/debs/"
printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
chmod +x "$tree/usr/sbin/policy-rc.d"
mount -t proc proc "$tree/proc"
trap 'umount "$tree/proc"' EXIT
inside() { DEBIAN_FRONTEND=noninteractive chroot "$tree" "$@"; }

inside dpkg-divert --quiet --local --rename --add /usr/sbin/update-initramfs
ln -s ../bin/true "$tree/usr/sbin/update-initramfs"
inside sh -c 'dpkg --force-unsafe-io --install /tmp/debs/*.deb'
rm "$tree/usr/sbin/update-initramfs"
inside dpkg-divert --quiet --local --rename --remove /usr/sbin/update-initramfs

# The initramfs takes minutes under emulation: it is kept as long as what goes into it is the same.
inputs=$( (echo "$base"; cat image/configure.sh; cd image/board
  find usr/share/initramfs-tools usr/lib/systemd/network usr/lib/udev usr/lib/mod* -type f 2> /dev/null |
    sort | xargs sha256sum) | sha256sum | cut -c 1-16)
kept=target/image/initramfs-$inputs
name=$(cd "$tree/boot" && echo initrd.img-*)
if [ -e "$kept" ]; then
  cp "$kept" "$tree/boot/$name"
  inside env DEB_MAINT_PARAMS=configure /etc/kernel/postinst.d/z50-raspi-firmware
else
  inside update-initramfs -c -k all
  rm -f target/image/initramfs-*
  cp "$tree/boot/$name" "$kept"
fi
umount "$tree/proc"
trap - EXIT
# What an owner edits on any computer before the first boot; as it is, it sets nothing.
cp "$tree/usr/share/madang-board/madang.txt" "$tree/boot/firmware/"
rm -r "$tree/tmp/debs" "$tree/usr/sbin/policy-rc.d"

sed -n 's/^\(enable\|disable\) //p' "$tree"/usr/lib/systemd/system-preset/50-madang-board.preset |
  while read -r unit; do
    [ ! -e "$tree/usr/lib/systemd/system/$unit" ] || systemctl --quiet --root="$tree" preset "$unit"
  done

# systemd would do at each boot what an update of /usr asks for: it has been done.
touch --reference="$tree/usr" "$tree/etc/.updated" "$tree/var/.updated"

# The board asks Debian for its updates, and not the mirror that the builder happens to use.
MIRROR=http://deb.debian.org/debian/ SECURITY_MIRROR=http://deb.debian.org/debian-security/ \
  image/sources.sh > "$tree/etc/apt/sources.list"

# Nothing secret and nothing of this machine is in the image: each board makes its own.
rm -f "$tree"/etc/ssh/ssh_host_* "$tree/var/lib/dbus/machine-id" "$tree/etc/apt/apt.conf.d/99mmdebstrap" \
  "$tree/var/lib/systemd/random-seed" "$tree/var/lib/systemd/credential.secret" "$tree"/etc/*- \
  "$tree/var/cache/ldconfig/aux-cache"
: > "$tree/etc/machine-id"
find "$tree/var/log" "$tree/var/cache/apt" "$tree/var/lib/apt/lists" -type f -delete
rm -f "$tree"/var/cache/debconf/*-old "$tree"/var/lib/dpkg/*-old
sed -i 's/^root:[^:]*:/root:*:/' "$tree/etc/shadow"
grep -q '^root:\*:' "$tree/etc/shadow"
