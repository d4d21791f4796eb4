//! The codec, inwards: the text of a packet to a [`Packet`] that can be trusted afterwards.
//!
//! § Packet encoding:
//! `<packet type>[<# of binary attachments>-][<namespace>,][<acknowledgment id>][payload]`.
//! Where the text of the protocol leaves something open (reserved names, a numeric name of an
//! event, a namespace without its comma at the end), this follows the reference parser. Outwards
//! see [`Encoded`](super::Encoded).

use std::ops::Range;

use serde_json::value::RawValue;
use thiserror::Error;

use super::{Args, Namespace, json};
use crate::config::Limits;
use crate::eio::Utf8Bytes;

/// A packet of a client. The attachments of a binary one come after it, as messages of their own.
#[derive(Debug)]
pub struct Packet {
    /// The namespace it is for.
    pub namespace: Namespace,
    /// How many attachments follow.
    pub attachments: usize,
    /// What it says.
    pub body: Body,
}

/// What a packet says. Whether an event or an acknowledgement is binary is in
/// [`Packet::attachments`].
#[derive(Debug)]
pub enum Body {
    /// CONNECT: asks for a namespace.
    Connect {
        /// An object, by which the client says who it is.
        auth: Option<Box<RawValue>>,
    },
    /// DISCONNECT: leaves a namespace.
    Disconnect,
    /// EVENT or `BINARY_EVENT`.
    Event {
        /// Name of the event.
        name: String,
        /// The arguments after the name.
        args: Args,
        /// The number under which the client waits for an acknowledgement.
        id: Option<u64>,
    },
    /// ACK or `BINARY_ACK`: answers an event of ours.
    Ack {
        /// What the client answers.
        args: Args,
        /// The number under which we asked.
        id: u64,
    },
}

/// Why a session is closed as malformed. Each is a fault of the client's encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// No packet type, one that does not exist, or one that only servers send.
    #[error("unknown packet type")]
    Type,
    /// No number where the number of attachments belongs.
    #[error("no number of attachments")]
    Attachments,
    /// More attachments than `limits.attachments`.
    #[error("too many attachments")]
    TooManyAttachments,
    /// An acknowledgement without a number, or with one beyond 64 bits.
    #[error("invalid acknowledgement id")]
    AckId,
    /// Nested deeper than `limits.nesting`.
    #[error("nested too deeply")]
    Nesting,
    /// No JSON, or not the kind of value that belongs to the packet type.
    #[error("invalid payload")]
    Payload,
    /// An event with a name that the library keeps for itself.
    #[error("reserved event name")]
    Reserved,
    /// A placeholder that names no attachment.
    #[error("invalid placeholder")]
    Placeholder,
    /// A binary message that belongs to no packet, or a text where an attachment was due.
    #[error("attachment and text out of order")]
    OutOfOrder,
    /// A packet and its attachments are larger than `limits.packet_bytes`, or all unfinished
    /// ones together than `limits.inbound_bytes`.
    #[error("too large")]
    TooLarge,
    /// A packet for a namespace that was not joined, or CONNECT to one that was.
    #[error("not in this state of the namespace")]
    State,
}

impl Packet {
    /// Reads the text of a message.
    pub fn decode(text: &Utf8Bytes, limits: &Limits) -> Result<Self, Malformed> {
        let mut rest = Cursor { text, at: 1 };
        let kind = *text.as_bytes().first().ok_or(Malformed::Type)?;
        let attachments = match kind {
            b'0'..=b'3' => 0,
            b'5' | b'6' => rest.attachments(limits)?,
            _ => return Err(Malformed::Type),
        };
        let namespace = rest.namespace();
        let id = rest.id()?;
        let payload = rest.at..text.len();
        if !json::is_nested_within(&text[payload.clone()], limits.nesting) {
            return Err(Malformed::Nesting);
        }
        let body = match kind {
            b'0' => connect(&text[payload])?,
            b'1' if payload.is_empty() => Body::Disconnect,
            b'1' => return Err(Malformed::Payload),
            b'2' | b'5' => event(text, payload, attachments, id)?,
            _ => ack(text, payload, attachments, id.ok_or(Malformed::AckId)?)?,
        };
        Ok(Self {
            namespace,
            attachments,
            body,
        })
    }
}

