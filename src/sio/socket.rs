//! The handle by which an application speaks to one namespace of one session.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::sync::oneshot;

use super::ack::Pending;
use super::{AckError, AckReply, DisconnectReason, Encoded, Namespace};
use crate::eio::{Kind, Session};

/// One namespace of one session. A clone is a handle to the same socket; after its end, handles
/// are valid and send nothing.
#[derive(Clone)]
pub struct Socket(Arc<Inner>);

struct Inner {
    id: [u8; ID_CHARS],
    namespace: Namespace,
    session: Arc<Session>,
    owner: Weak<dyn Owner>,
    /// Between the answer to CONNECT and the end.
    open: AtomicBool,
    /// Allocated by the first question.
    pending: Mutex<Option<Box<Pending>>>,
}

/// Whoever calls the application's `disconnect`.
pub(super) trait Owner: Send + Sync {
    fn leave(&self, socket: &Socket, reason: DisconnectReason);
}

impl Socket {
    #[cfg(test)]
    pub(super) const BYTES: usize = size_of::<Inner>();

    pub(super) fn new(namespace: Namespace, session: Arc<Session>, owner: Weak<dyn Owner>) -> Self {
        Self(Arc::new(Inner {
            id: random_id(),
            namespace,
            session,
            owner,
            open: AtomicBool::new(false),
            pending: Mutex::default(),
        }))
    }

    /// Random id, another one for each namespace. Clients are told their own; it gives no rights.
    pub fn id(&self) -> &str {
        // Base64 is ASCII.
        std::str::from_utf8(&self.0.id).unwrap_or_default()
    }

    /// Name of the namespace.
    pub fn namespace(&self) -> &str {
        self.0.namespace.as_str()
    }

    /// The session below. Closing it is how to send a client away that may come back.
    pub fn session(&self) -> &Arc<Session> {
        &self.0.session
    }

    /// Whether it is connected.
    pub fn is_connected(&self) -> bool {
        self.0.open.load(Ordering::Acquire)
    }

    /// Sends an event; `args` as in [`Encoded::event`].
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, args: &T, kind: Kind) {
        self.emit_binary(event, args, &[], kind);
    }

    /// Sends an event in whose `args` [`Placeholder`](super::Placeholder)s stand for attachments.
    pub fn emit_binary<T: Serialize + ?Sized>(
        &self,
        event: &str,
        args: &T,
        attachments: &[Bytes],
        kind: Kind,
    ) {
        if self.is_connected() {
            let packet = Encoded::binary_event(self.namespace(), event, args, attachments);
            self.emit_encoded(&packet, kind);
        }
    }

    /// Sends an event that was encoded, for this namespace, once for many sockets.
    pub fn emit_encoded(&self, packet: &Encoded, kind: Kind) {
        if self.is_connected() {
            self.0.session.send(packet.packets(), kind);
        }
    }

    /// Sends an event and asks for an acknowledgement within the limit. The event is queued by
    /// this call; the future only waits, and dropping it forgets the question.
    pub fn emit_with_ack<T: Serialize + ?Sized>(
        &self,
        event: &str,
        args: &T,
        attachments: &[Bytes],
        limit: Duration,
    ) -> BoxFuture<'static, Result<AckReply, AckError>> {
        let (id, reply) = match self.ask() {
            Ok(asked) => asked,
            Err(error) => return Box::pin(std::future::ready(Err(error))),
        };
        let question = Question {
            socket: self.clone(),
            id,
        };
        let packet = Encoded::event_with(self.namespace(), event, args, attachments, Some(id));
        self.emit_encoded(&packet, Kind::Normal);
        Box::pin(async move {
            let _question = question;
            match tokio::time::timeout(limit, reply).await {
                Ok(Ok(args)) => Ok(args),
                Ok(Err(_)) => Err(AckError::Disconnected),
                Err(_) => Err(AckError::Timeout),
            }
        })
    }

    /// Sends DISCONNECT, after which the official client never comes back: for bans only. Calls
    /// the application's `disconnect` before it returns, unless another callback of this socket
    /// is running: hold no lock that `disconnect` takes.
    pub fn disconnect(&self) {
        if self.shut() {
            self.0.session.send(
                Encoded::disconnect(self.namespace()).packets(),
                Kind::Normal,
            );
            if let Some(owner) = self.0.owner.upgrade() {
                owner.leave(self, DisconnectReason::Server);
            }
        }
    }

    /// From now on it sends.
    pub(super) fn open(&self) {
        self.0.open.store(true, Ordering::Release);
    }

    /// From now on it sends nothing and waits for nothing. Whether it was open before.
    pub(super) fn shut(&self) -> bool {
        let was_open = self.0.open.swap(false, Ordering::AcqRel);
        self.pending().take();
        was_open
    }

    /// The client acknowledged. Numbers that nobody waits for are ignored: they come late.
    pub(super) fn acknowledged(&self, id: u64, args: AckReply) {
        let waiting = self.pending().as_mut().and_then(|pending| pending.take(id));
        if let Some(waiting) = waiting {
            // Whoever asked may have given up meanwhile.
            let _ = waiting.send(args);
        }
    }

    fn ask(&self) -> Result<(u64, oneshot::Receiver<AckReply>), AckError> {
        let mut pending = self.pending();
        // Under the lock, so that `shut` finds what is added here.
        if !self.is_connected() {
            return Err(AckError::Disconnected);
        }
        pending.get_or_insert_default().add()
    }

    fn pending(&self) -> MutexGuard<'_, Option<Box<Pending>>> {
        self.0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartialEq for Socket {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Socket {}

impl fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Socket")
            .field("session", &self.0.session.number())
            .field("namespace", &self.namespace())
            .finish_non_exhaustive()
    }
}

/// A question under way: forgotten when the one who asked is no longer there.
struct Question {
    socket: Socket,
    id: u64,
}

impl Drop for Question {
    fn drop(&mut self) {
        if let Some(pending) = self.socket.pending().as_mut() {
            pending.take(self.id);
        }
    }
}

/// 128 bits in base64.
const ID_CHARS: usize = 22;

fn random_id() -> [u8; ID_CHARS] {
    let (mut bits, mut id) = ([0; 16], [0; ID_CHARS]);
    getrandom::fill(&mut bits).expect("the kernel has a random source");
    URL_SAFE_NO_PAD
        .encode_slice(bits, &mut id)
        .expect("16 bytes are 22 characters");
    id
}
