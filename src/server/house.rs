//! The order in which a gateway ends.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::eio::{self, Engine};

/// What is to be ended, in this order.
pub(super) struct House<H: eio::Handler> {
    /// Ends the accept loops; what follows begins with it.
    pub(super) stop: CancellationToken,
    pub(super) engine: Arc<Engine<H>>,
    /// Asks the connections to end after the request at hand.
    pub(super) drain: CancellationToken,
    /// Ends those that did not.
    pub(super) abort: CancellationToken,
    /// Accept loops, connections, and what keeps the clock and the certificate.
    pub(super) tasks: TaskTracker,
    /// Closes what lies below the doors.
    pub(super) close: BoxFuture<'static, ()>,
}

impl<H: eio::Handler> House<H> {
    /// All of it running, on nothing yet.
    pub(super) fn new(engine: Arc<Engine<H>>, close: BoxFuture<'static, ()>) -> Self {
        Self {
            stop: CancellationToken::new(),
            engine,
            drain: CancellationToken::new(),
            abort: CancellationToken::new(),
            tasks: TaskTracker::new(),
            close,
        }
    }

    /// Waits for the end and then brings it about, within 10 s.
    pub(super) async fn keep(self) {
        self.stop.cancelled().await;
        tracing::info!("shutting down: no more connections are taken");

        // Each client is told to come back, and its session closed.
        if timeout(GOODBYE, self.engine.shutdown()).await.is_err() {
            tracing::warn!("some clients could not be told to come back");
        }

        // Requests that are being answered get their answer.
        self.drain.cancel();
        self.tasks.close();
        if timeout(DRAIN, self.tasks.wait()).await.is_err() {
            self.abort.cancel();
            let _ = timeout(ABORT, self.tasks.wait()).await;
        }

        // Nobody can post any more: what is on the way to the card gets there.
        if timeout(CLOSE, self.close).await.is_err() {
            tracing::error!("the store did not close in time; what was acknowledged is safe");
        }
        tracing::info!("shut down");
    }
}

/// Time for telling the clients to come back.
const GOODBYE: Duration = Duration::from_secs(3);
/// Time for the requests at hand.
const DRAIN: Duration = Duration::from_secs(2);
/// Time for connections to notice that they have ended.
const ABORT: Duration = Duration::from_millis(500);
/// Time for the store. All four together stay below 10 s.
const CLOSE: Duration = Duration::from_secs(4);
