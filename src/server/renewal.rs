//! Other settings for a gateway that runs, without a connection dropped.

use std::sync::{Arc, Mutex, PoisonError};

use super::identity::Own;
use crate::config::{Config, Problems, Renewed};
use crate::tls::Tls;
use crate::web::Guide;

/// Everybody who is to hear of other settings.
pub(super) struct Renewal {
    /// The settings in force.
    pub(super) config: Mutex<Config>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) identity: Arc<Own>,
    pub(super) guide: Arc<Guide>,
    pub(super) chat: Arc<dyn Fn(&Config) + Send + Sync>,
}

impl Renewal {
    /// Goes on with what may change now; the log tells what that was, and what waits for a restart.
    ///
    /// A certificate is looked at first: if it is of no use, the old one stays, and the settings of
    /// TLS with it. Settings that do not go together change nothing. Blocks for a few files.
    pub(super) fn renew(&self, wanted: &Config) -> Result<Config, Problems> {
        let mut now = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let Renewed {
            mut config,
            mut changed,
            waiting,
        } = now.renewed(wanted)?;
        match self.tls.as_ref().map(|tls| (tls, tls.renew(&config.tls))) {
            Some((tls, Ok(true))) => {
                tracing::info!(names = %tls.names(), "another certificate is shown");
            }
            Some((_, Err(error))) => {
                tracing::warn!("the certificate stays as it is: {error:#}");
                config.tls.clone_from(&now.tls);
                changed.retain(|key| !key.starts_with("tls."));
            }
            Some((_, Ok(false))) | None => {}
        }
        self.identity.renew(&config.tls.names);
        self.guide.rename(&config.title);
        (self.chat)(&config);
        if !changed.is_empty() {
            tracing::info!("these settings have changed: {}", changed.join(", "));
        }
        if !waiting.is_empty() {
            tracing::warn!("these settings wait for a restart: {}", waiting.join(", "));
        }
        now.clone_from(&config);
        Ok(config)
    }
}
