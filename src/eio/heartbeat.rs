//! The heartbeat of one session: one precise timer (protocol, "Heartbeat").

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use crate::config;

/// Says when to ping and when the peer counts as gone. The timer is set twice per interval, not
/// per message: a pong only notes when the next ping is due.
#[derive(Debug)]
pub(super) struct Heart<'a> {
    sleep: Pin<&'a mut Sleep>,
    interval: Duration,
    timeout: Duration,
    /// When the next ping is due, unless a pong is awaited.
    due: Instant,
    waiting: bool,
}

/// What the clock wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Send a ping.
    Ping,
    /// No pong came in time.
    Missed,
}

impl<'a> Heart<'a> {
    /// Begins to beat, for a session that was opened at that time.
    pub(super) fn new(
        mut sleep: Pin<&'a mut Sleep>,
        clocks: &config::Engine,
        opened: Instant,
    ) -> Self {
        let due = opened + clocks.ping_interval();
        sleep.as_mut().reset(due);
        let (interval, timeout) = (clocks.ping_interval(), clocks.ping_timeout());
        Self {
            sleep,
            interval,
            timeout,
            due,
            waiting: false,
        }
    }

    /// What is due now, if anything. To be asked until it says `None`, then it wakes the task.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Option<Beat> {
        loop {
            if self.sleep.as_mut().poll(cx).is_pending() {
                return None;
            }
            let now = self.sleep.deadline();
            if self.waiting {
                // Should the caller be lenient, the peer has as much time again.
                self.sleep.as_mut().reset(Instant::now() + self.timeout);
                return Some(Beat::Missed);
            }
            if self.due <= now {
                self.waiting = true;
                self.sleep.as_mut().reset(now + self.timeout);
                return Some(Beat::Ping);
            }
            self.sleep.as_mut().reset(self.due);
        }
    }

    /// When the peer counts as gone, unless a pong comes first.
    pub(super) fn deadline(&self) -> Instant {
        self.due + self.timeout
    }

    /// A pong came.
    pub(super) fn pong(&mut self) {
        self.waiting = false;
        self.due = Instant::now() + self.interval;
        if self.due < self.sleep.deadline() {
            self.sleep.as_mut().reset(self.due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    fn clocks(interval: u64, timeout: u64) -> config::Engine {
        config::Engine {
            ping_interval_ms: interval,
            ping_timeout_ms: timeout,
            ..config::Engine::default()
        }
    }

    async fn beat(heart: &mut Heart<'_>) -> Beat {
        poll_fn(|cx| heart.poll(cx).map_or(Poll::Pending, Poll::Ready)).await
    }

    fn elapsed(start: Instant, ms: u64) {
        assert_eq!(start.elapsed().as_millis(), u128::from(ms));
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_missed_after_interval_and_timeout() {
        let start = Instant::now();
        let sleep = pin!(tokio::time::sleep(Duration::ZERO));
        let mut heart = Heart::new(sleep, &clocks(300, 200), start);
        assert_eq!(beat(&mut heart).await, Beat::Ping);
        elapsed(start, 300);
        assert_eq!(beat(&mut heart).await, Beat::Missed);
        elapsed(start, 500);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_ping_is_due_an_interval_after_the_pong() {
        for (interval, timeout) in [(300, 200), (100, 400)] {
            let start = Instant::now();
            let sleep = pin!(tokio::time::sleep(Duration::ZERO));
            let mut heart = Heart::new(sleep, &clocks(interval, timeout), start);
            assert_eq!(beat(&mut heart).await, Beat::Ping);
            tokio::time::advance(Duration::from_millis(50)).await;
            heart.pong();
            assert_eq!(beat(&mut heart).await, Beat::Ping);
            elapsed(start, interval + 50 + interval);
        }
    }
}
