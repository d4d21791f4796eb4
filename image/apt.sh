#!/bin/sh
# Sets up an apt that has all in a folder of its own, an absolute path, so that nothing on this machine
# changes, and prints the path of its configuration, for APT_CONFIG. Further settings come by standard
# input and go before these; sources.sh reads the other arguments:
#   image/apt.sh FOLDER [RELEASE [COMPONENT…]] < SETTINGS
set -eu
folder=$1
shift

rm -rf "$folder"
mkdir -p "$folder/etc/apt.conf.d" "$folder/etc/preferences.d" "$folder/lists/partial" \
  "$folder/cache/archives/partial" "$folder/debs"
"$(dirname "$0")/sources.sh" "$@" > "$folder/etc/sources.list"
: > "$folder/status"
settings=$(cat)
cat > "$folder/apt.conf" << CONF
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc "$folder/etc";
Dir::State "$folder";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
$settings
CONF
echo "$folder/apt.conf"
