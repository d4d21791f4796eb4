//! The log: to standard error, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::config::{self, LogFormat};

/// Starts the log of a gateway. The filter has been checked with the configuration.
pub(super) fn start(settings: &config::Log) {
    let filter: Targets = settings
        .filter
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match settings.format {
        LogFormat::Human => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.with_ansi(false).json().boxed(),
    };
    registry().with(lines.with_filter(filter)).init();
}

/// Starts the log of a command that answers and ends: warnings only.
pub(super) fn start_quiet() {
    let terminal = io::stderr().is_terminal();
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(terminal)
        .without_time();
    registry().with(lines.with_filter(LevelFilter::WARN)).init();
}
