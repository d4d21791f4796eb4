//! Socket.IO packets as the tests' client writes and reads them.

use serde_json::Value;

/// A Socket.IO packet, or the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    Connected,
    Refused(Value),
    Event(String, Vec<Value>),
    Ack(u64, Vec<Value>),
    Disconnect,
    /// How the transport ended.
    Closed(String),
}

/// An event with its number, if it has one, and its arguments.
pub(crate) fn event_packet(id: &str, event: &str, args: &[Value]) -> String {
    let mut array = vec![Value::from(event)];
    array.extend_from_slice(args);
    format!("2{id}{}", Value::Array(array))
}

/// Socket.IO protocol, revision 5, "Packet encoding", as far as this server uses it.
pub(crate) fn decode(packet: &str) -> Heard {
    let (namespace, _) = packet[1..].split_once(',').unwrap_or_default();
    let packet = &if namespace.starts_with('/') {
        packet.replacen(&format!("{namespace},"), "", 1)
    } else {
        packet.to_owned()
    };
    let body = packet[1..].trim_start_matches(|digit: char| digit.is_ascii_digit());
    let id = &packet[1..packet.len() - body.len()];
    let json = || serde_json::from_str::<Value>(body).unwrap();
    let array = || serde_json::from_str::<Vec<Value>>(body).unwrap();
    match packet.as_bytes()[0] {
        b'0' => Heard::Connected,
        b'1' => Heard::Disconnect,
        b'2' => {
            let mut args = array();
            let name = args.remove(0).as_str().unwrap().to_owned();
            Heard::Event(name, args)
        }
        b'3' => Heard::Ack(id.parse().unwrap(), array()),
        b'4' => Heard::Refused(json()),
        _ => panic!("{packet}"),
    }
}
