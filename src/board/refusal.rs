//! How often in a row the radio would not open the box's Wi-Fi, in this boot.

use std::io;

use super::place::Place;
use crate::folder::{Access, Folder};

/// After so many the box takes what every radio can have: once or twice a radio was only slow. After as
/// many again it has to say that there is no Wi-Fi.
pub(super) const ENOUGH: u32 = 3;

/// How many there have been.
pub(super) fn count(place: &Place) -> u32 {
    let count = std::fs::read_to_string(place.run().join(COUNT)).ok();
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_default()
}

/// The Wi-Fi has ended by itself, so many seconds after it was to be opened; whether that changes what the
/// box does or says. What the box has given way in stays so until it is started anew.
pub(super) fn ended(place: &Place, seconds: u32) -> io::Result<bool> {
    let before = count(place);
    let now = if seconds < SOON {
        before.saturating_add(1)
    } else {
        before - before % ENOUGH
    };
    let folder = Folder::open(&place.run()).map_err(io::Error::other)?;
    folder.write(COUNT, now.to_string().as_bytes(), Access::Everybody)?;
    Ok(now > before && now.is_multiple_of(ENOUGH))
}

/// The mark in the folder of what is written at each boot.
const COUNT: &str = "refusals";

/// Seconds after which a Wi-Fi has surely been open.
const SOON: u32 = 60;
