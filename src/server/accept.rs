//! The accept loop. It only accepts: whatever could wait on a peer happens in the peer's own task.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::sockets::{Place, Sockets};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::web::Connection;

/// What both ports' loops share.
#[derive(Debug)]
pub(super) struct Door {
    sockets: Arc<Sockets>,
    metrics: Arc<Metrics>,
    /// Ends the loops.
    stop: CancellationToken,
    /// The connections they took.
    tasks: TaskTracker,
    /// How long sent data may stay without an acknowledgement before the kernel gives the peer up.
    patience: Duration,
    /// Numbers the connections, for the log.
    taken: AtomicU64,
}

impl Door {
    pub(super) fn new(
        config: &Config,
        metrics: &Arc<Metrics>,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        Self {
            sockets: Sockets::new(&config.limits, config.access.trust_proxy),
            metrics: Arc::clone(metrics),
            stop: stop.clone(),
            tasks: tasks.clone(),
            patience: config.engine.ping_interval() + config.engine.ping_timeout(),
            taken: AtomicU64::new(0),
        }
    }
}

/// A connection that has been taken.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) stream: TcpStream,
    /// Where it comes from and where it arrived; not yet known to be secure.
    pub(super) from: Connection,
    /// Given back when the connection's task ends.
    pub(super) _place: Place,
}

/// Takes connections until told to stop, and serves each in a task of its own.
pub(super) async fn accept<F>(
    listener: TcpListener,
    door: Arc<Door>,
    serve: impl Fn(Visitor) -> F + Send,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut pause = Pause::default();
    while let Some(room) = door.stop.run_until_cancelled(door.sockets.room()).await {
        let Some(taken) = door.stop.run_until_cancelled(listener.accept()).await else {
            break;
        };
        let (stream, address) = match taken {
            Ok(taken) => taken,
            Err(error) if is_the_peers(&error) => continue,
            Err(error) => {
                door.metrics.accept_failed.add();
                let pause = pause.next(&error);
                let _ = door
                    .stop
                    .run_until_cancelled(tokio::time::sleep(pause))
                    .await;
                continue;
            }
        };
        pause.reset();
        let address = address.ip().to_canonical();
        let Some(place) = door.sockets.place(address, room) else {
            door.metrics.refused.add();
            tracing::debug!(%address, "connection refused: this address holds too many");
            continue;
        };
        door.metrics.accepted.add();
        let number = door.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let Ok(local) = prepare(&stream, door.patience) else {
            continue;
        };
        let from = Connection {
            address,
            local: local.ip().to_canonical(),
            secure: false,
        };
        let visitor = Visitor {
            stream,
            from,
            _place: place,
        };
        // As fine as all that is said in it: where that is not wanted, it costs nothing either.
        let span = tracing::debug_span!("connection", number, %address);
        door.tasks.spawn(serve(visitor).instrument(span));
    }
}

/// Fails if the peer has gone already.
fn prepare(stream: &TcpStream, patience: Duration) -> io::Result<SocketAddr> {
    // Chat frames are small and each waits for nobody: no gathering by Nagle's algorithm.
    stream.set_nodelay(true)?;
    // A phone that walked off with data under way is not retried for a quarter of an hour.
    SockRef::from(stream).set_tcp_user_timeout(Some(patience))?;
    stream.local_addr()
}

/// Errors of the one connection that was to be taken (accept(2)); the next may be sound.
fn is_the_peers(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

/// The back-off while no connection can be taken, above all for want of file descriptors: without
/// it the loop would spin, since the connection stays in the kernel's queue.
#[derive(Debug, Default)]
struct Pause(Duration);

impl Pause {
    const SHORTEST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(1);

    fn next(&mut self, error: &io::Error) -> Duration {
        if self.0.is_zero() {
            tracing::warn!(%error, "connections cannot be taken at the moment; trying again");
        }
        self.0 = (self.0 * 2).clamp(Self::SHORTEST, Self::LONGEST);
        self.0
    }

    fn reset(&mut self) {
        if !self.0.is_zero() {
            tracing::info!("connections are taken again");
            self.0 = Duration::ZERO;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_a_second_and_starts_over_after_a_success() {
        let mut pause = Pause::default();
        let full = io::Error::from_raw_os_error(libc::EMFILE);
        assert_eq!(pause.next(&full), Pause::SHORTEST);
        for _ in 0..20 {
            pause.next(&full);
        }
        assert_eq!(pause.next(&full), Pause::LONGEST);
        pause.reset();
        assert_eq!(pause.next(&full), Pause::SHORTEST);
    }
}
