//! The codec, outwards: packets as `eio` sends them, with the `4` of an Engine.IO message in front.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use super::namespace::MAIN;
use crate::eio::{Outgoing, Utf8Bytes};

/// A whole EVENT packet, encoded once: `42["name",…]`, with the namespace when it is not `/`, and
/// its attachments. A clone costs a handle.
#[derive(Debug, Clone)]
pub struct Encoded {
    packets: Arc<[Outgoing]>,
}

impl Encoded {
    /// Encodes an event. `args` is what comes after the name: an array or a tuple is taken for
    /// the list of arguments, `()` for none, anything else for the one argument.
    ///
    /// Arguments that cannot be serialised (a map whose keys are no strings) are a fault of the
    /// caller: that is logged, and the event is sent without them.
    pub fn event<T: Serialize + ?Sized>(namespace: &str, name: &str, args: &T) -> Self {
        Self::event_with(namespace, name, args, &[], None)
    }

    /// Encodes an event with attachments, for which [`Placeholder`](super::Placeholder)s stand in
    /// `args`.
    pub fn binary_event<T: Serialize + ?Sized>(
        namespace: &str,
        name: &str,
        args: &T,
        attachments: &[Bytes],
    ) -> Self {
        Self::event_with(namespace, name, args, attachments, None)
    }

    pub(super) fn event_with<T: Serialize + ?Sized>(
        namespace: &str,
        name: &str,
        args: &T,
        attachments: &[Bytes],
        id: Option<u64>,
    ) -> Self {
        let mut text = Text::head(if attachments.is_empty() { '2' } else { '5' });
        text.address(namespace, attachments.len(), id);
        text.arguments(Some(name), args);
        text.with(attachments)
    }

    pub(super) fn ack<T: Serialize + ?Sized>(
        namespace: &str,
        id: u64,
        args: &T,
        attachments: &[Bytes],
    ) -> Self {
        let mut text = Text::head(if attachments.is_empty() { '3' } else { '6' });
        text.address(namespace, attachments.len(), Some(id));
        text.arguments(None, args);
        text.with(attachments)
    }

    pub(super) fn connected(namespace: &str, id: &str) -> Self {
        let mut text = Text::head('0');
        text.address(namespace, 0, None);
        text.value(&Connected { sid: id });
        text.with(&[])
    }

    pub(super) fn refused(namespace: &str, refusal: &super::Refusal) -> Self {
        let mut text = Text::head('4');
        text.address(namespace, 0, None);
        text.value(&Refused {
            message: &refusal.message,
            data: refusal.data.as_deref(),
        });
        text.with(&[])
    }

    pub(super) fn disconnect(namespace: &str) -> Self {
        let mut text = Text::head('1');
        text.address(namespace, 0, None);
        text.with(&[])
    }

    /// Bytes of the text and the attachments.
    #[expect(clippy::len_without_is_empty, reason = "a packet is never empty")]
    pub fn len(&self) -> usize {
        self.packets
            .iter()
            .map(|packet| match packet {
                Outgoing::Text(text) => text.len(),
                Outgoing::Binary(bytes) => bytes.len(),
            })
            .sum()
    }

    pub(super) fn packets(&self) -> &[Outgoing] {
        &self.packets
    }
}

/// § Connection to a namespace: "with the session ID in the payload".
#[derive(Serialize)]
struct Connected<'a> {
    sid: &'a str,
}

/// § Connection to a namespace: "in case the connection is refused".
#[derive(Serialize)]
struct Refused<'a> {
    message: &'a Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

/// The text of a packet in the making: UTF-8 at every step.
struct Text(Vec<u8>);

impl Text {
    fn head(kind: char) -> Self {
        let mut text = Vec::with_capacity(128);
        text.extend([b'4', kind as u8]);
        Self(text)
    }

    /// § Format: `[<# of binary attachments>-][<namespace>,][<acknowledgment id>]`.
    fn address(&mut self, namespace: &str, attachments: usize, id: Option<u64>) {
        if attachments > 0 {
            self.0.extend(attachments.to_string().bytes());
            self.0.push(b'-');
        }
        if namespace != MAIN {
            self.0.extend(namespace.bytes());
            self.0.push(b',');
        }
        if let Some(id) = id {
            self.0.extend(id.to_string().bytes());
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.0.len();
        if let Err(error) = serde_json::to_writer(&mut self.0, value) {
            tracing::error!(%error, "a value of ours cannot be serialised");
            self.0.truncate(start);
            self.0.extend(b"null");
        }
    }

    /// The payload: the name, if there is one, and the arguments, in one array. The arguments are
    /// written behind the name as they are; then the bracket that opens them becomes the comma.
    fn arguments<T: Serialize + ?Sized>(&mut self, name: Option<&str>, args: &T) {
        let separator = if let Some(name) = name {
            self.0.push(b'[');
            self.value(name);
            b','
        } else {
            b'['
        };
        let start = self.0.len();
        self.value(args);
        match &self.0[start..] {
            [b'[', inner @ .., b']'] if !inner.trim_ascii().is_empty() => self.0[start] = separator,
            [b'[', ..] | b"null" => {
                self.0.truncate(start);
                self.0
                    .extend(if name.is_some() { &b"]"[..] } else { b"[]" });
            }
            _ => {
                self.0.insert(start, separator);
                self.0.push(b']');
            }
        }
    }

    fn with(mut self, attachments: &[Bytes]) -> Encoded {
        self.0.shrink_to_fit();
        let text = Utf8Bytes::try_from(self.0).expect("JSON and names are UTF-8");
        let text = Outgoing::Text(text);
        if attachments.is_empty() {
            return Encoded {
                packets: Arc::new([text]),
            };
        }
        let attachments = attachments.iter().cloned().map(Outgoing::Binary);
        Encoded {
            packets: std::iter::once(text).chain(attachments).collect(),
        }
    }
}
