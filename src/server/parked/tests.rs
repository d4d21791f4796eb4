use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::*;
use crate::web::Reply;

const PATIENCE: Duration = Duration::from_secs(10);
const WAIT: &str = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";
const LARGE_BYTES: usize = 16 << 20;

/// Answers with the path at once; `/wait` when it is told to.
struct Desk {
    calls: AtomicUsize,
    waiting: mpsc::UnboundedSender<oneshot::Sender<&'static str>>,
    upgrades: mpsc::UnboundedSender<OnUpgrade>,
}

fn reply(body: impl Into<Bytes>) -> Reply {
    Reply::new(Full::new(body.into()))
}

impl Desk {
    fn answer(&self, request: Request<Incoming>) -> BoxFuture<'static, Answered> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match request.uri().path() {
            "/wait" => {
                let (answer, told) = oneshot::channel();
                self.waiting.send(answer).unwrap();
                async { Ok(reply(told.await.unwrap())) }.boxed()
            }
            "/upgrade" => {
                self.upgrades.send(hyper::upgrade::on(request)).unwrap();
                let mut reply = reply("");
                *reply.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                ready(Ok(reply)).boxed()
            }
            // Answered before its body has come.
            "/large" => {
                tokio::spawn(request.into_body().collect());
                ready(Ok(reply(vec![b'x'; LARGE_BYTES]))).boxed()
            }
            path => ready(Ok(reply(path.to_owned()))).boxed(),
        }
    }
}

struct Rig<C> {
    client: TcpStream,
    served: C,
    desk: Arc<Desk>,
    waiting: mpsc::UnboundedReceiver<oneshot::Sender<&'static str>>,
    upgrades: mpsc::UnboundedReceiver<OnUpgrade>,
}

/// What is looked at from inside.
trait Watched: Conversation + 'static {
    fn is_parked(&self) -> bool;
}

impl<S: Stream, A: Answers<'static>> Watched for Served<'static, S, A> {
    fn is_parked(&self) -> bool {
        matches!(self.stage, Stage::Parked(_))
    }
}

async fn rig() -> Rig<impl Watched> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (stream, _) = listener.accept().await.unwrap();
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).max_buf_size(8 << 10);
    let (told, waiting) = mpsc::unbounded_channel();
    let (switching, upgrades) = mpsc::unbounded_channel();
    let desk = Arc::new(Desk {
        calls: AtomicUsize::new(0),
        waiting: told,
        upgrades: switching,
    });
    let answers = Arc::clone(&desk);
    let answer = move |request| answers.answer(request);
    Rig {
        client: client.unwrap(),
        served: Served::new(Box::leak(Box::new(builder)), stream, answer),
        desk,
        waiting,
        upgrades,
    }
}

impl<C: Watched> Rig<C> {
    async fn write(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.unwrap();
    }

