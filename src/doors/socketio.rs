//! The Socket.IO application on the namespace `/`: who comes in, and which vocabulary an event is
//! of. A client may speak either; a member is told things in the one by which it entered its room.

use std::sync::Arc;

use serde_json::value::{RawValue, to_raw_value};

use crate::chat::{Chat, Frame, Outlet, Refusal, Visit, Weight};
use crate::eio::{CloseReason, Flow, Kind};
use crate::network::Network;
use crate::sio::{App, DisconnectReason, Encoded, Event, Refusal as ConnectError, Socket};

use super::words::{Auth, ErrorBody};
use super::{native, noom};

/// The application.
pub struct SocketIo {
    chat: Arc<Chat>,
    /// The id of the page that is served beside it.
    page: Option<&'static str>,
}

impl SocketIo {
    /// An application that opens on a chat. `page` is the id of the page that is served beside it.
    pub fn new(chat: Arc<Chat>, page: Option<&'static str>) -> Self {
        Self { chat, page }
    }

    fn enter(&self, socket: &Socket, auth: Option<&RawValue>) -> Result<Arc<Visit>, Refusal> {
        let auth: Auth = match auth {
            Some(auth) => serde_json::from_str(auth.get()).map_err(|error| {
                Refusal::BadRequest(format!("the `auth` of the handshake: {error}"))
            })?,
            None => Auth::default(),
        };
        let network = Network::from(socket.session().peer().address);
        self.chat.admit(network, auth.code.as_deref())?;
        let outlet = Arc::new(SocketOutlet(socket.clone()));
        let (token, name) = (auth.token.as_deref(), auth.name.as_deref());
        let visit = self
            .chat
            .enter(token, name, network, &native::NATIVE, outlet)?;
        // Fractions and years before 1970 are no clock's.
        if let Some(ms) = auth.now.and_then(|now| now.as_u64()) {
            visit.hear_time(ms);
        }
        Ok(Arc::new(visit))
    }
}

impl App for SocketIo {
    type Data = Arc<Visit>;

    fn connect(
        &self,
        socket: &Socket,
        auth: Option<&RawValue>,
    ) -> Result<Arc<Visit>, ConnectError> {
        if socket.namespace() != "/" {
            return Err(ConnectError::unknown_namespace());
        }
        self.enter(socket, auth).map_err(|refusal| ConnectError {
            data: to_raw_value(&ErrorBody::from(&refusal)).ok(),
            message: refusal.to_string().into(),
        })
    }

    fn connected(&self, socket: &Socket, visit: &Arc<Arc<Visit>>) {
        native::hello(socket, visit, self.page);
    }

    fn event(&self, socket: &Socket, visit: &Arc<Arc<Visit>>, event: Event) -> Flow {
        match event.name.as_str() {
            "enter_room" | "nickname" | "new_message" => noom::event(socket, visit, event),
            _ => native::event(visit, event),
        }
    }

    fn disconnect(&self, _: &Socket, visit: &Arc<Arc<Visit>>, _: DisconnectReason) {
        visit.end();
    }
}

/// The way to a Socket.IO client.
struct SocketOutlet(Socket);

impl Outlet for SocketOutlet {
    fn deliver(&self, frame: &Frame, weight: Weight) {
        let Some(encoded) = frame.get::<Encoded>() else {
            return;
        };
        let kind = match weight {
            Weight::Message => Kind::Normal,
            Weight::Passing => Kind::Volatile,
        };
        self.0.emit_encoded(encoded, kind);
    }

    fn recall(&self) {
        // After a Socket.IO DISCONNECT the official client never returns: close what carries it.
        self.0.session().close(CloseReason::Shutdown);
    }
}
