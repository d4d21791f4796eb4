#!/bin/sh
# Takes those pictures anew that no longer fit, and makes them small: 32 colours are enough to see
# what is missing. Arguments go to Playwright: `npm run shots:renew -- -g korean`.
set -eu
cd "$(dirname "$0")"

mkdir -p pictures
begun=$(mktemp)
trap 'rm -f "$begun"' EXIT
failed=
(cd .. && npx playwright test -c shots/playwright.config.ts shots.spec -u changed "$@") || failed=yes
find pictures -name '*.png' -newer "$begun" -exec \
  pngquant --speed 1 --nofs --strip --force --ext .png 32 {} +
[ -z "$failed" ]
