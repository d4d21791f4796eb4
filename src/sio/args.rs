//! Arguments of an event or an acknowledgement as they came: raw JSON, parsed only as far as
//! somebody asks, and the attachments that its placeholders name. Nothing of them is copied.

use std::ops::Range;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::eio::Utf8Bytes;

/// The arguments after the event's name, or those of an acknowledgement.
///
/// They serialise to the JSON array they came from, so they can be sent on as they are.
#[derive(Debug, Clone, Default)]
pub struct Args {
    /// The whole packet; the arguments are parts of it.
    text: Utf8Bytes,
    parts: Vec<Range<u32>>,
    /// The attachments, in the order of their placeholders' numbers.
    pub attachments: Vec<Bytes>,
}

impl Args {
    pub(super) fn new(text: Utf8Bytes, parts: Vec<Range<u32>>) -> Self {
        Self {
            text,
            parts,
            attachments: Vec::new(),
        }
    }

    /// How many arguments there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether there are attachments.
    pub fn has_binary(&self) -> bool {
        !self.attachments.is_empty()
    }

    /// The JSON text of one argument.
    pub fn raw(&self, index: usize) -> Option<&str> {
        let Range { start, end } = *self.parts.get(index)?;
        self.text.get(start as usize..end as usize)
    }

    /// One argument as a value. Fields may borrow from the packet.
    pub fn get<'a, T: Deserialize<'a>>(&'a self, index: usize) -> Result<T, ArgsError> {
        let json = self.raw(index).ok_or(ArgsError::Missing { index })?;
        serde_json::from_str(json).map_err(|source| ArgsError::Invalid { index, source })
    }

    /// The attachment that a placeholder stands for.
    pub fn attachment(&self, placeholder: Placeholder) -> Option<&Bytes> {
        self.attachments.get(placeholder.0)
    }
}

impl Serialize for Args {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.len()))?;
        for index in 0..self.len() {
            let raw: &RawValue = self.get(index).map_err(serde::ser::Error::custom)?;
            seq.serialize_element(raw)?;
        }
        seq.end()
    }
}

/// Why an argument is not what was asked for.
#[derive(Debug, Error)]
pub enum ArgsError {
    /// There are fewer arguments.
    #[error("argument {index} is missing")]
    Missing {
        /// Which one, from 0.
        index: usize,
    },
    /// It is of another shape.
    #[error("argument {index}: {source}")]
    Invalid {
        /// Which one, from 0.
        index: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
}

/// Stands in JSON for the attachment of that number: `{"_placeholder":true,"num":0}`.
///
/// In arguments to be sent it takes the place of the bytes; in arguments received it is what
/// [`Args::attachment`] resolves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder(pub usize);

impl Serialize for Placeholder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Placeholder", 2)?;
        object.serialize_field("_placeholder", &true)?;
        object.serialize_field("num", &self.0)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Placeholder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Fields {
            _placeholder: bool,
            num: usize,
        }

        let Fields {
            _placeholder: mark,
            num,
        } = Fields::deserialize(deserializer)?;
        if mark {
            Ok(Self(num))
        } else {
            Err(D::Error::custom("not a placeholder"))
        }
    }
}
