//! The command line: what is asked, by which command it is answered, and the exit code.

mod banner;
mod board;
mod ca;
mod history;
mod log;
mod serve;
mod supervisor;
mod token;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::config::{Config, Flags, Problems};
use crate::folder::Folder;

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let Arguments { settings, command } = Arguments::parse();
    let answer = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&settings),
        Command::CheckConfig => settings
            .load()
            .and_then(|_| say("The configuration is right.")),
        Command::Ca(options) => settings
            .load()
            .and_then(|config| ca::run(&config, &options)),
        Command::AdminToken => settings.load().and_then(|config| token::run(&config)),
        Command::History(options) => settings
            .load()
            .and_then(|config| history::run(&config, &options)),
        Command::Board(options) => board::run(&options),
    };
    let Err(error) = answer else {
        return ExitCode::SUCCESS;
    };
    if let Some(problems) = error.downcast_ref::<Problems>() {
        for problem in problems.sentences() {
            eprintln!("madang: {problem}");
        }
        return ExitCode::from(USAGE);
    }
    // Somebody who has read enough (`madang history live | head`) is no error.
    if error
        .downcast_ref()
        .is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe)
    {
        return ExitCode::SUCCESS;
    }
    eprintln!("madang: {error:#}");
    ExitCode::FAILURE
}

/// The command line as it is defined, for the manual page.
pub fn definition() -> clap::Command {
    Arguments::command()
}

/// A chat gateway for one small board: rooms that keep their history, over TLS, for every phone
/// in the room.
#[derive(Debug, Parser)]
#[command(name = "madang", version, after_help = AFTER_HELP, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The settings that have flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
struct Settings {
    /// TOML file with settings; systemd/madang.toml has all of them
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of everything that lasts: history, keys, administration token [default: data]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<String>,
    /// Address of the page and the chat.
    #[arg(long, value_name = "ADDR", global = true, help = LISTEN_HELP)]
    listen: Option<String>,
    /// Address of the plain HTTP port.
    #[arg(long, value_name = "ADDR", global = true, help = LISTEN_PLAIN_HELP)]
    listen_plain: Option<String>,
    /// The certificate: auto (a local CA), files (your own) or off (behind a proxy) [default: auto]
    #[arg(long, value_name = "auto|files|off", global = true)]
    tls: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway; this is what happens without a command
    Serve,
    /// Say all that is wrong with the configuration
    CheckConfig,
    /// Print the local CA (PEM) that phones are to trust, and its fingerprint
    Ca(ca::Options),
    /// Print where the administration token lies, and the token
    AdminToken,
    /// Print the stored messages of a room; the gateway must not be running
    History(history::Options),
    /// What the units of the box run: setup, report, screen
    Board(board::Options),
}

// Not documentation of the fields, where an address in brackets would be a link.
const LISTEN_HELP: &str = "Address of the page and the chat [default: [::]:8443]";
const LISTEN_PLAIN_HELP: &str =
    "Address of the plain HTTP port, which redirects and hands out the CA [default: [::]:8080]";

const AFTER_HELP: &str = "\
Settings come from flags, then the environment, then the TOML file, then the defaults. In the
environment --listen-plain is MADANG_LISTEN_PLAIN, and limits.text_chars is MADANG_LIMITS_TEXT_CHARS.

Exit codes: 0 it went well, 1 it did not, 2 the command line or the configuration is wrong,
130 ended at once by a second Ctrl-C.";

/// The exit code for a wrong command line or configuration; clap's own as well.
const USAGE: u8 = 2;

impl Settings {
    fn load(&self) -> anyhow::Result<Config> {
        let flags = Flags {
            config: self.config.clone(),
            data: self.data.clone(),
            listen: self.listen.clone(),
            listen_plain: self.listen_plain.clone(),
            tls: self.tls.clone(),
        };
        Ok(Config::load(&flags, std::env::vars_os())?)
    }
}

/// The data folder of a gateway that has run before; commands that only look make none.
fn existing_folder(config: &Config) -> anyhow::Result<Folder> {
    anyhow::ensure!(
        config.data.is_dir(),
        "there is no data folder {}: start the gateway once, or name another folder with --data",
        config.data.display()
    );
    Ok(Folder::open(&config.data)?)
}

/// Prints for the person who asked.
fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{}", text.trim_end())?)
}
