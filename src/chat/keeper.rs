//! The keeper: the one task that looks after all rooms, once a second.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Announcement, Chat, RoomList};

/// Runs until cancelled, or until the chat is gone.
pub(super) async fn keep(chat: Weak<Chat>, cancelled: CancellationToken) {
    let mut told = RoomList::default();
    let mut clock = None;
    // The first change of the list is told at once; the next ones are merged for a while, and longer
    // if only something was said.
    let (mut due, mut again) = (None::<Instant>, Instant::now());
    let mut ticks = interval(ROUND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let Some(shared) = chat.upgrade().map(|chat| Arc::clone(&chat.shared)) else {
            return;
        };
        let is_due = tokio::select! {
            biased;
            () = cancelled.cancelled() => return,
            () = sleep_until(due.unwrap_or(again)), if due.is_some() => true,
            () = shared.rooms_changed.notified(), if due.is_none_or(|due| due > again) => {
                due = Some(again);
                continue;
            }
            () = shared.lines_changed.notified(), if due.is_none() => {
                due = Some(again + LINES);
                continue;
            }
            _ = ticks.tick() => false,
        };
        let Some(chat) = chat.upgrade() else { return };
        if is_due {
            due = None;
            again = Instant::now() + chat.tell_rooms(&mut told).await;
        } else {
            chat.round(&mut clock);
        }
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
        let before = clock.replace(trusted);
        if before.is_some_and(|before| before != trusted) {
            self.tell_state(self.shared.archive().is_storing());
        }
    }

    /// Tells everybody the list of rooms, if it is another one than before; how long to wait until
    /// the next time.
    async fn tell_rooms(self: &Arc<Self>, told: &mut RoomList) -> Duration {
        let chat = Arc::clone(self);
        let Ok(list) = tokio::task::spawn_blocking(move || chat.list()).await else {
            return ROUND;
        };
        if list == *told {
            return ROUND;
        }
        let before = &*told;
        self.announce(Announcement::Rooms {
            list: &list,
            before,
        });
        let pause = pause_after(list.bytes, self.visits().len());
        *told = list;
        pause
    }
}

/// How long a list of so many bytes, told to so many, has to last.
fn pause_after(bytes: usize, listeners: usize) -> Duration {
    let bytes = bytes * listeners;
    ROUND.max(Duration::from_millis((bytes / LIST_BYTES_PER_MS) as u64))
}

/// How often rooms are looked after; changes of the list are merged for at least as long.
const ROUND: Duration = Duration::from_secs(1);
/// How much longer they are merged where nobody came or went: who is in a room has its messages
/// already, and a list for each of them would be most of what goes over the air.
const LINES: Duration = Duration::from_secs(4);
/// What may be spent on telling the list, all listeners together: 256 KB a second. The air is for
/// messages; a thousand listeners hear a list of 64 KiB once in four minutes. Whoever wants it sooner
/// asks for it.
const LIST_BYTES_PER_MS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_may_be_told_every_second_and_a_crowd_waits_longer_for_a_long_one() {
        assert_eq!(pause_after(5 * 300, 40), ROUND);
        assert_eq!(pause_after(64 << 10, 1_000), Duration::from_secs(256));
    }
}
