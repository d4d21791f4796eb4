#!/bin/sh
# Brings the parts of the lean board's Debian into target/board/parts, as files: the kernel with its
# modules, glibc and busybox, all for arm64. apt fetches and verifies them with a configuration of
# its own, so nothing on this machine changes. Does nothing where they are there; `make clean`
# asks for newer ones.
set -eu
cd "$(dirname "$0")/../.."

# The kernel that the image boots: of its release, and by its preferences.
kernel=linux-image-arm64
preferences=$PWD/image/base/etc/apt/preferences.d

folder=$PWD/target/board
parts=$folder/parts
[ ! -e "$parts" ] || exit 0

apt=$folder/apt
rm -rf "$parts.new"
mkdir -p "$parts.new"
export APT_CONFIG
APT_CONFIG=$(image/apt.sh "$apt" trixie main <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Dir::Etc::PreferencesParts "$preferences";
CONF
)
apt-get update -q

# The package of the kernel names those that hold its files, by its version.
files=$(apt-get install --simulate --no-install-recommends "$kernel" |
  sed -n 's/^Inst \(linux-\(image\|binary\|modules\)-[0-9][^ ]*\) (\([^ ]*\) .*/\1=\3/p')
[ -n "$files" ] || {
  echo "$0: $kernel names no files of a kernel" >&2
  exit 1
}
# shellcheck disable=SC2086 # a list of words
(cd "$apt/debs" && apt-get download -q $files libc6 libgcc-s1 busybox-static)
for deb in "$apt"/debs/*.deb; do
  dpkg-deb --extract "$deb" "$parts.new"
done
rm -rf "$apt"

version=$(ls "$parts.new/usr/lib/modules")
# It misses lists of what is built in, which only the installed package makes.
depmod --basedir "$parts.new/usr" "$version" 2>/dev/null
mv "$parts.new" "$parts"
echo "Linux $version is in target/board/parts"
