//! One Engine.IO packet (protocol, "Protocol" and "Packet encoding").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use thiserror::Error;

use super::{Message, Outgoing, Utf8Bytes};

/// A packet as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// `0`: the handshake, from the server only.
    Open(Utf8Bytes),
    /// `1`: the transport can be closed.
    Close,
    /// `2`: heartbeat of the server, or with `probe` a client's wish to upgrade.
    Ping(Utf8Bytes),
    /// `3`: the answer to a ping.
    Pong(Utf8Bytes),
    /// `4`, or bytes: a message.
    Message(Message),
    /// `5`: the upgrade is complete.
    Upgrade,
    /// `6`: nothing; releases a parked poll.
    Noop,
}

/// Bytes that are not Engine.IO. The session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an Engine.IO packet")]
pub struct Malformed;

/// What a probe carries (protocol, "Upgrade").
pub(super) const PROBE: &str = "probe";

impl Packet {
    /// Reads a text packet: a text frame of a WebSocket, or one packet of a polling payload.
    pub fn decode(text: Utf8Bytes) -> Result<Self, Malformed> {
        let kind = *text.as_str().as_bytes().first().ok_or(Malformed)?;
        Ok(match kind {
            b'0' => Self::Open(rest(text)?),
            b'1' => Self::Close,
            b'2' => Self::Ping(rest(text)?),
            b'3' => Self::Pong(rest(text)?),
            b'4' => Self::Message(Message::Text(rest(text)?)),
            b'5' => Self::Upgrade,
            b'6' => Self::Noop,
            b'b' => {
                let bytes = STANDARD
                    .decode(&text.as_str()[1..])
                    .map_err(|_| Malformed)?;
                Self::Message(Message::Binary(bytes.into()))
            }
            _ => return Err(Malformed),
        })
    }

    /// The packet as it travels.
    pub fn encode(&self) -> Outgoing {
        let text = |kind: char, data: &str| Outgoing::Text(format!("{kind}{data}").into());
        match self {
            Self::Open(data) => text('0', data),
            Self::Close => CLOSE,
            Self::Ping(data) if data.is_empty() => PING,
            Self::Ping(data) => text('2', data),
            Self::Pong(data) => text('3', data),
            Self::Message(Message::Text(data)) => text('4', data),
            Self::Message(Message::Binary(data)) => Outgoing::Binary(data.clone()),
            Self::Upgrade => Outgoing::Text(Utf8Bytes::from_static("5")),
            Self::Noop => NOOP,
        }
    }
}

/// The packet `1`.
pub(super) const CLOSE: Outgoing = Outgoing::Text(Utf8Bytes::from_static("1"));
/// The packet `2`.
pub(super) const PING: Outgoing = Outgoing::Text(Utf8Bytes::from_static("2"));
/// The packet `6`.
pub(super) const NOOP: Outgoing = Outgoing::Text(Utf8Bytes::from_static("6"));

/// What follows the packet type, sharing the bytes.
fn rest(text: Utf8Bytes) -> Result<Utf8Bytes, Malformed> {
    Bytes::from(text)
        .slice(1..)
        .try_into()
        .map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(text: &str) -> Result<Packet, Malformed> {
        Packet::decode(text.into())
    }

    #[test]
    fn golden_packets_of_the_protocol_are_read() {
        let text = |data: &str| Packet::Message(Message::Text(data.into()));
        assert_eq!(decode("4hello"), Ok(text("hello")));
        assert_eq!(decode("4"), Ok(text("")));
        assert_eq!(decode("4€"), Ok(text("€")));
        assert_eq!(decode("1"), Ok(Packet::Close));
        assert_eq!(decode("2"), Ok(Packet::Ping("".into())));
        assert_eq!(decode("2probe"), Ok(Packet::Ping("probe".into())));
        assert_eq!(decode("3probe"), Ok(Packet::Pong("probe".into())));
        assert_eq!(decode("5"), Ok(Packet::Upgrade));
        assert_eq!(decode("6"), Ok(Packet::Noop));
        let bytes = Message::Binary(Bytes::from_static(&[1, 2, 3, 4]));
        assert_eq!(decode("bAQIDBA=="), Ok(Packet::Message(bytes)));
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for text in ["", "abc", "7", "b*", "bAQIDBA", "é", "\u{1e}"] {
            assert_eq!(decode(text), Err(Malformed), "{text:?}");
        }
    }

    fn packets() -> impl Strategy<Value = Packet> {
        prop_oneof![
            any::<String>().prop_map(|data| Packet::Open(data.into())),
            Just(Packet::Close),
            any::<String>().prop_map(|data| Packet::Ping(data.into())),
            any::<String>().prop_map(|data| Packet::Pong(data.into())),
            any::<String>().prop_map(|data| Packet::Message(Message::Text(data.into()))),
            Just(Packet::Upgrade),
            Just(Packet::Noop),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(packet in packets()) {
            let Outgoing::Text(text) = packet.encode() else { panic!("a text packet") };
            prop_assert_eq!(Packet::decode(text), Ok(packet));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            drop(decode(&text));
        }
    }
}
