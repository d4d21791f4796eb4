#!/bin/sh
# Prints the `deb` lines of a Debian release with its updates, security updates and backports, from the
# mirrors that apt uses on this machine:  image/sources.sh [RELEASE [COMPONENT…]]
# Other mirrors (such as the ones an image shall ask for its updates): MIRROR and SECURITY_MIRROR.
set -eu

release=${1:-trixie}
[ $# = 0 ] || shift
components=${*:-main non-free-firmware}

# mirror LABEL: where apt fetches Debian's packages of that label, the first if there are several.
mirror() {
  # shellcheck disable=SC2016 # apt fills it in
  found=$(apt-get indextargets --format '$(REPO_URI)' \
    'Created-By: Packages' 'Origin: Debian' "Label: $1" | head -n 1)
  if [ -z "$found" ]; then
    echo "$0: apt knows no mirror of $1; apt-get update, or set MIRROR and SECURITY_MIRROR" >&2
    exit 1
  fi
  echo "$found"
}

main=${MIRROR:-$(mirror Debian)}
security=${SECURITY_MIRROR:-$(mirror Debian-Security)}
options='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'

for suite in "$release" "$release-updates" "$release-backports"; do
  echo "deb $options $main $suite $components"
done
echo "deb $options $security $release-security $components"
