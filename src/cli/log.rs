//! The log: to standard error, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt, registry, reload};

use crate::config::{self, LogFormat};

/// What is logged; can be changed while the gateway runs.
pub(super) struct Filter(reload::Handle<Targets, Registry>);

impl Filter {
    /// From now on what these settings want is logged.
    pub(super) fn renew(&self, settings: &config::Log) {
        // Fails only where there is no log any longer.
        let _ = self.0.reload(filter(settings));
    }
}

/// The filter, which has been checked with the configuration.
fn filter(settings: &config::Log) -> Targets {
    let filter = settings.filter.parse();
    filter.unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO))
}

/// Starts the log of a gateway.
pub(super) fn start(settings: &config::Log) -> Filter {
    let (filter, handle) = reload::Layer::new(filter(settings));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match settings.format {
        LogFormat::Human => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.with_ansi(false).json().boxed(),
    };
    registry().with(lines.with_filter(filter)).init();
    Filter(handle)
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
