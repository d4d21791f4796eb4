//! How often in a row the radio would not open the box's Wi-Fi, in this boot.

use std::io;

use super::place::Place;
use crate::folder::{Access, Folder};

/// After so many the box takes what every radio can have: once or twice a radio was only slow.
pub(super) const ENOUGH: u32 = 3;

/// How many there have been.
pub(super) fn count(place: &Place) -> u32 {
    let count = std::fs::read_to_string(place.run().join(COUNT)).ok();
    count
        .and_then(|count| count.trim().parse().ok())
        .unwrap_or_default()
}

/// One more; whether that makes them enough.
pub(super) fn one_more(place: &Place) -> io::Result<bool> {
    let count = count(place).saturating_add(1);
    let folder = Folder::open(&place.run()).map_err(io::Error::other)?;
    folder.write(COUNT, count.to_string().as_bytes(), Access::Everybody)?;
    Ok(count == ENOUGH)
}

/// The mark in the folder of what is written at each boot.
const COUNT: &str = "refusals";
