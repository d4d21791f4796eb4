#!/bin/sh
# Makes docs/page.png, the README's picture of the page, from the demo.
set -eu
cd "$(dirname "$0")/.."

scripts/node-packages.sh web
(cd web && MADANG_PICTURE=yes npx playwright test -c shots/playwright.config.ts)
pngquant --speed 1 --strip --force --ext .png 64 docs/page.png
