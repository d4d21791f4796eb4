//! Why a request was refused: the closed list of codes that every door speaks.

use std::time::Duration;

/// A refusal. Each variant is something the client can do something about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request does not make sense; the words say which part.
    #[error("{0}")]
    BadRequest(String),
    /// The gateway asks for an entry code and this is not it.
    #[error("this gateway asks for an entry code")]
    Unauthorized,
    /// The room asks for a key and this is not it.
    #[error("this room asks for a key")]
    Locked,
    /// Too many requests or wrong keys; try again after the time given.
    #[error("too fast: wait a moment")]
    Rate(Duration),
    /// Longer than the limit, in characters or bytes as said.
    #[error("{what} is longer than {limit}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// The limit, in the unit that `what` names.
        limit: usize,
    },
    /// The gateway is at one of its ceilings; try again later.
    #[error("the gateway is busy: try again in a moment")]
    Busy,
    /// The room, or the person's list of rooms, is full.
    #[error("{0} is full")]
    Full(&'static str),
    /// Relayed to those present, but the card did not take it. Sending it again with the same
    /// `id` stores it without relaying it twice.
    #[error("shown to those present, but not stored: the card is full or failing")]
    NotStored,
    /// A kind of packet or event that this gateway does not know here.
    #[error("{0} is not supported here")]
    Unsupported(&'static str),
}

impl Refusal {
    /// The code on the wire. The list is closed; clients may match on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Locked => "locked",
            Self::Rate(_) => "rate",
            Self::TooLong { .. } => "too_long",
            Self::Busy => "busy",
            Self::Full(_) => "full",
            Self::NotStored => "not_stored",
            Self::Unsupported(_) => "unsupported",
        }
    }

    /// Milliseconds after which the same request may succeed, where that is known.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Rate(wait) => Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1)),
            Self::Busy => Some(BUSY_RETRY_MS),
            _ => None,
        }
    }
}

/// Long enough for the archive to flush a group on a slow card.
const BUSY_RETRY_MS: u64 = 500;
