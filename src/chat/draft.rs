//! What a peer wants to post, checked, before the room has numbered it.

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::person::{PersonId, Token};
use super::refusal::Refusal;

/// A message before the room has numbered it.
#[derive(Debug)]
pub struct Draft {
    pub(super) id: Box<str>,
    pub(super) text: Option<String>,
    pub(super) data: Option<Box<RawValue>>,
    pub(super) reply_to: Option<u64>,
}

impl Draft {
    /// Checks what a peer sent. Without an `id` the gateway makes one, and a retry of that message
    /// cannot be recognised.
    pub fn new(
        id: Option<&str>,
        text: Option<String>,
        data: Option<Box<RawValue>>,
        reply_to: Option<u64>,
        max_text_chars: usize,
    ) -> Result<Self, Refusal> {
        let data = data.filter(|data| data.get() != "null");
        let text = text.filter(|text| !text.is_empty());
        if text.is_none() && data.is_none() {
            return Err(Refusal::BadRequest(
                "a message needs `text` or `data`".to_owned(),
            ));
        }
        if text
            .as_ref()
            .is_some_and(|text| text.chars().count() > max_text_chars)
        {
            return Err(Refusal::TooLong {
                what: "the text (characters)",
                limit: max_text_chars,
            });
        }
        let id = match id {
            Some(id)
                if id.is_empty() || id.len() > MAX_ID_BYTES || id.chars().any(char::is_control) =>
            {
                return Err(Refusal::BadRequest(format!(
                    "`id` must have 1 to {MAX_ID_BYTES} bytes"
                )));
            }
            Some(id) => id.into(),
            None => random_id(),
        };
        Ok(Self {
            id,
            text,
            data,
            reply_to,
        })
    }

    /// The id chosen by the sender, or made here.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text, if it has one.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// About how many bytes it will have when it is encoded.
    pub fn weight(&self) -> usize {
        let text = self.text.as_ref().map_or(0, String::len);
        let data = self.data.as_ref().map_or(0, |data| data.get().len());
        text + data + ENVELOPE_BYTES
    }

    /// What makes a retry of this message recognisable within a room.
    pub fn key(&self, from: PersonId) -> MessageKey {
        MessageKey::of(from, &self.id)
    }
}

/// What makes a retry recognisable within a room: 128 bits of SHA-256 over the person and the
/// message's id. A person has no way to collide with another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageKey([u8; 16]);

impl MessageKey {
    /// The key of a person's message.
    pub fn of(from: PersonId, id: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(from.as_bytes())
            .chain_update(id)
            .finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }
}

fn random_id() -> Box<str> {
    // A token has the shape that is wanted: 128 random bits as text.
    Token::random().reveal().into()
}

/// What a message has beside its text: room, numbers, ids, names.
const ENVELOPE_BYTES: usize = 384;
/// Room for a UUID, a ULID or a short prefix with either.
const MAX_ID_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Result<Draft, Refusal> {
        Draft::new(Some("m1"), Some(text.to_owned()), None, None, 10)
    }

    #[test]
    fn an_empty_message_is_refused() {
        assert!(matches!(draft(""), Err(Refusal::BadRequest(_))));
        let null = RawValue::from_string("null".to_owned()).unwrap();
        assert!(Draft::new(None, None, Some(null), None, 10).is_err());
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(draft(&"가".repeat(10)).is_ok());
        assert!(matches!(
            draft(&"가".repeat(11)),
            Err(Refusal::TooLong { limit: 10, .. })
        ));
    }

    #[test]
    fn ids_are_bounded_and_made_where_missing() {
        let long = "x".repeat(65);
        assert!(Draft::new(Some(&long), Some("a".into()), None, None, 10).is_err());
        let made = Draft::new(None, Some("a".into()), None, None, 10).unwrap();
        let other = Draft::new(None, Some("a".into()), None, None, 10).unwrap();
        assert_ne!(made.id(), other.id());
    }

    #[test]
    fn keys_tell_persons_and_ids_apart() {
        let (one, two) = (Token::random().person(), Token::random().person());
        assert_eq!(MessageKey::of(one, "a"), MessageKey::of(one, "a"));
        assert_ne!(MessageKey::of(one, "a"), MessageKey::of(one, "b"));
        assert_ne!(MessageKey::of(one, "a"), MessageKey::of(two, "a"));
    }
}
