//! `madang admin-token`: for the operator, who can read it because the board is his.

use anyhow::Context;

use super::{existing_folder, log, say};
use crate::config::Config;
use crate::token::AdminToken;

/// Prints the path to standard error and the token to standard output.
pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    log::start_quiet();
    let folder = existing_folder(config)?;
    let path = AdminToken::path(&folder);
    let token = AdminToken::open(&folder)
        .with_context(|| format!("the administration token {} cannot be read", path.display()))?
        .with_context(|| {
            format!(
                "there is no administration token in {}: the first start of the gateway makes it",
                path.display()
            )
        })?;
    eprintln!("{}:", path.display());
    say(token.reveal())
}
