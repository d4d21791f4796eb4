//! The floor: what the kernel takes to carry the same bytes to as many sockets, written by a
//! plain loop, all that is pending for a socket in one call.
//!
//! It is a process of its own (this program, started again) on the server's core, so that it is
//! measured as the server is.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::machine;
use crate::measure::Delivery;

/// CPU of the plain loop per delivery, in microseconds.
pub(crate) async fn measure(plan: &Delivery, bytes_each: u64) -> Result<f64> {
    let chunk = bytes_each * plan.window as u64;
    let myself = std::env::current_exe()?;
    let mut child = machine::pinned(myself.to_str().context("a path in UTF-8")?)
        .args([
            "--as-floor",
            &plan.receivers.to_string(),
            &chunk.to_string(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut rounds = child.stdin.take().context("its input is a pipe")?;
    let mut lines = BufReader::new(child.stdout.take().context("its output is a pipe")?).lines();
    let address: SocketAddr = lines.next().context("it says where it listens")??.parse()?;

    let (received, changed) = (Rc::new(Cell::new(0_u64)), Rc::new(Notify::new()));
    for _ in 0..plan.receivers {
        let mut stream = TcpStream::connect(address).await?;
        let (received, changed) = (Rc::clone(&received), Rc::clone(&changed));
        tokio::task::spawn_local(async move {
            let mut buffer = vec![0; 16 << 10];
            while let Ok(bytes @ 1..) = stream.read(&mut buffer).await {
                received.set(received.get() + bytes as u64);
                changed.notify_waiters();
            }
        });
    }
    ensure!(lines.next().is_some(), "it has accepted them all");

    let before = machine::cpu(child.id())?;
    for round in 1..=plan.rounds() as u64 {
        rounds.write_all(b"\n")?;
        while received.get() < round * chunk * plan.receivers as u64 {
            changed.notified().await;
        }
    }
    let spent = machine::cpu(child.id())? - before;
    drop(rounds);
    child.wait()?;
    let deliveries = plan.rounds() * plan.window * plan.receivers;
    Ok(spent / deliveries as f64)
}

/// The other process: accepts, then writes one chunk to each for every byte of its input.
pub(crate) fn serve(arguments: &[String]) -> Result<()> {
    let [receivers, chunk] = arguments else {
        anyhow::bail!("--as-floor RECEIVERS BYTES")
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let mut sockets = Vec::new();
    for _ in 0..receivers.parse()? {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    println!("accepted");
    let chunk = vec![b'x'; chunk.parse()?];
    let mut input = std::io::stdin().lock();
    while input.read(&mut [0])? > 0 {
        for socket in &mut sockets {
            socket.write_all(&chunk)?;
        }
    }
    Ok(())
}
