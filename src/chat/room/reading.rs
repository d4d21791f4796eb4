//! Reading a room's log: the ring where it suffices, else the store's page joined to the ring.
//!
//! The store is read without the room's lock, so the page is put together in two steps: the room
//! says what it needs ([`Query`]), somebody reads it, and under the lock the room checks that the
//! ring still continues where the page ends. If messages left the ring in between, it asks again.

use std::sync::Arc;

use crate::chat::message::Message;
use crate::chat::page::{Cut, Page};
use crate::store::Bound;

use super::{Room, State};

/// What a room needs from the store to answer.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// From where to read.
    pub bound: Bound,
    /// How much.
    pub cut: Cut,
    /// What had left the ring when the room asked.
    gone: u64,
}

/// What the store gave for a [`Query`].
#[derive(Debug)]
pub struct Reading {
    /// The question.
    pub query: Query,
    /// The answer; `None` while the store cannot be read: part of the past is not to be had now.
    pub page: Option<Page>,
    /// Messages of this range cannot be read.
    pub damaged: bool,
}

/// A page, and whether part of what was asked for is not to be had.
pub(super) struct Composed {
    pub(super) page: Page,
    pub(super) gap: bool,
}

impl Room {
    /// A page of the log, or what is needed to make one.
    pub fn page(&self, bound: Bound, cut: Cut, stored: Option<&Reading>) -> Result<Page, Query> {
        let mut state = self.state();
        self.refresh_floor(&mut state);
        state
            .compose(bound, cut, stored)
            .map(|composed| composed.page)
    }
}

impl State {
    pub(super) fn compose(
        &self,
        bound: Bound,
        cut: Cut,
        stored: Option<&Reading>,
    ) -> Result<Composed, Query> {
        let gap = matches!(bound, Bound::After(seq) if seq < self.floor);
        if self.suffices(bound, cut) {
            return Ok(Composed {
                page: self.ring_page(bound, cut),
                gap,
            });
        }
        let query = Query {
            bound,
            cut,
            gone: self.ring.gone(),
        };
        let Some(stored) = stored else {
            return Err(query);
        };
        let Some(page) = &stored.page else {
            return Ok(Composed {
                page: self.ring_page(bound, cut),
                gap: true,
            });
        };
        let covered = page.last().unwrap_or(0).max(stored.query.gone);
        if self.ring.gone() > covered && meets_the_ring(&stored.query, page) {
            return Err(query);
        }
        Ok(Composed {
            page: self.join(bound, cut, page),
            gap: gap || stored.damaged,
        })
    }

    /// Whether the ring alone can answer.
    fn suffices(&self, bound: Bound, cut: Cut) -> bool {
        let gone = self.ring.gone();
        !self.ring.has_older()
            || match bound {
                Bound::After(seq) => seq >= gone,
                Bound::Before(seq) => self.ring_page(Bound::Before(seq), cut).more,
            }
    }

    fn ring_page(&self, bound: Bound, cut: Cut) -> Page {
        let of = |message: &Arc<Message>| (message.seq, message.json.clone());
        match bound {
            Bound::After(seq) => Page::cut(bound, self.ring.after(seq).map(of), cut),
            Bound::Before(seq) => Page::cut(bound, self.ring.before(seq).rev().map(of), cut),
        }
    }

    /// The store's page, continued by the ring. What is in both comes from the store.
    fn join(&self, bound: Bound, cut: Cut, stored: &Page) -> Page {
        let last = stored.last().unwrap_or(0);
        let newer = self
            .ring
            .after(last)
            .map(|message| (message.seq, message.json.clone()));
        let mut page = match bound {
            Bound::After(_) if stored.more => stored.clone(),
            Bound::After(seq) => {
                let newer = newer.filter(|(newer, _)| *newer > seq);
                Page::cut(bound, stored.messages.iter().cloned().chain(newer), cut)
            }
            Bound::Before(seq) => {
                let newer: Vec<_> = newer.filter(|(newer, _)| *newer < seq).collect();
                let backwards = newer
                    .into_iter()
                    .rev()
                    .chain(stored.messages.iter().rev().cloned());
                Page::cut(bound, backwards, cut)
            }
        };
        page.more |= stored.more;
        page
    }
}

/// Whether a page reaches the messages that the ring had when the room asked.
fn meets_the_ring(query: &Query, page: &Page) -> bool {
    match query.bound {
        Bound::After(_) => !page.more,
        Bound::Before(seq) => seq > query.gone.saturating_add(1),
    }
}
