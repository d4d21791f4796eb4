//! The list of rooms: what there is, who is there, and what was said last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unicode_segmentation::UnicodeSegmentation;

use crate::store::{RoomInfo, Store};

use super::Chat;
use super::frame::{LastLine, RoomList, RoomSummary};
use super::message::{Body, Message};
use super::name::RoomName;
use super::page::NEWEST;

/// The last lines that were told of, by room: a room of which there is nothing new is not read again.
/// Holds those of one list.
#[derive(Debug, Default)]
pub(super) struct LastLines(Mutex<Known>);

/// A message's `seq`, and its line where it has one.
type Known = HashMap<RoomName, (u64, Option<Arc<LastLine>>)>;

/// What is known of a room before it is decided whether it is listed.
#[derive(Default)]
struct Found {
    count: usize,
    last_at: u64,
    /// The newest message in memory.
    recent: Option<Arc<Message>>,
    /// The newest message on the card; 0 if there is none.
    stored: u64,
    /// What is no longer to be had.
    floor: u64,
}

impl Chat {
    /// The list of rooms: those with somebody in them first, then by the last message. Reads from
    /// the card: never on an async task.
    pub(super) fn list(&self) -> RoomList {
        let store = self.shared.archive().store();
        let mut found = self.found(store.as_ref());
        let summary = |(name, found): (&RoomName, &Found)| RoomSummary {
            name: name.clone(),
            count: found.count,
            last_at: found.last_at,
            locked: self.shared.key(name).is_some(),
            last: None,
        };
        let mut rooms: Vec<_> = found.iter().map(summary).collect();
        rooms.sort_by(|a, b| (b.count, b.last_at, &a.name).cmp(&(a.count, a.last_at, &b.name)));
        let (listed, mut bytes) = fitting(&rooms);
        let more = rooms.len() > listed;
        rooms.truncate(listed);
        for room in &mut rooms {
            let Some(found) = found.remove(&room.name).filter(|_| !room.locked) else {
                continue;
            };
            // Every room stands in the list before one has its last line there.
            let line = self.last_line(&room.name, found, store.as_ref());
            let line = line.filter(|line| bytes + weight(line) <= LIST_BYTES);
            bytes += line.as_deref().map_or(0, weight);
            room.last = line;
        }
        let is_listed = |name: &RoomName| rooms.iter().any(|room| room.name == *name);
        self.last_lines.get().retain(|name, _| is_listed(name));
        RoomList { rooms, more, bytes }
    }

    /// All rooms that have somebody in them or a history, and those that are there from the start.
    fn found(&self, store: Option<&Store>) -> HashMap<RoomName, Found> {
        let stored = store.map(Store::rooms).unwrap_or_default();
        let mut count = stored.len();
        let mut rooms: HashMap<RoomName, Found> = stored
            .iter()
            .filter_map(|info| {
                let limit = self.shared.config.now().limits.room_name_chars;
                // A limit that was lowered since does not hide what is there.
                let name = RoomName::parse(&info.name, limit.max(info.name.len())).ok()?;
                Some((name, info.into()))
            })
            .collect();
        for (name, room) in self.rooms().iter() {
            let (present, last_at, recent) = room.summary();
            let known = rooms.get(name);
            // Its first message is still on the way to the card.
            count += usize::from(known.is_none() && last_at > 0);
            let last_at = last_at.max(known.map_or(0, |known| known.last_at));
            if present > 0 || last_at > 0 {
                let found = rooms.entry(name.clone()).or_default();
                (found.count, found.last_at, found.recent) = (present, last_at, recent);
            }
        }
        self.shared.rooms_stored.set(count);
        for name in self.shared.first_rooms().iter() {
            rooms.entry(name.clone()).or_default();
        }
        rooms
    }

