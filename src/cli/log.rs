//! The log: to standard error, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::{self, LogFormat};

/// Starts the log of a gateway. The filter has been checked with the configuration.
pub(super) fn start(settings: &config::Log) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&settings.filter))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match settings.format {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().with_ansi(false).init(),
    }
}

/// Starts the log of a command that answers and ends: warnings only.
pub(super) fn start_quiet() {
    let terminal = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("warn"));
    log.with_writer(io::stderr)
        .with_ansi(terminal)
        .without_time()
        .init();
}
