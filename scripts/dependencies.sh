#!/bin/sh
# Checks the licences, sources and known weaknesses of all crates (deny.toml).
set -eu
cd "$(dirname "$0")/.."

cargo deny --locked check licenses bans sources
if cargo deny --locked fetch db; then
  cargo deny --locked check advisories
else
  cat >&2 <<'END'
**********************************************************************
** NOT CHECKED: security advisories. The RustSec database could not **
** be fetched; run this again on a machine that reaches github.com. **
**********************************************************************
END
fi
