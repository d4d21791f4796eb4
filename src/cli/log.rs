//! The log goes to standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Starts the log of a command that answers and ends: warnings only.
pub(super) fn start_quiet() {
    let terminal = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new("warn"));
    log.with_writer(io::stderr)
        .with_ansi(terminal)
        .without_time()
        .init();
}
