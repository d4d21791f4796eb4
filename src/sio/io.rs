//! One [`Io`] a listener path: the upper end of `eio`, which hands it the messages of all
//! sessions.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::conn::{Conn, Core};
use super::partial::Allowance;
use crate::eio::{CloseReason, Flow, Handler, Message, Session, Settings};

/// Socket.IO for an application, to be given to an [`Engine`](crate::eio::Engine).
pub struct Io<A: App> {
    core: Arc<Core<A>>,
}

impl<A: App> Io<A> {
    /// Of the settings it takes the connect timeout and the limits on packets.
    pub fn new(settings: &Settings, app: A) -> Self {
        let allowance = Allowance::new(&settings.limits);
        let connect_timeout = Duration::from_millis(settings.engine.connect_timeout_ms);
        Self {
            core: Arc::new(Core {
                app,
                limits: settings.limits.clone(),
                allowance,
                connect_timeout,
            }),
        }
    }

    /// The application.
    pub fn app(&self) -> &A {
        &self.core.app
    }
}

impl<A: App> Handler for Io<A> {
    type Conn = Conn<A>;

    fn open(&self, session: &Arc<Session>) -> Conn<A> {
        Conn::new(&self.core, session)
    }

    fn message(&self, conn: &Arc<Conn<A>>, message: Message) -> Flow {
        conn.message(message)
    }

    fn close(&self, conn: &Arc<Conn<A>>, reason: CloseReason) {
        conn.close(reason);
    }
}