    /// The last line of a room. What only the card has is read from it, once.
    fn last_line(
        &self,
        name: &RoomName,
        found: Found,
        store: Option<&Store>,
    ) -> Option<Arc<LastLine>> {
        let recent = found.recent.filter(|message| message.seq > found.floor);
        let seq = recent.as_ref().map_or(found.stored, |message| message.seq);
        if seq == 0 {
            return None;
        }
        if let Some((known, line)) = self.last_lines.get().get(name)
            && *known == seq
        {
            return line.clone();
        }
        let line = match recent {
            Some(message) => message.body().map(|body| last_line(&body)),
            None => store.and_then(|store| stored_line(store, name)),
        };
        let line = line.map(Arc::new);
        self.last_lines
            .get()
            .insert(name.clone(), (seq, line.clone()));
        line
    }
}

impl LastLines {
    fn get(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<&RoomInfo> for Found {
    fn from(info: &RoomInfo) -> Self {
        Self {
            last_at: info.last_at.unwrap_or(0),
            stored: if info.messages > 0 { info.last } else { 0 },
            floor: info.floor,
            ..Self::default()
        }
    }
}

/// How many of these rooms one list may have, and their bytes without their last lines.
fn fitting(rooms: &[RoomSummary]) -> (usize, usize) {
    let (mut listed, mut bytes) = (0, 0);
    for room in rooms.iter().take(ROOMS_LISTED) {
        let more = bytes + room.name.as_str().len() + ROOM_BYTES;
        if more > LIST_BYTES {
            break;
        }
        (listed, bytes) = (listed + 1, more);
    }
    (listed, bytes)
}

fn stored_line(store: &Store, room: &RoomName) -> Option<LastLine> {
    let page = store.page(room.as_str(), NEWEST, 1, 0).ok()?;
    let record = page.records.into_iter().next()?;
    serde_json::from_slice(&record.body)
        .ok()
        .map(|body| last_line(&body))
}

fn last_line(body: &Body<'_>) -> LastLine {
    LastLine {
        seq: body.seq,
        name: body.from.name.as_ref().into(),
        text: one_line(body.text.as_deref().unwrap_or_default()).into(),
    }
}

/// The beginning of a text, in one line, cut between characters that a reader sees.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for cluster in text.graphemes(true).take(LINE_CHARS) {
        let cluster = if cluster.chars().any(ends_line) {
            " "
        } else {
            cluster
        };
        if line.len() + cluster.len() > LINE_BYTES {
            break;
        }
        line.push_str(cluster);
    }
    line
}

/// Controls, too: they draw nothing, and JSON needs six bytes for each.
fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// What a last line adds to the list.
fn weight(line: &LastLine) -> usize {
    let bytes = |text: &str| {
        let escaped = text.bytes().filter(|b| matches!(b, b'"' | b'\\')).count();
        text.len() + escaped
    };
    bytes(&line.name) + bytes(&line.text) + LAST_BYTES
}

/// Rooms in one list …
const ROOMS_LISTED: usize = 200;
/// … and its bytes: a character may be a family of 41, and a list must fit into every outbox.
const LIST_BYTES: usize = 64 << 10;
/// What a room costs a list beside its name.
const ROOM_BYTES: usize = 80;
/// What a last line costs it beside name and text.
const LAST_BYTES: usize = 56;
/// Characters of a text in the list, as a reader counts them …
const LINE_CHARS: usize = 80;
/// … and their bytes: towers of marks are characters, too.
const LINE_BYTES: usize = 640;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_put_into_one_line() {
        assert_eq!(one_line("a\r\nb\tc\u{2028}d\u{1b}e"), "a b c d e");
        assert_eq!(one_line(&"가".repeat(81)), "가".repeat(80));
        let family = "👨‍👩‍👧‍👦";
        let cut = one_line(&family.repeat(80));
        assert_eq!(
            cut,
            family.repeat(LINE_BYTES / family.len()),
            "none is torn"
        );
        let tower = format!("ab{}", "\u{301}".repeat(4_000));
        assert_eq!(one_line(&tower), "a");
    }

    #[test]
    fn a_last_line_weighs_no_less_than_its_json() {
        let line = LastLine {
            seq: (1 << 53) - 1,
            name: "\"\\\"".into(),
            text: "\\\\ \"안녕\" \u{7f}".into(),
        };
        let json = serde_json::json!({ "seq": line.seq, "name": &*line.name, "text": &*line.text });
        assert!(weight(&line) >= format!(",\"last\":{json}").len());
    }
}
