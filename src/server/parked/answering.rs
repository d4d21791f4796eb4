//! What answers hyper's requests, such that an answer can be taken from one hyper and given to the
//! next. When that happens is not decided here.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, UPGRADE};
use hyper::service::Service;
use hyper::{Method, Request, Version};

use crate::web::Reply;

/// What a service gives hyper.
pub(in crate::server) type Answered = Result<Reply, Infallible>;

/// How requests are answered. Boxed: an answer moves from one hyper to the next.
pub(in crate::server) trait Answers<'a>:
    Fn(Request<Incoming>) -> BoxFuture<'a, Answered> + Clone + Unpin + Send + 'a
{
}

impl<'a, A> Answers<'a> for A where
    A: Fn(Request<Incoming>) -> BoxFuture<'a, Answered> + Clone + Unpin + Send + 'a
{
}

/// The service of one hyper.
pub(super) struct Answering<'a, A> {
    pub(super) answer: A,
    pub(super) slot: Slot<'a>,
}

impl<'a, A> Service<Request<Incoming>> for Answering<'a, A>
where
    A: Answers<'a>,
{
    type Response = Reply;
    type Error = Infallible;
    type Future = Waiting<'a>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        // A request that finds an answer waiting is the one that stands for its own.
        if self.slot.lock().is_none() {
            let may_park = may_park(&request);
            let answer = (self.answer)(request);
            *self.slot.lock() = Some(Held { answer, may_park });
        }
        Waiting(self.slot.clone())
    }
}

/// Whether [`POLL`](super::POLL) stands for the request: what hyper notes of a head is the same for both.
fn may_park(request: &Request<Incoming>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && request.body().is_end_stream()
        && !headers.contains_key(UPGRADE)
        && headers
            .get_all(CONNECTION)
            .into_iter()
            .all(|value| value.as_bytes().eq_ignore_ascii_case(b"keep-alive"))
}

/// The answer that a request waits for, where it can be taken from hyper without being dropped.
#[derive(Clone)]
pub(super) struct Slot<'a>(Arc<Mutex<Option<Held<'a>>>>);

struct Held<'a> {
    answer: BoxFuture<'a, Answered>,
    /// Once a request: when its peer sends more meanwhile, hyper keeps that.
    may_park: bool,
}

impl<'a> Slot<'a> {
    /// Empty, or with an answer whose request has been parked before.
    pub(super) fn new(answer: Option<BoxFuture<'a, Answered>>) -> Self {
        let held = answer.map(|answer| Held {
            answer,
            may_park: false,
        });
        Self(Arc::new(Mutex::new(held)))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held<'a>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, if it is waited for and was not parked yet.
    pub(super) fn take_parkable(&self) -> Option<BoxFuture<'a, Answered>> {
        let held = self.lock().take_if(|held| held.may_park);
        held.map(|held| held.answer)
    }
}

/// Waits for the answer in the slot. If hyper drops it, the answer goes too.
pub(super) struct Waiting<'a>(Slot<'a>);

impl Future for Waiting<'_> {
    type Output = Answered;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Not polled under the lock.
        let held = self.0.lock().take();
        let Some(mut held) = held else {
            return Poll::Pending;
        };
        let polled = held.answer.poll_unpin(cx);
        if polled.is_pending() {
            *self.0.lock() = Some(held);
        }
        polled
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let held = self.0.lock().take();
        drop(held);
    }
}
