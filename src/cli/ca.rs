//! `madang ca`: the local CA, for a person or an image builder to hand on.

use anyhow::{Context, ensure};
use clap::Args;

use super::{existing_folder, log, say};
use crate::clock::Clock;
use crate::config::{Config, TlsMode};
use crate::folder::Folder;
use crate::tls::ca::Authority;
use crate::tls::names::Names;

/// What to do with the CA.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Make a new CA for the names that this board has now. Every phone has to trust it again; a
    /// gateway that runs takes it up within a minute
    #[arg(long)]
    renew: bool,
}

/// Prints the certificate to standard output, so that it can go into a file, and what a person
/// compares to standard error.
pub(super) fn run(config: &Config, options: &Options) -> anyhow::Result<()> {
    log::start_quiet();
    ensure!(
        config.tls.mode == TlsMode::Auto,
        "there is no local CA unless tls.mode is \"auto\""
    );
    let authority = if options.renew {
        let folder = Folder::open(&config.data)?;
        let now_ms = Clock::open(&folder).now_ms();
        Authority::make(&folder, &Names::fixed(&config.tls.names), now_ms)?
    } else {
        let folder = existing_folder(config)?;
        Authority::open(&folder)?.with_context(|| {
            format!(
                "there is no local CA in {}: the first start of the gateway makes it",
                folder.path().display()
            )
        })?
    };
    eprintln!("SHA-256 fingerprint: {}", authority.fingerprint());
    eprintln!("in words: {}", authority.words());
    say(authority.pem())
}
