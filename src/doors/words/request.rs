//! What clients ask for. Unknown fields are ignored, so that newer clients can talk to older gateways.

use serde::Deserialize;
use serde_json::value::RawValue;

/// What a client says of itself when it comes in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Auth {
    /// The name it wishes for.
    pub name: Option<String>,
    /// The secret by which it is who it was.
    pub token: Option<String>,
    /// The gateway's entry code.
    pub code: Option<String>,
    /// The phone's clock, milliseconds since 1970.
    pub now: Option<serde_json::Number>,
}

/// `join`.
#[derive(Debug, Deserialize)]
pub struct Join {
    /// The room's name.
    pub room: String,
    /// The room's key.
    pub key: Option<String>,
    /// The cursor.
    pub since: Option<u64>,
    /// The log that the cursor belongs to.
    pub log: Option<String>,
    /// Messages wanted at most.
    pub limit: Option<usize>,
}

/// `members`.
#[derive(Debug, Deserialize)]
pub struct Members {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// The id of the last member of the page before.
    pub after: Option<String>,
}

/// `leave`.
#[derive(Debug, Deserialize)]
pub struct Leave {
    /// The room's name.
    pub room: String,
}

/// `message`, on its way in.
#[derive(Debug, Deserialize)]
pub struct Post {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// The id chosen by the sender.
    pub id: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Any JSON.
    pub data: Option<Box<RawValue>>,
    /// The `seq` of the message that this one answers.
    pub reply_to: Option<u64>,
}

/// `history`.
#[derive(Debug, Deserialize)]
pub struct History {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// Wanted are the newest messages before this `seq` …
    pub before: Option<u64>,
    /// … or the oldest after this one.
    pub after: Option<u64>,
    /// Messages wanted at most.
    pub limit: Option<usize>,
}

/// `days`.
#[derive(Debug, Deserialize)]
pub struct Days {
    /// The room's name.
    pub room: String,
    /// The room's key, where it was not shown before.
    pub key: Option<String>,
    /// Minutes east of UTC at which the reader's days begin.
    pub zone: Option<i32>,
}

/// `rename`.
#[derive(Debug, Deserialize)]
pub struct Rename {
    /// The name wished for.
    pub name: String,
}

/// `typing`.
#[derive(Debug, Deserialize)]
pub struct Typing {
    /// The room's name.
    pub room: String,
    /// Whether it began or stopped.
    pub on: bool,
}
