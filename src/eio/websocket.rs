//! A session on WebSocket: the pump between its socket and its outbox.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

use super::driver::Live;
use super::heartbeat::{Beat, Heart};
use super::socket::Socket;
use super::{CloseReason, Flow, Handler, Packet};

/// Packets read before what is queued is sent.
const READS: usize = 32;
/// Time for the last packets, and again for the closing handshake.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// Serves the session until it ends; says why.
pub(super) async fn run<H: Handler>(
    live: &Live<H>,
    heart: &mut Heart<'_>,
    socket: &mut Socket,
) -> CloseReason {
    let mut pump = Pump {
        live,
        heart,
        socket,
        flow: None,
    };
    let reason = poll_fn(|cx| pump.poll(cx)).await;
    live.session().close(reason);
    if reason.is_polite() {
        let rest = poll_fn(|cx| socket.poll_send(cx, live.session()));
        drop(Box::pin(timeout(CLOSE_LIMIT, rest)).await);
    }
    reason
}

/// Closes the connection by the closing handshake, within a limit of time.
pub(super) async fn goodbye(mut socket: Box<Socket>, reason: CloseReason) {
    socket.close(reason);
    let closed = poll_fn(|cx| socket.poll_closed(cx));
    drop(Box::pin(timeout(CLOSE_LIMIT, closed)).await);
}

struct Pump<'a, 'b, H: Handler> {
    live: &'a Live<H>,
    heart: &'a mut Heart<'b>,
    socket: &'a mut Socket,
    flow: Flow,
}

impl<H: Handler> Pump<'_, '_, H> {
    /// Reads all that is there, then sends all that is queued by one write. Pending only when
    /// reader, timer and outbox have all been left to wake this task.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        let session = self.live.session();
        loop {
            session.disarm();
            if let Some(reason) = session.closing() {
                return Poll::Ready(reason);
            }
            let more = match self.read(cx) {
                Ok(more) => more,
                Err(reason) => return Poll::Ready(reason),
            };
            while let Some(beat) = self.heart.poll(cx) {
                match beat {
                    Beat::Ping => session.push_ping(),
                    // While a message is handled nothing is read, so the pong may wait behind it.
                    Beat::Missed if self.flow.is_some() => {}
                    Beat::Missed => return Poll::Ready(CloseReason::PingTimeout),
                }
            }
            if let Poll::Ready(Err(_)) = self.socket.poll_send(cx, session) {
                return Poll::Ready(CloseReason::Transport);
            }
            if !more {
                return Poll::Pending;
            }
        }
    }

    /// Handles what came in. True if there may be more at once.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<bool, CloseReason> {
        for _ in 0..READS {
            if let Some(flow) = &mut self.flow {
                if flow.as_mut().poll(cx).is_pending() {
                    return Ok(false);
                }
                self.flow = None;
            }
            let Poll::Ready(packet) = self.socket.poll_packet(cx) else {
                return Ok(false);
            };
            match packet? {
                Packet::Message(message) => self.flow = self.live.message(message),
                Packet::Pong(_) => self.heart.pong(),
                Packet::Close => return Err(CloseReason::Client),
                Packet::Ping(_) => return Err(CloseReason::Malformed),
                Packet::Open(_) | Packet::Upgrade | Packet::Noop => {}
            }
        }
        Ok(true)
    }
}
