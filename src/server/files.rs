//! The process's bound on open files: every socket is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::sockets::ceiling;
use crate::config::Limits;

/// Files beside the sockets: the store, the listeners, the log, the runtime's own.
const OTHERS: u64 = 64;

/// Raises the soft bound to the hard one, as far as needed, and says so if that is too little.
/// Shells usually start programs with 1,024, which would be 900 phones.
pub(super) fn raise(limits: &Limits) {
    let needed = (ceiling(limits.sessions) + limits.sessions) as u64 + OTHERS;
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= needed) {
        return;
    }
    let current = now.maximum.map_or(needed, |most| most.min(needed));
    let wanted = Rlimit {
        current: Some(current),
        maximum: now.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the bound on open files cannot be raised");
    } else if current < needed {
        tracing::warn!(
            current,
            needed,
            "too few open files are allowed for limits.sessions: raise the bound (ulimit -Hn)"
        );
    }
}
