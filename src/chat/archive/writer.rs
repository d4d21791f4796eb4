//! The archive's thread: groups, failures and healing.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::chat::message::{Message, Stored};
use crate::chat::name::RoomName;
use crate::chat::refusal::Refusal;
use crate::chat::shared::boot_of;
use crate::store::{Change, LogId, Opened, Store};

use super::group::Group;
use super::{Notice, Setup, Shared};

/// What the thread owns.
pub(super) struct Writer {
    setup: Setup,
    shared: Arc<Shared>,
    log: LogId,
    boot: u32,
    /// Messages that the card did not take and that their rooms still hold, each once however
    /// often it is sent again, by `seq`.
    unsaved: BTreeMap<u64, (RoomName, Arc<Message>)>,
    /// Floors that the card did not take, the highest of each room.
    floors: Vec<(RoomName, u64)>,
    /// While the card fails: when to try again.
    retry: Option<Instant>,
    clock_told: Option<Instant>,
}

impl Writer {
    pub(super) fn new(setup: Setup, shared: Arc<Shared>) -> Self {
        let retry = setup.store.is_none().then(Instant::now);
        let (log, boot) = (setup.log, setup.boot);
        Self {
            setup,
            shared,
            log,
            boot,
            unsaved: BTreeMap::new(),
            floors: Vec::new(),
            retry,
            clock_told: None,
        }
    }

    /// Works until the archive closes. Should something panic that the store has not caught, the
    /// group at hand gets no answer (its senders send it again) and the store is opened anew.
    pub(super) fn run(mut self) {
        while let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.work())) {
            drop(panic);
            tracing::error!("the archive stumbled: opening the store anew");
            self.fail();
        }
        if let Some(store) = self
            .shared
            .store
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            store.close();
        }
    }

    fn work(&mut self) {
        let collect = Duration::from_millis(self.setup.settings.group_ms);
        while let Some(jobs) = self.shared.group(collect, self.patience()) {
            let mut group = Group::of(jobs);
            if self.retry.is_some_and(|retry| Instant::now() >= retry) && self.heal() {
                let unsaved = std::mem::take(&mut self.unsaved);
                group.messages.splice(..0, unsaved.into_values());
                group.floors.append(&mut self.floors);
            }
            self.write(group);
        }
    }

    /// How long to wait for work before looking after the store.
    fn patience(&self) -> Duration {
        match self.retry {
            Some(retry) => retry
                .saturating_duration_since(Instant::now())
                .max(MIN_PATIENCE),
            None => CLOCK_EVERY,
        }
    }

    fn write(&mut self, mut group: Group) {
        // Numbers of another log would come to stand in the wrong place.
        for (_, message) in &group.messages {
            if boot_of(message.seq) != self.boot && message.stored() != Stored::Yes {
                message.set_stored(Stored::Dropped);
            }
        }
        // A message that left its ring while the card failed is not to be had: its room said so.
        group
            .messages
            .retain(|(_, message)| matches!(message.stored(), Stored::Queued | Stored::Failed));
        // A retry hands the same message over once more.
        group.messages.sort_by_key(|(_, message)| message.seq);
        group.messages.dedup_by_key(|(_, message)| message.seq);
        if self.retry.is_some() {
            return self.refuse(group);
        }
        let Some(store) = self
            .shared
            .store
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        else {
            return self.refuse(group);
        };
        let changes = self.changes(&group);
        if !changes.is_empty()
            && let Err(error) = store.write(&changes)
        {
            drop(changes);
            tracing::error!(%error, messages = group.messages.len(), "the card did not take a group");
            self.fail();
            return self.refuse(group);
        }
        drop(changes);
        for (_, message) in &group.messages {
            message.set_stored(Stored::Yes);
        }
        for (receipt, message, waiter) in group.waiters {
            waiter(if message.stored() == Stored::Yes {
                Ok(receipt)
            } else {
                Err(Refusal::NotStored)
            });
        }
    }

    fn changes<'a>(&mut self, group: &'a Group) -> Vec<Change<'a>> {
        let mut changes = Vec::with_capacity(group.messages.len() + group.floors.len() + 1);
        changes.extend(group.messages.iter().map(|(room, message)| Change::Append {
            room: room.as_str(),
            seq: message.seq,
            at: message.at_trusted.then_some(message.at),
            body: message.json.get().as_bytes(),
        }));
        let floors = group.floors.iter();
        changes.extend(floors.map(|(room, floor)| Change::Floor {
            room: room.as_str(),
            floor: *floor,
        }));
        let due = self
            .clock_told
            .is_none_or(|told| told.elapsed() >= CLOCK_EVERY);
        if due && self.setup.clock.trusted() {
            self.clock_told = Some(Instant::now());
            // By what phones say nothing is removed.
            let now = self.setup.clock.certain_ms();
            changes.push(Change::Clock { now });
        }
        changes
    }

    /// Tells the senders that the card did not take their messages, and keeps what may be tried
    /// again.
    fn refuse(&mut self, group: Group) {
        self.setup.metrics.not_stored.add_many(group.messages.len());
        for (_, message) in &group.messages {
            if message.stored() == Stored::Queued {
                message.set_stored(Stored::Failed);
            }
        }
        let messages = group.messages.into_iter();
        self.unsaved
            .extend(messages.map(|(room, message)| (message.seq, (room, message))));
        self.unsaved
            .retain(|_, (_, message)| message.stored() == Stored::Failed);
        for (room, floor) in group.floors {
            match self.floors.iter_mut().find(|(known, _)| *known == room) {
                Some((_, known)) => *known = floor.max(*known),
                None => self.floors.push((room, floor)),
            }
        }
        for (receipt, message, waiter) in group.waiters {
            waiter(if message.stored() == Stored::Yes {
                Ok(receipt)
            } else {
                Err(Refusal::NotStored)
            });
        }
    }

    fn fail(&mut self) {
        self.retry = Some(Instant::now() + RETRY_EVERY);
        if self.shared.storing.swap(false, Ordering::AcqRel) {
            (self.setup.listener)(Notice::Storing(false));
        }
    }

    /// Tries to open the store again; `true` if it takes writes.
    fn heal(&mut self) -> bool {
        let store = self
            .shared
            .store
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let opened = match &store {
            Some(store) => store.reopen(),
            None => Store::open(&self.setup.folder, &self.shared.limits.load()),
        };
        match opened {
            Ok(opened) => {
                self.take_over(opened);
                self.retry = None;
                self.shared.storing.store(true, Ordering::Release);
                tracing::info!("the card takes what it is given again");
                (self.setup.listener)(Notice::Storing(true));
                true
            }
            Err(error) => {
                tracing::debug!(%error, "the card is still failing");
                self.retry = Some(Instant::now() + RETRY_EVERY);
                false
            }
        }
    }

    /// Goes on with a store that was opened again. If it is another log than the one whose numbers
    /// were given out so far, what is unsaved belongs to no log any longer.
    fn take_over(&mut self, opened: Opened) {
        for finding in &opened.report {
            tracing::warn!("{finding}");
        }
        *self
            .shared
            .store
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(opened.store);
        if opened.log != self.log {
            for (_, message) in std::mem::take(&mut self.unsaved).into_values() {
                message.set_stored(Stored::Dropped);
            }
            self.floors.clear();
            self.log = opened.log;
            self.boot = opened.boot;
            (self.setup.listener)(Notice::Renewed {
                log: opened.log,
                boot: opened.boot,
            });
        }
    }
}

/// How often a failing card is tried.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// How often the store hears the time, for retention by age.
const CLOCK_EVERY: Duration = Duration::from_secs(600);
const MIN_PATIENCE: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
