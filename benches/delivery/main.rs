//! What a connection and a delivery cost a madang server: a load program of its own, not a micro
//! benchmark.
//!
//! ```text
//! cargo bench --bench delivery                        everything, against the release build
//! cargo bench --bench delivery -- --connections 5000 --receivers 1000 --messages 4000
//! cargo bench --bench delivery -- --pid 4711 --address 127.0.0.1:8080 [--tls]
//! ```
//!
//! The server has one core and one worker thread, this program the other core. CPU is utime +
//! stime of the whole server process, so writing the history is in it. A window is the messages
//! under way: they are posted together, and the next ones when everybody has them all. The floor
//! is a plain loop that writes the same bytes to as many sockets, one call a socket and window.
//! Rate limits and ceilings are raised by configuration and pings are rare; nothing else differs
//! from the defaults. Idle connections have joined the main namespace and no room.

#![expect(
    clippy::cast_precision_loss,
    reason = "counts and sizes are far below 2^52"
)]

mod client;
mod floor;
mod http;
mod machine;
mod measure;
mod server;
mod tls;
mod websocket;

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use measure::{Delivery, Idle};
use server::Server;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, rest @ ..] = arguments.as_slice()
        && mode == "--as-floor"
    {
        return floor::serve(rest);
    }
    if arguments.is_empty() {
        // `cargo test --all-targets` does this.
        println!("nothing is measured unless `cargo bench` asks for it");
        return Ok(());
    }
    let options = Options::parse(&arguments)?;
    machine::prepare(std::process::id())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run(&options))
}

async fn run(options: &Options) -> Result<()> {
    println!("{}", machine::describe()?);
    println!(
        "\nidle memory of the server, KB per connection, {} connections",
        options.connections
    );
    println!("{:<12}{:>8}{:>8}", "transport", "RSS", "PSS");
    for idle in [Idle::WebSocket, Idle::Tls, Idle::Polling] {
        let Some(server) = options.server(idle == Idle::Tls).await? else {
            continue;
        };
        let cost = measure::idle(&server, idle, options.connections).await?;
        println!(
            "{:<12}{:>8.1}{:>8.1}",
            idle.name(),
            cost.rss_kb,
            cost.pss_kb
        );
    }

    let receivers = options.receivers;
    println!("\nserver CPU per delivery, {receivers} receivers in one room, texts of 100 bytes");
    println!(
        "{:<8}{:>8}{:>12}{:>10}{:>8}{:>14}{:>8}{:>20}",
        "",
        "window",
        "us/delivery",
        "floor us",
        "ratio",
        "deliveries",
        "bytes",
        "presence join/run"
    );
    for (tls, window) in [(false, 1), (false, 16), (true, 16)] {
        let Some(server) = options.server(tls).await? else {
            continue;
        };
        let plan = Delivery {
            receivers,
            window,
            // One at a time is slow, and soon known well enough.
            messages: if window == 1 {
                options.messages / 4
            } else {
                options.messages
            },
        };
        let cost = measure::delivery(&server, &plan).await?;
        drop(server);
        let floor = floor::measure(&plan, cost.bytes_each).await?;
        println!(
            "{:<8}{:>8}{:>12.2}{:>10.2}{:>8.2}{:>14}{:>8}{:>20}",
            if tls { "tls" } else { "plain" },
            window,
            cost.micros,
            floor,
            cost.micros / floor,
            cost.deliveries,
            cost.bytes_each,
            format!("{}/{}", cost.presence_joining, cost.presence_running),
        );
    }
    println!(
        "\npresence: frames that are no message, to all, while they joined / while it was measured"
    );
    println!("the floor is always plain TCP, also beside TLS");
    Ok(())
}

/// What is asked for on the command line.
struct Options {
    connections: usize,
    receivers: usize,
    messages: usize,
    /// A server that runs already, and whether it speaks TLS.
    running: Option<(u32, SocketAddr, bool)>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            connections: 3_000,
            receivers: 1_000,
            messages: 2_000,
            running: None,
        };
        let (mut pid, mut address, mut tls) = (None, None, false);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} wants a value"))
            };
            match word.as_str() {
                "--connections" => options.connections = value()?.parse()?,
                "--receivers" => options.receivers = value()?.parse()?,
                "--messages" => options.messages = value()?.parse()?,
                "--pid" => pid = Some(value()?.parse()?),
                "--address" => address = Some(value()?.parse()?),
                "--tls" => tls = true,
                // Cargo adds it.
                "--bench" => {}
                unknown => bail!("unknown option {unknown}; the head of the source has them all"),
            }
        }
        options.running = match (pid, address) {
            (Some(pid), Some(address)) => Some((pid, address, tls)),
            (None, None) => None,
            _ => bail!("--pid and --address belong together"),
        };
        Ok(options)
    }

    /// A fresh server, or the one that runs if it speaks what is asked for.
    async fn server(&self, tls: bool) -> Result<Option<Server>> {
        match self.running {
            None => Server::start(tls).await.map(Some),
            Some((pid, address, speaks_tls)) => {
                Ok((speaks_tls == tls).then(|| Server::running(pid, address, tls)))
            }
        }
    }
}
