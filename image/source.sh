#!/bin/sh
# Prints a digest of what an image is made of: all files of ours but those that only test or tell.
set -eu
cd "$(dirname "$0")/.."
git ls-files -z -- ':!*.md' ':!docs' ':!tests' ':!image/test' ':!benches' ':!examples' |
  tar --create --null --files-from=- --sort=name --mtime=@0 --owner=0 --group=0 | sha256sum | cut -c 1-16