/// § Connection to a namespace: no payload, or an object.
fn connect(payload: &str) -> Result<Body, Malformed> {
    if payload.is_empty() {
        return Ok(Body::Connect { auth: None });
    }
    let auth: Box<RawValue> = serde_json::from_str(payload).map_err(|_| Malformed::Payload)?;
    if !auth.get().starts_with('{') {
        return Err(Malformed::Payload);
    }
    Ok(Body::Connect { auth: Some(auth) })
}

/// § Sending and receiving data: "The payload is mandatory and MUST be a non-empty array."
fn event(
    text: &Utf8Bytes,
    payload: Range<usize>,
    attachments: usize,
    id: Option<u64>,
) -> Result<Body, Malformed> {
    let mut parts = array(text, payload, attachments)?;
    if parts.is_empty() {
        return Err(Malformed::Payload);
    }
    let name = parts.remove(0);
    let name = &text[name.start as usize..name.end as usize];
    let name = match name.as_bytes().first() {
        Some(b'"') => serde_json::from_str(name).map_err(|_| Malformed::Payload)?,
        Some(b'-' | b'0'..=b'9') => name.to_owned(),
        _ => return Err(Malformed::Payload),
    };
    if RESERVED.contains(&name.as_str()) {
        return Err(Malformed::Reserved);
    }
    Ok(Body::Event {
        name,
        args: Args::new(text.clone(), parts),
        id,
    })
}

/// § Acknowledgement: "The payload is mandatory and MUST be an array (possibly empty)."
fn ack(
    text: &Utf8Bytes,
    payload: Range<usize>,
    attachments: usize,
    id: u64,
) -> Result<Body, Malformed> {
    let parts = array(text, payload, attachments)?;
    Ok(Body::Ack {
        args: Args::new(text.clone(), parts),
        id,
    })
}

fn array(
    text: &str,
    payload: Range<usize>,
    attachments: usize,
) -> Result<Vec<Range<u32>>, Malformed> {
    let parts = json::elements(text, payload.clone()).ok_or(Malformed::Payload)?;
    // Without attachments a placeholder is an object like any other.
    if attachments > 0 && !json::are_placeholders_within(&text[payload], attachments) {
        return Err(Malformed::Placeholder);
    }
    Ok(parts)
}

/// Reads the parts before the payload, which are all ASCII but for the name of the namespace.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn attachments(&mut self, limits: &Limits) -> Result<usize, Malformed> {
        let digits = self.digits();
        self.at += digits.len();
        if digits.is_empty() || self.text.as_bytes().get(self.at) != Some(&b'-') {
            return Err(Malformed::Attachments);
        }
        self.at += 1;
        match digits.parse() {
            Ok(number) if number <= limits.attachments => Ok(number),
            _ => Err(Malformed::TooManyAttachments),
        }
    }

    /// Up to the comma or, as the reference has it, up to the end.
    fn namespace(&mut self) -> Namespace {
        let rest = &self.text[self.at..];
        if !rest.starts_with('/') {
            return Namespace::default();
        }
        let name = rest.split(',').next().unwrap_or(rest);
        self.at = (self.at + name.len() + 1).min(self.text.len());
        Namespace::new(name)
    }

    fn id(&mut self) -> Result<Option<u64>, Malformed> {
        let digits = self.digits();
        if digits.is_empty() {
            return Ok(None);
        }
        self.at += digits.len();
        digits.parse().map(Some).map_err(|_| Malformed::AckId)
    }

    fn digits(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest
            .bytes()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        &rest[..end]
    }
}

/// Names by which the reference's emitters speak of themselves; its parser refuses them.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];
