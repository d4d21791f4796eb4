//! The server under measure: the release binary with a folder of its own, or one that runs.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::machine;

/// A server; one that was started here is killed when dropped.
pub(crate) struct Server {
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
    pub(crate) tls: bool,
    started: Option<(Child, TempDir)>,
}

impl Server {
    /// One that runs already, with whatever limits it has.
    pub(crate) fn running(pid: u32, address: SocketAddr, tls: bool) -> Self {
        Self {
            pid,
            address,
            tls,
            started: None,
        }
    }

    /// Starts the release binary, and waits until it listens.
    pub(crate) async fn start(tls: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (address, plain) = (free_address()?, free_address()?);
        let configuration = folder.path().join("bench.toml");
        let data = folder.path().join("data");
        let data = data.display();
        let mode = if tls { "auto" } else { "off" };
        std::fs::write(
            &configuration,
            format!(
                "data = \"{data}\"\nlisten = \"{address}\"\nlisten_plain = \"{plain}\"\n\
                 [tls]\nmode = \"{mode}\"\n[log]\nfilter = \"warn\"\n{RAISED}"
            ),
        )?;
        let child = machine::pinned(env!("CARGO_BIN_EXE_madang"))
            .arg("--config")
            .arg(&configuration)
            .stdout(Stdio::null())
            .spawn()
            .context("the release binary")?;
        let mut server = Self {
            pid: child.id(),
            address,
            tls,
            started: Some((child, folder)),
        };
        server.wait_until_it_listens().await?;
        Ok(server)
    }

    async fn wait_until_it_listens(&mut self) -> Result<()> {
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(self.address).await.is_ok() {
                return Ok(());
            }
            if let Some((child, _)) = &mut self.started
                && let Some(status) = child.try_wait()?
            {
                bail!("the server ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the server does not listen on {}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.started {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// So that one sender on one address meets no limit, and no ping falls into a measurement.
const RAISED: &str = "\
[engine]
ping_interval_ms = 600000
[limits]
sessions = 65536
sessions_per_address = 65536
members_per_room = 65536
messages_per_second = 1000000
message_burst = 1000000
";
