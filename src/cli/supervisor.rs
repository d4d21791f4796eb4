//! What the supervisor hears (`sd_notify`): that the gateway is there, that it lives, that it reads
//! its settings anew, that it ends. Without a supervisor nobody is told.

use std::time::Duration;

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::server::Vitals;

/// The gateway starts: asks for time again and again, until it is aborted. After a power cut a large
/// history on a slow card is looked through for minutes, and to begin anew would not make it faster.
pub(super) fn starting() -> JoinHandle<()> {
    let more = u32::try_from(MORE.as_micros()).unwrap_or(u32::MAX);
    let ask = move || tell(&[NotifyState::ExtendTimeoutUsec(more)]);
    ask();
    tokio::spawn(async move {
        let mut ticks = interval(MORE / 3);
        for _ in 0..MOST {
            ticks.tick().await;
            ask();
        }
    })
}

/// The gateway serves.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The gateway looks at its settings again; [`ready`] ends it.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The gateway ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("going down")]);
}

/// Says how the gateway fares, and gives the sign of life that the supervisor waits for: as long
/// as the runtime turns, the locks that all share are let go, and the archive gets on.
pub(super) async fn attend(vitals: impl Fn() -> Vitals) {
    let limit = watchdog_enabled();
    let mut ticks = interval(limit.map_or(STATUS_EVERY, |limit| (limit / 3).min(STATUS_EVERY)));
    let (mut told, mut lived) = (String::new(), true);
    loop {
        ticks.tick().await;
        let vitals = vitals();
        if vitals.working && limit.is_some() {
            tell(&[NotifyState::Watchdog]);
        }
        if lived && !vitals.working {
            tracing::error!("the archive hangs: the supervisor gets no more signs of life");
        }
        lived = vitals.working;
        let status = status(&vitals);
        if status != told {
            tell(&[NotifyState::Status(&status)]);
            told = status;
        }
    }
}

/// One line for `systemctl status`.
fn status(vitals: &Vitals) -> String {
    let card = match vitals {
        Vitals { working: false, .. } => "the archive hangs",
        Vitals { storing: false, .. } => "the card takes nothing",
        _ => "all is on the card",
    };
    let (visits, rooms) = (vitals.visits, vitals.rooms_stored);
    format!("{visits} visits, {rooms} rooms with a history; {card}")
}

/// A supervisor that cannot be told is no reason to end.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = notify(states) {
        tracing::debug!(%error, "the supervisor cannot be told");
    }
}

/// For so long it is given time at once …
const MORE: Duration = Duration::from_secs(60);
/// … and so often, every third of that: an hour in all. What takes longer does not end.
const MOST: u32 = 180;

const STATUS_EVERY: Duration = Duration::from_secs(10);
