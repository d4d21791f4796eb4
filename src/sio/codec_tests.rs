//! The codec against the text of the protocol (golden packets of § Examples) and against itself
//! (round trips by property).

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::packet::{Body, Malformed, Packet};
use super::{Args, Encoded, Placeholder, Refusal};
use crate::config::Limits;
use crate::eio::{Outgoing, Utf8Bytes};

fn decode(text: &str) -> Result<Packet, Malformed> {
    Packet::decode(&Utf8Bytes::from(text), &Limits::default())
}

/// The text as it travels, without the `4` of the Engine.IO message.
fn text(encoded: &Encoded) -> &str {
    let Outgoing::Text(text) = &encoded.packets()[0] else {
        panic!("a packet begins with text")
    };
    text.strip_prefix('4').unwrap()
}

fn values(args: &Args) -> Vec<Value> {
    (0..args.len())
        .map(|index| args.get(index).unwrap())
        .collect()
}

fn event(text: &str) -> (String, String, Vec<Value>, Option<u64>, usize) {
    let packet = decode(text).unwrap();
    let Body::Event { name, args, id } = packet.body else {
        panic!("{text} is an event")
    };
    (
        packet.namespace.to_string(),
        name,
        values(&args),
        id,
        packet.attachments,
    )
}

#[test]
fn encoded_packets_are_those_of_the_specification() {
    let (one, two) = (
        Bytes::from_static(&[1, 2, 3, 4]),
        Bytes::from_static(&[3, 4]),
    );
    let refusal = Refusal::new("Not authorized");
    for (encoded, golden) in [
        (
            Encoded::connected("/admin", "oSO0OpakMV_3jnilAAAA"),
            r#"0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#,
        ),
        (
            Encoded::connected("/", "wZX3oN0bSVIhsaknAAAI"),
            r#"0{"sid":"wZX3oN0bSVIhsaknAAAI"}"#,
        ),
        (
            Encoded::refused("/", &refusal),
            r#"4{"message":"Not authorized"}"#,
        ),
        (Encoded::event("/", "foo", &()), r#"2["foo"]"#),
        (Encoded::event("/admin", "bar", &()), r#"2/admin,["bar"]"#),
        (Encoded::event("/", "hey", &("Jude",)), r#"2["hey","Jude"]"#),
        (
            Encoded::binary_event("/", "baz", &(Placeholder(0),), std::slice::from_ref(&one)),
            r#"51-["baz",{"_placeholder":true,"num":0}]"#,
        ),
        (
            Encoded::binary_event(
                "/admin",
                "baz",
                &(Placeholder(0), Placeholder(1)),
                &[one.clone(), two],
            ),
            r#"52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
        ),
        (
            Encoded::event_with("/", "foo", &(), &[], Some(12)),
            r#"212["foo"]"#,
        ),
        (
            Encoded::ack("/admin", 13, &("bar",), &[]),
            r#"3/admin,13["bar"]"#,
        ),
        (
            Encoded::ack("/", 15, &("bar", Placeholder(0)), &[one]),
            r#"61-15["bar",{"_placeholder":true,"num":0}]"#,
        ),
        (Encoded::disconnect("/"), "1"),
        (Encoded::disconnect("/admin"), "1/admin,"),
    ] {
        assert_eq!(text(&encoded), golden);
    }
}

#[test]
fn packets_of_the_specification_are_decoded() {
    let packet = decode("0").unwrap();
    assert!(matches!(packet.body, Body::Connect { auth: None }));
    assert_eq!(packet.namespace.as_str(), "/");

    let packet = decode(r#"0/admin,{"token":"123"}"#).unwrap();
    let Body::Connect { auth: Some(auth) } = packet.body else {
        panic!()
    };
    assert_eq!(
        (packet.namespace.as_str(), auth.get()),
        ("/admin", r#"{"token":"123"}"#)
    );

    let owned = |namespace: &str, name: &str| (namespace.to_owned(), name.to_owned());
    let expect = |text, (namespace, name), args: Value, id, attachments| {
        let Value::Array(args) = args else { panic!() };
        assert_eq!(
            event(text),
            (namespace, name, args, id, attachments),
            "{text}"
        );
    };
    expect(r#"2["foo"]"#, owned("/", "foo"), json!([]), None, 0);
    expect(
        r#"2/admin,["bar",1]"#,
        owned("/admin", "bar"),
        json!([1]),
        None,
        0,
    );
    expect(r#"212["foo"]"#, owned("/", "foo"), json!([]), Some(12), 0);
    expect(
        r#"2/admin,1["tellme"]"#,
        owned("/admin", "tellme"),
        json!([]),
        Some(1),
        0,
    );
    let (first, second) = (
        json!({"_placeholder": true, "num": 0}),
        json!({"_placeholder": true, "num": 1}),
    );
    expect(
        r#"51-["baz",{"_placeholder":true,"num":0}]"#,
        owned("/", "baz"),
        json!([first]),
        None,
        1,
    );
    expect(
        r#"52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
        owned("/admin", "baz"),
        json!([first, second]),
        None,
        2,
    );

    let packet = decode(r#"3/admin,13["bar"]"#).unwrap();
    let Body::Ack { args, id: 13 } = packet.body else {
        panic!()
    };
    assert_eq!(
        (packet.namespace.as_str(), values(&args)),
        ("/admin", vec![json!("bar")])
    );
    let packet = decode(r#"61-15["bar",{"_placeholder":true,"num":0}]"#).unwrap();
    assert!(matches!(
        packet,
        Packet {
            attachments: 1,
            body: Body::Ack { id: 15, .. },
            ..
        }
    ));
    assert!(matches!(decode("1/admin,").unwrap().body, Body::Disconnect));
}

#[test]
fn what_the_reference_takes_is_taken() {
    // A namespace without its comma, as an event with a numeric name, blanks in the payload.
    assert_eq!(decode("0/random").unwrap().namespace.as_str(), "/random");
    assert_eq!(decode("1/custom").unwrap().namespace.as_str(), "/custom");
    assert_eq!(event("2[7, true ]").1, "7");
    assert_eq!(event(r#"50-["no attachments"]"#).4, 0);
    // Without attachments a placeholder is an object like any other.
    assert_eq!(event(r#"2["x",{"_placeholder":true,"num":9}]"#).2.len(), 1);
    assert_eq!(event(r#"218446744073709551615["x"]"#).3, Some(u64::MAX));
}

#[test]
fn malformed_packets_are_refused_with_their_fault() {
    use Malformed::{
        AckId, Attachments, Nesting, Payload, Placeholder, Reserved, TooManyAttachments, Type,
    };
    let deep = format!(r#"2["x",{}{}]"#, "[".repeat(64), "]".repeat(64));
    let bottomless = format!("2{}", "[".repeat(60_000));
    for (text, fault) in [
        ("", Type),
        ("abc", Type),
        ("7", Type),
        ("é", Type),
        (r#"4{"message":"clients send none"}"#, Type),
        ("5", Attachments),
        (r#"5["x"]"#, Attachments),
        (r#"5-["x"]"#, Attachments),
        (r#"51["x"]"#, Attachments),
        (r#"5-1-["x"]"#, Attachments),
        (r#"511-["x"]"#, TooManyAttachments),
        (r#"599999999999999999999999-["x"]"#, TooManyAttachments),
        (r#"218446744073709551616["x"]"#, AckId),
        (r#"3["no id"]"#, AckId),
        ("2", Payload),
        ("2/custom", Payload),
        ("2{}", Payload),
        ("2[]", Payload),
        ("2[{}]", Payload),
        ("2[null]", Payload),
        (r#"2["x""#, Payload),
        (r#"2["x"]]"#, Payload),
        (r#"2["x",tru]"#, Payload),
        (r#"2abc["x"]"#, Payload),
        ("31", Payload),
        ("31{}", Payload),
        ("0null", Payload),
        ("0[]", Payload),
        ("0{", Payload),
        ("1{}", Payload),
        (r#"2["connect"]"#, Reserved),
        (r#"2["disconnecting",1]"#, Reserved),
        (r#"2["\u0064isconnect"]"#, Reserved),
        (r#"2["newListener"]"#, Reserved),
        (r#"51-["x",{"_placeholder":true,"num":1}]"#, Placeholder),
        (&deep, Nesting),
        (&bottomless, Nesting),
    ] {
        assert_eq!(decode(text).err(), Some(fault), "{text:.80}");
    }
}

#[test]
fn arguments_are_spread_whatever_serialises_them() {
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str("[ ]").unwrap();
    assert_eq!(text(&Encoded::event("/", "x", &raw)), r#"2["x"]"#);
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str("[ 1, [] ]").unwrap();
    assert_eq!(text(&Encoded::event("/", "x", &raw)), r#"2["x", 1, [] ]"#);
    assert_eq!(text(&Encoded::event("/", "x", "one")), r#"2["x","one"]"#);
    assert_eq!(
        text(&Encoded::event("/", "x", &json!({"a": []}))),
        r#"2["x",{"a":[]}]"#
    );
    assert_eq!(text(&Encoded::ack("/", 0, &(), &[])), "30[]");
    assert_eq!(text(&Encoded::ack("/", 0, &[0_u8; 0], &[])), "30[]");
    assert_eq!(text(&Encoded::ack("/", 0, "one", &[])), r#"30["one"]"#);
    let unfit = std::collections::HashMap::from([((1, 2), 3)]);
    assert_eq!(text(&Encoded::event("/", "x", &(unfit,))), r#"2["x"]"#);
}

#[derive(serde::Deserialize)]
struct Picture {
    deep: [Placeholder; 1],
}

#[test]
fn an_attachment_is_found_by_its_placeholder() {
    let Body::Event { mut args, .. } =
        decode(r#"52-["x",{"deep":[{"_placeholder":true,"num":1}]}]"#)
            .unwrap()
            .body
    else {
        panic!()
    };
    args.attachments = vec![Bytes::from_static(b"first"), Bytes::from_static(b"second")];
    let picture: Picture = args.get(0).unwrap();
    assert_eq!(
        args.attachment(picture.deep[0]).unwrap().as_ref(),
        b"second"
    );
    assert!(args.get::<Placeholder>(0).is_err());
    assert!(args.get::<Value>(1).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_namespace() -> impl Strategy<Value = String> {
    prop_oneof![Just("/".to_owned()), "/[^,]{1,12}"]
}

proptest! {
    #[test]
    fn an_event_comes_back_as_it_was_sent(
        namespace in any_namespace(),
        name in "[a-c\"\\\\철🎈 ]{0,8}",
        args in prop::collection::vec(any_json(), 0..4),
        id in any::<Option<u64>>(),
        attachments in 0..=10_usize,
    ) {
        let bytes = vec![Bytes::from_static(b"bytes"); attachments];
        let placeholders: Vec<_> = (0..attachments).map(Placeholder).collect();
        let mut args = args;
        args.push(json!(placeholders));
        let encoded = Encoded::event_with(&namespace, &name, &args, &bytes, id);
        prop_assert_eq!(event(text(&encoded)), (namespace, name, args, id, attachments));
        prop_assert_eq!(encoded.packets().len(), attachments + 1);
    }

    #[test]
    fn an_acknowledgement_comes_back_as_it_was_sent(
        namespace in any_namespace(),
        args in prop::collection::vec(any_json(), 0..4),
        id in any::<u64>(),
    ) {
        let encoded = Encoded::ack(&namespace, id, &args, &[]);
        let packet = decode(text(&encoded)).unwrap();
        prop_assert_eq!(packet.namespace.as_str(), namespace);
        let Body::Ack { args: back, id: number } = packet.body else { panic!() };
        prop_assert_eq!((values(&back), number), (args.clone(), id));
        // What came can be sent on as it is.
        prop_assert_eq!(serde_json::to_value(&back).unwrap(), Value::from(args));
    }

    #[test]
    fn no_text_makes_the_decoder_panic(
        head in "[0-7]?[0-9]{0,3}-?(/[a-z]{0,3},?)?[0-9]{0,21}",
        tail in "[\\[\\]{}\",:0-9a-z\\\\é_]{0,40}",
        noise in any::<String>(),
    ) {
        let _ = decode(&format!("{head}{tail}"));
        let _ = decode(&format!("{head}[\"x\",{tail}]"));
        let _ = decode(&noise);
    }
}