    /// Drives the connection until something holds of it; it must not end before.
    async fn until(&mut self, what: impl Fn(&C, &Desk) -> bool) {
        let Self { served, desk, .. } = self;
        let driven = std::future::poll_fn(|cx| {
            assert!(Pin::new(&mut *served).poll(cx).is_pending(), "it ended");
            if what(served, desk) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        timeout(PATIENCE, driven).await.expect("not in time");
    }

    /// A poll that is parked; how to answer it.
    async fn parked(&mut self) -> oneshot::Sender<&'static str> {
        self.write(WAIT).await;
        self.until(|served, _| served.is_parked()).await;
        self.waiting.recv().await.unwrap()
    }

    /// Drives it until the client has read so much of answers.
    async fn answers(&mut self, bodies: &[&str]) -> Vec<String> {
        let mut answers = Vec::new();
        for body in bodies {
            let (mut answer, end) = (Vec::new(), format!("\r\n\r\n{body}"));
            while !answer.ends_with(end.as_bytes()) {
                let Self { served, client, .. } = self;
                let read = timeout(PATIENCE, async {
                    tokio::select! {
                        biased;
                        byte = client.read_u8() => byte.unwrap(),
                        _ = &mut *served => client.read_u8().await.unwrap(),
                    }
                });
                let text = String::from_utf8_lossy(&answer).into_owned();
                let Ok(byte) = read.await else {
                    panic!("{body} did not come: {text}")
                };
                answer.push(byte);
            }
            answers.push(String::from_utf8(answer).unwrap());
        }
        answers
    }

    async fn ends(&mut self) {
        let ended = timeout(PATIENCE, &mut self.served).await;
        drop(ended.expect("it goes on"));
    }
}

fn without_date(answer: &str) -> String {
    let lines = answer.lines().filter(|line| !line.starts_with("date: "));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_poll_that_waits_is_parked_and_answered_as_any_other() {
    let mut rig = rig().await;
    for _ in 0..3 {
        rig.parked().await.send("/now_").unwrap();
        let late = rig.answers(&["/now_"]).await.remove(0);
        rig.write("GET /now_ HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let at_once = rig.answers(&["/now_"]).await.remove(0);
        assert_eq!(without_date(&late), without_date(&at_once));
        assert!(late.contains("\r\ndate: "), "{late}");
    }
    assert_eq!(rig.desk.calls.load(Ordering::Relaxed), 6);
}

#[tokio::test]
async fn what_comes_meanwhile_is_answered_afterwards_in_order() {
    let mut rig = rig().await;
    let poll = rig.parked().await;
    rig.write("GET /second HTTP/1.1\r\n\r\nGET /third HTTP/1.1\r\n\r\n")
        .await;
    rig.until(|served, _| !served.is_parked()).await;
    assert_eq!(rig.desk.calls.load(Ordering::Relaxed), 1, "one at a time");
    poll.send("first").unwrap();
    rig.answers(&["first", "/second", "/third"]).await;
    rig.parked().await.send("again").unwrap();
    rig.answers(&["again"]).await;
}

#[tokio::test]
async fn what_came_with_the_poll_is_answered_afterwards() {
    let mut rig = rig().await;
    rig.write(&format!("{WAIT}GET /second HTTP/1.1\r\n\r\n"))
        .await;
    rig.until(|_, desk| desk.calls.load(Ordering::Relaxed) == 1)
        .await;
    rig.waiting.recv().await.unwrap().send("first").unwrap();
    rig.answers(&["first", "/second"]).await;
}

#[tokio::test]
async fn an_answer_that_is_still_being_sent_is_not_lost() {
    let mut rig = rig().await;
    let calls = |number| move |_: &_, desk: &Desk| desk.calls.load(Ordering::Relaxed) == number;
    rig.write("POST /large HTTP/1.1\r\nContent-Length: 1\r\n\r\n")
        .await;
    rig.until(calls(1)).await;
    rig.write(&format!("x{WAIT}")).await;
    rig.until(calls(2)).await;
    assert!(!rig.served.is_parked(), "nobody has read the answer");
    let Rig { client, served, .. } = &mut rig;
    let mut waiting = async || {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let mut body = vec![0; LARGE_BYTES];
        client.read_exact(&mut body).await.unwrap();
        assert!(body.iter().all(|byte| *byte == b'x'));
    };
    timeout(PATIENCE, async {
        tokio::select! {
            () = waiting() => {}
            _ = served => panic!("it ended"),
        }
    })
    .await
    .unwrap();
    rig.until(|served, _| served.is_parked()).await;
    rig.waiting.recv().await.unwrap().send("then").unwrap();
    rig.answers(&["then"]).await;
}

#[tokio::test]
async fn a_peer_that_leaves_cancels_its_poll_at_once() {
    for half in [true, false] {
        let mut rig = rig().await;
        let poll = rig.parked().await;
        let Rig {
            mut client,
            mut served,
            ..
        } = rig;
        client.shutdown().await.unwrap();
        let _open = half.then_some(client);
        drop(timeout(PATIENCE, &mut served).await.expect("it goes on"));
        assert!(poll.is_closed(), "the answer was dropped");
    }
}

#[tokio::test]
async fn a_shutdown_lets_the_poll_be_answered_and_ends_the_connection() {
    let mut rig = rig().await;
    let poll = rig.parked().await;
    rig.served.graceful_shutdown();
    assert!(
        timeout(Duration::from_millis(20), &mut rig.served)
            .await
            .is_err()
    );
    poll.send("bye").unwrap();
    rig.ends().await;
    let mut answer = String::new();
    rig.client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("\r\n\r\nbye"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn requests_that_are_more_than_a_poll_stay_with_hyper() {
    for request in [
        "GET /wait HTTP/1.0\r\n\r\n",
        "GET /wait HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /wait HTTP/1.1\r\nContent-Length: 1\r\n\r\n",
        "GET /wait HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HEAD /wait HTTP/1.1\r\n\r\n",
        "POST /wait HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    ] {
        let mut rig = rig().await;
        rig.write(request).await;
        rig.until(|_, desk| desk.calls.load(Ordering::Relaxed) == 1)
            .await;
        assert!(!rig.served.is_parked(), "{request}");
    }
}

#[tokio::test]
async fn a_connection_that_was_parked_can_still_be_upgraded() {
    let mut rig = rig().await;
    rig.parked().await.send("polled").unwrap();
    rig.answers(&["polled"]).await;
    rig.write("GET /upgrade HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nahead")
        .await;
    rig.ends().await;
    let upgraded = rig.upgrades.recv().await.unwrap().await.unwrap();
    let parts = upgraded.downcast::<Line<TcpStream>>().unwrap();
    let (_, ahead) = parts.io.into_inner(parts.read_buf);
    assert_eq!(ahead, "ahead");
}
