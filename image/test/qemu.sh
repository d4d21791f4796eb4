#!/bin/sh
# Prints the qemu-system-aarch64 whose Raspberry Pi is good enough: the machine's own from version 9 on,
# else the one of its Debian's backports, unpacked under target/ without touching the system.
set -eu
cd "$(dirname "$0")/../.."

own=$(qemu-system-aarch64 --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$own" -ge 9 ]; then
  command -v qemu-system-aarch64
  exit
fi

folder=$PWD/target/image/qemu
program=$folder/qemu-system-aarch64
if [ ! -x "$program" ]; then
  apt=$folder/apt
  rm -rf "$folder"
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # What is installed already is not fetched again.
  export APT_CONFIG
  APT_CONFIG=$(echo 'Dir::State::status "/var/lib/dpkg/status";' | image/apt.sh "$apt" "$release" main)
  apt-get update -q >&2
  packages=$(apt-get install --simulate --no-install-recommends "qemu-system-arm/$release-backports" |
    sed -n 's/^Inst \([^ ]*\) [^(]*(\([^ ]*\) .*/\1=\2/p')
  # shellcheck disable=SC2086 # a list of words
  (cd "$apt/debs" && apt-get download -q $packages >&2)
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb --extract "$deb" "$folder"
  done
  rm -rf "$apt"
  # By its own place, which may be moved.
  cat > "$program" << START
#!/bin/sh
folder=\$(dirname "\$0")
LD_LIBRARY_PATH=\$folder/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH) \
  exec "\$folder/usr/bin/qemu-system-aarch64" -L "\$folder/usr/share/qemu" "\$@"
START
  chmod +x "$program"
fi
echo "$program"
