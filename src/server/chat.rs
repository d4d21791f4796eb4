//! What is behind the doors: the chat, with its archive and its store.

use std::sync::Arc;

use anyhow::Context as _;

use super::{Ground, Served};
use crate::beacon::Notice;
use crate::chat::Chat;
use crate::doors::SocketIo;
use crate::eio;
use crate::sio::Io;
use crate::web::page;

/// Takes what everybody should know of the board.
pub(super) type Notify = Box<dyn Fn(Vec<Notice>) + Send>;

/// Opens the chat on the data folder.
pub(super) fn serve(ground: &Ground) -> anyhow::Result<(Served<Io<SocketIo>>, Notify)> {
    let config = Arc::new(ground.config.clone());
    let folder = ground.folder.path();
    let (clock, metrics) = (Arc::clone(&ground.clock), Arc::clone(&ground.metrics));
    let chat = Chat::start(Arc::clone(&config), clock, metrics, folder)
        .with_context(|| format!("the history in {}", folder.display()))?;
    let settings = eio::Settings {
        engine: config.engine.clone(),
        limits: config.limits.clone(),
    };
    let handler = Io::new(&settings, SocketIo::new(Arc::clone(&chat), page::id()));
    let (asked, told, renewed) = (Arc::clone(&chat), Arc::clone(&chat), Arc::clone(&chat));
    let served = Served {
        handler,
        vitals: Arc::new(move || asked.vitals()),
        renew: Arc::new(move |config| renewed.renew(config.clone())),
        close: Box::pin(async move { chat.close().await }),
    };
    Ok((served, Box::new(move |notices| told.notify(notices))))
}
