//! The payload of a polling request or response: packets joined by record separators
//! (protocol, "Packet encoding", "HTTP long-polling").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::{Malformed, Outgoing, Packet, Utf8Bytes};

/// Between two packets: the record separator.
const SEPARATOR: u8 = 0x1e;

/// The packets of a request's body, read one by one as they are asked for: a body of many tiny
/// packets costs no more memory than its bytes.
#[derive(Debug)]
pub struct Payload {
    rest: Option<Bytes>,
}

impl Payload {
    /// A body as it came in.
    pub fn new(body: Bytes) -> Self {
        Self { rest: Some(body) }
    }
}

impl Iterator for Payload {
    type Item = Result<Packet, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.rest.take()?;
        let packet = match rest.iter().position(|byte| *byte == SEPARATOR) {
            Some(end) => {
                let packet = rest.split_to(end);
                self.rest = Some(rest.slice(1..));
                packet
            }
            None => rest,
        };
        let packet = Utf8Bytes::try_from(packet)
            .map_err(|_| Malformed)
            .and_then(Packet::decode);
        if packet.is_err() {
            self.rest = None;
        }
        Some(packet)
    }
}

/// A response's body in the making.
#[derive(Debug, Default)]
pub(super) struct Builder {
    first: Option<Bytes>,
    joined: Vec<u8>,
}

impl Builder {
    /// Adds a packet. A single text packet is passed on without a copy.
    pub(super) fn push(&mut self, packet: Outgoing) {
        if let (Outgoing::Text(text), true) = (&packet, self.is_empty()) {
            self.first = Some(text.clone().into());
            return;
        }
        if let Some(first) = self.first.take() {
            self.joined.extend_from_slice(&first);
        }
        if !self.joined.is_empty() {
            self.joined.push(SEPARATOR);
        }
        match packet {
            Outgoing::Text(text) => self.joined.extend_from_slice(text.as_str().as_bytes()),
            Outgoing::Binary(bytes) => {
                let start = self.joined.len() + 1;
                self.joined.resize(start + base64_len(bytes.len()), b'b');
                STANDARD
                    .encode_slice(&bytes, &mut self.joined[start..])
                    .expect("the space was made for it");
            }
        }
    }

    /// Whether a further packet keeps the body within `limit` bytes; the first one always does.
    pub(super) fn fits(&self, packet: &Outgoing, limit: usize) -> bool {
        let more = match packet {
            Outgoing::Text(text) => text.as_str().len(),
            Outgoing::Binary(bytes) => 1 + base64_len(bytes.len()),
        };
        self.is_empty() || self.len() + 1 + more <= limit
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.first.as_ref().map_or(self.joined.len(), Bytes::len)
    }

    /// The body.
    pub(super) fn finish(self) -> Bytes {
        self.first.unwrap_or_else(|| self.joined.into())
    }
}

/// Characters of padded base64.
fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::eio::Message;

    fn encode(packets: impl IntoIterator<Item = Packet>) -> Bytes {
        let mut builder = Builder::default();
        packets
            .into_iter()
            .for_each(|packet| builder.push(packet.encode()));
        builder.finish()
    }

    fn text(data: &str) -> Packet {
        Packet::Message(Message::Text(data.into()))
    }

    fn binary(data: &[u8]) -> Packet {
        Packet::Message(Message::Binary(Bytes::copy_from_slice(data)))
    }

    #[test]
    fn golden_payloads_of_the_protocol_are_written_and_read() {
        let mixed = [text("hello"), Packet::Ping("".into()), text("world")];
        assert_eq!(encode(mixed.clone()), "4hello\x1e2\x1e4world");
        let read: Result<Vec<_>, _> = Payload::new("4hello\x1e2\x1e4world".into()).collect();
        assert_eq!(read.unwrap(), mixed);
        let bytes = [text("hello"), binary(&[1, 2, 3, 4])];
        assert_eq!(encode(bytes.clone()), "4hello\x1ebAQIDBA==");
        let read: Result<Vec<_>, _> = Payload::new("4hello\x1ebAQIDBA==".into()).collect();
        assert_eq!(read.unwrap(), bytes);
    }

    #[test]
    fn broken_payloads_end_at_the_first_broken_packet() {
        for (body, good) in [("", 0), ("abc", 0), ("4a\x1e", 1), ("4a\x1e\x1e4b", 1)] {
            let packets: Vec<_> = Payload::new(body.into()).collect();
            assert_eq!(packets.len(), good + 1, "{body:?}");
            assert_eq!(packets.last(), Some(&Err(Malformed)), "{body:?}");
        }
        let not_text = Payload::new(Bytes::from_static(b"4\xff")).next();
        assert_eq!(not_text, Some(Err(Malformed)));
    }

    #[test]
    fn a_body_is_filled_up_to_its_limit_and_holds_at_least_one_packet() {
        let mut builder = Builder::default();
        let large = text("0123456789").encode();
        assert!(builder.fits(&large, 5));
        builder.push(large.clone());
        assert!(!builder.fits(&large, 22));
        assert!(builder.fits(&large, 23));
    }

    fn packets() -> impl Strategy<Value = Packet> {
        prop_oneof![
            "[^\x1e]*".prop_map(|data| text(&data)),
            any::<Vec<u8>>().prop_map(|data| binary(&data)),
            Just(Packet::Ping("".into())),
            Just(Packet::Noop),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(packets in prop::collection::vec(packets(), 1..9)) {
            let read: Result<Vec<_>, _> = Payload::new(encode(packets.clone())).collect();
            prop_assert_eq!(read.unwrap(), packets);
        }

        #[test]
        fn garbage_is_refused_without_a_panic(body in any::<Vec<u8>>()) {
            Payload::new(body.into()).for_each(drop);
        }
    }
}
