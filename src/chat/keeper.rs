//! The keeper: the one task that looks after all rooms, once a second.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Announcement, Chat, RoomList};

/// Runs until cancelled, or until the chat is gone.
pub(super) async fn keep(chat: Weak<Chat>, cancelled: CancellationToken) {
    let mut told = RoomList::default();
    let mut clock = None;
    let mut ticks = interval(ROUND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // The first change of the list is told at once; the next ones wait for the round.
        let Some(changed) = chat.upgrade().map(|chat| chat.shared.clone()) else {
            return;
        };
        let rooms_changed = tokio::select! {
            biased;
            () = cancelled.cancelled() => return,
            _ = ticks.tick() => false,
            () = changed.rooms_changed.notified() => true,
        };
        let Some(chat) = chat.upgrade() else { return };
        if rooms_changed {
            chat.tell_rooms(&mut told).await;
            tokio::select! {
                () = cancelled.cancelled() => return,
                _ = ticks.tick() => {}
            }
        }
        chat.round(&mut clock);
    }
}

impl Chat {
    fn round(&self, clock: &mut Option<bool>) {
        let now = Instant::now();
        for name in self.shared.attention.take() {
            if let Some(room) = self.open_room(&name) {
                room.settle(now);
            }
        }
        self.people.sweep(now);
        self.addresses.sweep();
        self.fade_idle(now);
        self.trim_rings();
        let trusted = self.shared.clock.trusted();
        if clock
            .replace(trusted)
            .is_some_and(|before| before != trusted)
        {
            let storing = self.shared.archive().is_storing();
            self.announce(Announcement::Gateway {
                storing,
                clock: trusted,
            });
        }
    }

    async fn tell_rooms(self: &Arc<Self>, told: &mut RoomList) {
        let chat = Arc::clone(self);
        let Ok(list) = tokio::task::spawn_blocking(move || chat.list()).await else {
            return;
        };
        if list != *told {
            self.announce(Announcement::Rooms(&list));
            *told = list;
        }
    }
}

/// How often rooms are looked after, and how far changes of the list are merged.
const ROUND: Duration = Duration::from_secs(1);
