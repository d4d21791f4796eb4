//! A page of a room's history: what one answer carries.

pub use crate::store::Bound;

use super::message::{Json, json};

/// The newest messages of all.
pub const NEWEST: Bound = Bound::Before(u64::MAX);

/// Where a page ends.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Messages at most.
    pub messages: usize,
    /// Bytes of JSON at most, unless the first message alone is larger.
    pub bytes: usize,
}

/// A page, ascending by `seq`; it holds at least one message where there is one.
#[derive(Debug, Default, Clone)]
pub struct Page {
    /// `seq` and JSON of each message.
    pub messages: Vec<(u64, Json)>,
    /// Whether there are further messages in the direction of reading.
    pub more: bool,
}

impl Page {
    /// Cuts a page out of messages that come in the direction of reading.
    pub fn cut(bound: Bound, messages: impl Iterator<Item = (u64, Json)>, cut: Cut) -> Self {
        let mut page = Self::default();
        let mut bytes = 0;
        for (seq, json) in messages {
            bytes += json.get().len();
            let full = page.messages.len() >= cut.messages.max(1) || bytes > cut.bytes;
            if full && !page.messages.is_empty() {
                page.more = true;
                break;
            }
            page.messages.push((seq, json));
        }
        if matches!(bound, Bound::Before(_)) {
            page.messages.reverse();
        }
        page
    }

    /// What the store gave; what is no JSON is left out.
    pub fn from_store(page: crate::store::Page) -> Self {
        let messages = page
            .records
            .into_iter()
            .filter_map(|record| Some((record.seq, json(record.body)?)));
        Self {
            messages: messages.collect(),
            more: page.more,
        }
    }

    /// The highest `seq` of the page.
    pub fn last(&self) -> Option<u64> {
        self.messages.last().map(|(seq, _)| *seq)
    }

    /// The messages' JSON, ascending.
    pub fn bodies(&self) -> impl ExactSizeIterator<Item = &Json> {
        self.messages.iter().map(|(_, json)| json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(seqs: &[u64]) -> Vec<(u64, Json)> {
        seqs.iter()
            .map(|&seq| (seq, json(b"1234567890".to_vec()).unwrap()))
            .collect()
    }

    #[test]
    fn a_page_is_cut_by_count_and_by_bytes_and_says_so() {
        let by_count = Page::cut(
            Bound::After(0),
            messages(&[1, 2, 3]).into_iter(),
            Cut {
                messages: 2,
                bytes: 99,
            },
        );
        assert_eq!((by_count.last(), by_count.more), (Some(2), true));
        let by_bytes = Page::cut(
            Bound::After(0),
            messages(&[1, 2, 3]).into_iter(),
            Cut {
                messages: 9,
                bytes: 20,
            },
        );
        assert_eq!((by_bytes.last(), by_bytes.more), (Some(2), true));
    }

    #[test]
    fn one_message_larger_than_the_cut_still_comes() {
        let page = Page::cut(
            Bound::After(0),
            messages(&[1, 2]).into_iter(),
            Cut {
                messages: 9,
                bytes: 1,
            },
        );
        assert_eq!((page.messages.len(), page.more), (1, true));
    }

    #[test]
    fn a_page_read_backwards_ascends() {
        let page = Page::cut(
            NEWEST,
            messages(&[9, 8, 7]).into_iter(),
            Cut {
                messages: 2,
                bytes: 99,
            },
        );
        assert_eq!(
            page.messages.iter().map(|m| m.0).collect::<Vec<_>>(),
            [8, 9]
        );
        assert!(page.more);
    }
}
