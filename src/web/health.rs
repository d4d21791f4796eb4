//! What `/healthz` says of what lies below the web floor.

use serde::Serialize;

use crate::beacon::Radio;
use crate::card::Wear;
use crate::chat::Vitals;

/// How the gateway and its board fare.
#[derive(Debug, Serialize)]
pub struct Health {
    /// The chat.
    pub chat: Vitals,
    /// The board's Wi-Fi; `null` where the board does not tell.
    pub radio: Option<Radio>,
    /// The card that the history is on; `null` where it cannot be known.
    pub card: Option<Wear>,
}
