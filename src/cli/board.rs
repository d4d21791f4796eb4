//! `madang board`: what the box's own units run. Nobody else needs it.

use std::io::{self, Read};
use std::path::PathBuf;

use anyhow::ensure;
use clap::{Args, Subcommand};

use super::say;
use crate::board::outlook::Outlook;
use crate::board::place::Place;
use crate::board::{example, report, screen, setup};

/// What to do for the box.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The tree of the box
    #[arg(long, value_name = "DIR", default_value = "/", global = true)]
    root: PathBuf,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Read madang.txt and write what the other programs go by; once a boot, before the network
    Setup,
    /// Bring madang-report.txt up to date
    Report,
    /// Show on this terminal how to come in, for ever
    Screen,
    /// Take up how many phones the radio has
    Phones {
        /// How many
        count: u32,
    },
    /// Take up what `iw dev wlan0 scan` saw, from standard input
    Heard,
    /// Take up that the Wi-Fi has ended by itself
    WifiEnded {
        /// How long after it was to be opened
        seconds: u32,
    },
    /// Print the example madang.txt
    Example,
}

/// Does it.
pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let place = Place::new(&options.root);
    match options.task {
        Task::Setup => {
            let failures = setup::run(&place);
            ensure!(failures.is_empty(), "{}", failures.join("; "));
        }
        Task::Report => report::write(&place, &Outlook::of(&place))?,
        Task::Screen => screen::show(&place)?,
        Task::Phones { count } => setup::phones(&place, count)?,
        Task::Heard => {
            let mut scan = Vec::new();
            io::stdin().take(MOST_SCAN).read_to_end(&mut scan)?;
            setup::heard(&place, &String::from_utf8_lossy(&scan))?;
        }
        Task::WifiEnded { seconds } => setup::wifi_ended(&place, seconds)?,
        Task::Example => say(&example::file())?,
    }
    Ok(())
}

/// Thousands of networks; the air around is not ours.
const MOST_SCAN: u64 = 4 << 20;
