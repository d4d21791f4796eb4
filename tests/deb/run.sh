#!/bin/sh
# The life of the Debian package in a Debian of its own: installed, upgraded, removed, purged, under
# systemd (life.sh). The root is made once, without a kernel, and kept in target/; it is booted as a
# container without a network. Needs root.   tests/deb/run.sh [PACKAGE]
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || exec sudo "$0" "$@"

package=${1:-dist/madang_$(cargo pkgid --locked | sed 's/.*[#@]//')_amd64.deb}
work=target/deb-test
mkdir -p "$work"

# How much the unit leaves open, in tenths: the network, which it is for, is most of it.
systemd-analyze security --no-pager --offline=true --threshold=12 systemd/madang.service >"$work/exposure" 2>&1 ||
  { cat "$work/exposure"; exit 1; }
tail -n 1 "$work/exposure"

packages=systemd-sysv,curl,jq
base=$work/trixie-$packages.tar
if [ ! -e "$base" ]; then
  rm -rf "$work"/trixie-*
  image/sources.sh trixie main | mmdebstrap --quiet --variant=minbase \
    --format=tar --include="$packages" trixie "$base.part" -
  mv "$base.part" "$base"
fi

root=$(mktemp -d "$work/root.XXXXXX")
trap 'rm -rf "$root"' EXIT
tar -C "$root" -xf "$base"
mkdir "$root/deb"
cp tests/deb/life.sh "$root/deb/"
cp "$package" "$root/deb/new.deb"
# An older version is the same with another number.
dpkg-deb -R "$package" "$root/deb/old"
sed -i 's/^Version:.*/Version: 0.0.1/' "$root/deb/old/DEBIAN/control"
dpkg-deb --root-owner-group -b "$root/deb/old" "$root/deb/old.deb" >"$work/old"

units=$root/etc/systemd/system
cat >"$units/life.service" <<END
[Unit]
After=basic.target
[Service]
Type=oneshot
ExecStart=/bin/sh /deb/life.sh
ExecStopPost=/bin/systemctl poweroff --no-block
StandardOutput=append:/deb/log
StandardError=append:/deb/log
END
mkdir -p "$units/multi-user.target.wants"
ln -s ../life.service "$units/multi-user.target.wants/"

# Whether the container ends well does not matter: the last line that life.sh writes does.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout 600 systemd-nspawn --quiet --boot --register=no \
  --keep-unit --private-network --link-journal=no --console=read-only -M "madang-deb-$$" \
  -D "$root" </dev/null >"$work/console" 2>&1 || true
cat "$root/deb/log"
grep -qx "a whole life" "$root/deb/log"
