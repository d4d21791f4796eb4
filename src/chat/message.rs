//! A message: what a member posts, numbered by the room and encoded once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::clock::Moment;

use super::draft::Draft;
use super::name::PersonName;
use super::person::PersonId;

/// A message's JSON. A clone costs a handle.
pub type Json = Arc<RawValue>;

/// A message as everybody sees it, in the ring, on the wire and on the card.
#[derive(Debug)]
pub struct Message {
    /// Its place in the order of the room.
    pub seq: u64,
    /// When it was posted, milliseconds since 1970 by the gateway's clock.
    pub at: u64,
    /// Whether that clock was to be trusted.
    pub at_trusted: bool,
    /// The JSON object, encoded once; see [`Body`].
    pub json: Json,
    state: AtomicU8,
}

/// The JSON object of a message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Body<'a> {
    /// The room it stands in.
    #[serde(borrow)]
    pub room: std::borrow::Cow<'a, str>,
    /// Its place in the order of the room.
    pub seq: u64,
    /// The id chosen by the sender.
    #[serde(borrow)]
    pub id: std::borrow::Cow<'a, str>,
    /// Who posted it.
    #[serde(borrow)]
    pub from: From<'a>,
    /// Its text.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub text: Option<std::borrow::Cow<'a, str>>,
    /// Any JSON beside or instead of the text.
    #[serde(borrow, skip_serializing_if = "Option::is_none", default)]
    pub data: Option<&'a RawValue>,
    /// The `seq` of the message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reply_to: Option<u64>,
    /// Milliseconds since 1970 by the gateway's clock.
    pub at: u64,
    /// Present and `true` where that clock was not to be trusted.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub at_unsure: bool,
}

/// Who posted a message.
#[derive(Debug, Serialize, Deserialize)]
pub struct From<'a> {
    /// The person, as text.
    #[serde(borrow)]
    pub id: std::borrow::Cow<'a, str>,
    /// The name at the time.
    #[serde(borrow)]
    pub name: std::borrow::Cow<'a, str>,
}

/// How far a message is on its way to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stored {
    /// Handed to the archive.
    Queued,
    /// Covered by a flush.
    Yes,
    /// The card did not take it; it is still in the ring and will be tried again.
    Failed,
    /// The card did not take it and the ring had no room for it any longer.
    Dropped,
}

impl Message {
    /// Numbers and encodes a draft.
    ///
    /// # Panics
    /// Never: a body has no map whose keys are not strings.
    pub fn new(
        room: &str,
        seq: u64,
        from: (PersonId, &PersonName),
        draft: &Draft,
        now: Moment,
    ) -> Self {
        let (person, name) = from;
        let Moment {
            ms: at,
            trusted: at_trusted,
        } = now;
        let body = Body {
            room: room.into(),
            seq,
            id: (&*draft.id).into(),
            from: From {
                id: person.to_string().into(),
                name: name.as_str().into(),
            },
            text: draft.text.as_deref().map(Into::into),
            data: draft.data.as_deref(),
            reply_to: draft.reply_to,
            at,
            at_unsure: !at_trusted,
        };
        let json = to_raw_value(&body)
            .expect("a message's body has no map with odd keys")
            .into();
        Self {
            seq,
            at,
            at_trusted,
            json,
            state: AtomicU8::new(Stored::Queued as u8),
        }
    }

    /// A message that was read from the card; `None` if it is none.
    pub fn from_store(seq: u64, at: Option<u64>, body: Vec<u8>) -> Option<Self> {
        let json = json(body)?;
        let said = serde_json::from_str::<Body<'_>>(json.get()).ok()?.at;
        let state = AtomicU8::new(Stored::Yes as u8);
        Some(Self {
            seq,
            at: at.unwrap_or(said),
            at_trusted: at.is_some(),
            json,
            state,
        })
    }

    /// The object behind the JSON; `None` only if the card gave something else.
    pub fn body(&self) -> Option<Body<'_>> {
        serde_json::from_str(self.json.get()).ok()
    }

    /// How far it is on its way to the card.
    pub fn stored(&self) -> Stored {
        match self.state.load(Ordering::Acquire) {
            0 => Stored::Queued,
            1 => Stored::Yes,
            2 => Stored::Failed,
            _ => Stored::Dropped,
        }
    }

    /// Notes how far it is.
    pub fn set_stored(&self, stored: Stored) {
        self.state.store(stored as u8, Ordering::Release);
    }
}

/// Takes what the card gave for JSON; `None` if it is none.
pub fn json(body: Vec<u8>) -> Option<Json> {
    let text = String::from_utf8(body).ok()?;
    RawValue::from_string(text).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::person::Token;

    #[test]
    fn a_message_is_encoded_with_what_it_has_and_reads_back() {
        let person = Token::random().person();
        let name = PersonName::parse("철수", 32).unwrap();
        let data = RawValue::from_string(r#"{"deep":[1,"둘"]}"#.to_owned()).unwrap();
        let draft = Draft::new(
            Some("m1"),
            Some("안녕 👋".to_owned()),
            Some(data),
            Some(7),
            4_000,
        )
        .unwrap();
        let message = Message::new(
            "live",
            9,
            (person, &name),
            &draft,
            Moment {
                ms: 1_000,
                trusted: false,
            },
        );
        let body = message.body().unwrap();
        assert_eq!((&*body.room, body.seq, &*body.id), ("live", 9, "m1"));
        assert_eq!(
            (&*body.from.id, &*body.from.name),
            (&*person.to_string(), "철수")
        );
        assert_eq!(body.text.as_deref(), Some("안녕 👋"));
        assert_eq!(body.data.unwrap().get(), r#"{"deep":[1,"둘"]}"#);
        assert_eq!(
            (body.reply_to, body.at, body.at_unsure),
            (Some(7), 1_000, true)
        );
    }
}
