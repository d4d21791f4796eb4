//! The polling transport: what a GET and a POST of a session do (protocol, "HTTP long-polling").

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::timeout;

use super::registry::Registry;
use super::request::{Answer, Refusal, text};
use super::session::Admission;
use super::{CloseReason, Payload, Session};

/// The packets of a POST on their way to the session's driver.
pub(super) struct Post {
    pub(super) packets: Payload,
    pub(super) done: oneshot::Sender<Result<(), Refusal>>,
    /// What the body holds of the inbound ceiling, until it is handled.
    pub(super) _permit: Option<OwnedSemaphorePermit>,
}

/// While an upgrade is under way, a GET waits so long for packets: the client cannot go on until
/// it is answered, but must not spin either.
const PROBED_WAIT: Duration = Duration::from_millis(50);

/// Answers a GET with what is queued, as soon as there is something.
pub(super) async fn get(session: Arc<Session>) -> Answer {
    match session.park() {
        Admission::Granted => {}
        Admission::Overlap => {
            session.close(CloseReason::Malformed);
            return Refusal::Request.answer();
        }
        Admission::Upgraded => return Refusal::Request.answer(),
    }
    let mut parked = Parked {
        session: &session,
        answered: false,
    };
    if session.is_probed() {
        let wait = Box::pin(timeout(PROBED_WAIT, parked.body()));
        if let Ok(body) = wait.await {
            return text(body);
        }
        session.release();
    }
    text(parked.body().await)
}

/// A GET that waits. If it is cancelled, the peer is gone.
struct Parked<'a> {
    session: &'a Session,
    answered: bool,
}

impl Parked<'_> {
    async fn body(&mut self) -> Bytes {
        let body = poll_fn(|cx| self.session.poll_payload(cx)).await;
        self.answered = true;
        body
    }
}

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.session.unpark();
        }
    }
}

/// Hands the packets of a POST to the session's driver; answers when they were handled.
pub(super) async fn post(
    session: Arc<Session>,
    registry: Arc<Registry>,
    limit: Duration,
    body: Incoming,
) -> Answer {
    match session.begin_post() {
        Admission::Granted => {}
        Admission::Overlap => {
            session.close(CloseReason::Malformed);
            return Refusal::Request.answer();
        }
        Admission::Upgraded => return Refusal::Request.answer(),
    }
    let mut posting = Posting {
        session: &session,
        failure: Some(CloseReason::Transport),
    };
    let read = timeout(limit, read(body, &registry))
        .await
        .unwrap_or(Err(Refusal::Timeout));
    let (body, permit) = match read {
        Ok(read) => read,
        Err(refusal) => {
            if refusal == Refusal::TooLarge {
                posting.failure = Some(CloseReason::Malformed);
            }
            return refusal.answer();
        }
    };
    let (done, handled) = oneshot::channel();
    posting.failure = None;
    session.deliver(Post {
        packets: Payload::new(body),
        done,
        _permit: permit,
    });
    match handled.await.unwrap_or(Err(Refusal::Sid)) {
        Ok(()) => text("ok"),
        Err(refusal) => refusal.answer(),
    }
}

/// A POST whose body is being read. If it breaks off, so does the session.
struct Posting<'a> {
    session: &'a Session,
    failure: Option<CloseReason>,
}

impl Drop for Posting<'_> {
    fn drop(&mut self) {
        if let Some(reason) = self.failure {
            self.session.abort_post(reason);
        }
    }
}

/// Reads a body of at most `maxPayload` bytes, within the ceiling that all sessions share.
async fn read(
    mut body: Incoming,
    registry: &Registry,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
    let limit = registry.limits.packet_bytes;
    if body.size_hint().lower() > limit as u64 {
        return Err(Refusal::TooLarge);
    }
    let mut permit: Option<OwnedSemaphorePermit> = None;
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refusal::Request)?.into_data() else {
            continue;
        };
        if first.len().max(joined.len()) + data.len() > limit {
            return Err(Refusal::TooLarge);
        }
        let bytes = u32::try_from(data.len()).map_err(|_| Refusal::TooLarge)?;
        let inbound = Arc::clone(&registry.inbound);
        let more = inbound
            .acquire_many_owned(bytes)
            .await
            .map_err(|_| Refusal::Request)?;
        match &mut permit {
            Some(permit) => permit.merge(more),
            None => permit = Some(more),
        }
        if first.is_empty() && joined.is_empty() {
            first = data;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut first));
            joined.extend_from_slice(&data);
        }
    }
    let body = if joined.is_empty() {
        first
    } else {
        joined.freeze()
    };
    Ok((body, permit))
}
