//! Acknowledgements, both ways: the client's wish for one, and the table of those that we wait
//! for.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use thiserror::Error;
use tokio::sync::oneshot;

use super::{Args, Encoded, Socket};
use crate::eio::Kind;

/// A client's wish for an acknowledgement. It may be answered later and by another thread;
/// dropping it answers nothing.
pub struct Ack {
    socket: Socket,
    id: u64,
}

impl Ack {
    pub(super) fn new(socket: Socket, id: u64) -> Self {
        Self { socket, id }
    }

    /// Answers with arguments, taken as [`Encoded::event`] takes them.
    pub fn send<T: Serialize + ?Sized>(self, args: &T) {
        self.send_binary(args, &[]);
    }

    /// Answers with arguments in which [`Placeholder`](super::Placeholder)s stand for attachments.
    pub fn send_binary<T: Serialize + ?Sized>(self, args: &T, attachments: &[Bytes]) {
        let packet = Encoded::ack(self.socket.namespace(), self.id, args, attachments);
        self.socket.emit_encoded(&packet, Kind::Normal);
    }
}

impl fmt::Debug for Ack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ack")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a client answered.
pub type AckReply = Args;

/// Why there is no answer of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AckError {
    /// It did not answer within the limit.
    #[error("the client did not acknowledge in time")]
    Timeout,
    /// The socket is gone.
    #[error("the client is disconnected")]
    Disconnected,
    /// 64 others are pending for this socket already; nothing was sent.
    #[error("too many acknowledgements are pending")]
    TooMany,
}

/// The acknowledgements that a socket waits for. Few at a time, so a `Vec` finds them fastest.
#[derive(Default)]
pub(super) struct Pending {
    next: u64,
    waiting: Vec<(u64, oneshot::Sender<AckReply>)>,
}

impl Pending {
    pub(super) fn add(&mut self) -> Result<(u64, oneshot::Receiver<AckReply>), AckError> {
        if self.waiting.len() >= MAX_PENDING {
            return Err(AckError::TooMany);
        }
        let id = self.next;
        // Clients read it as a double: exact for the first 2^53, so for the life of any socket.
        self.next += 1;
        let (sender, receiver) = oneshot::channel();
        self.waiting.push((id, sender));
        Ok((id, receiver))
    }

    pub(super) fn take(&mut self, id: u64) -> Option<oneshot::Sender<AckReply>> {
        let index = self
            .waiting
            .iter()
            .position(|(waiting, _)| *waiting == id)?;
        Some(self.waiting.swap_remove(index).1)
    }
}

/// Acknowledgements a socket waits for at a time: a client that answers none costs no more.
const MAX_PENDING: usize = 64;
