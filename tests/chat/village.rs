//! A chat of a test's own, and residents who remember what they heard.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use madang::chat::visit::Welcome;
use madang::chat::{
    Announcement, Chat, Draft, Event, Frame, JoinRequest, Outlet, Refusal, RoomName, Scene, Visit,
    Vocabulary, Weight, archive::Receipt, page::Page,
};
use madang::clock::Clock;
use madang::config::Config;
use madang::folder::Folder;
use madang::network::Network;
use madang::store::Bound;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::tree::copy;

/// A chat with its folder.
pub(crate) struct Village {
    pub(crate) chat: Arc<Chat>,
    pub(crate) config: Config,
    folder: TempDir,
}

/// A person with one session, and what it heard.
pub(crate) struct Resident {
    pub(crate) visit: Arc<Visit>,
    pub(crate) ear: Arc<Ear>,
}

/// Remembers what it heard.
#[derive(Default)]
pub(crate) struct Ear {
    heard: Mutex<Vec<String>>,
    pub(crate) recalled: AtomicBool,
    /// The visit that ends, at once, when it is recalled.
    pub(crate) ends: OnceLock<Weak<Visit>>,
}

/// A joiner's answer, without what a test does not ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entered {
    pub(crate) seqs: Vec<u64>,
    pub(crate) texts: Vec<String>,
    pub(crate) count: usize,
    pub(crate) next: u64,
    pub(crate) more: bool,
    pub(crate) gap: bool,
    pub(crate) reset: bool,
}

pub(crate) static PLAIN: Vocabulary = Vocabulary {
    slot: 0,
    event,
    announcement,
    hears_itself: true,
    returns: true,
};

#[expect(clippy::unnecessary_wraps, reason = "the shape that a vocabulary has")]
fn event(scene: Scene<'_>, event: Event<'_>) -> Option<Frame> {
    let count = scene.count;
    Some(Frame::new(match event {
        Event::Message { message, text, .. } => {
            format!("message {} {}", message.seq, text.unwrap_or("-"))
        }
        Event::Joined(person) => format!("joined {} {count}", person.name),
        Event::Left(person) => format!("left {} {count}", person.name),
        Event::Presence => format!("presence {count}"),
        Event::Renamed(person) => format!("renamed {}", person.name),
        Event::Typing(person, on) => format!("typing {} {on}", person.name),
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that a vocabulary has")]
fn announcement(announcement: Announcement<'_>) -> Option<Frame> {
    Some(Frame::new(match announcement {
        Announcement::Rooms { list, .. } => {
            let rooms = list
                .rooms
                .iter()
                .map(|room| format!("{}:{}", room.name, room.count));
            format!("rooms {}", rooms.collect::<Vec<_>>().join(","))
        }
        Announcement::Gateway { storing, .. } => format!("storing {storing}"),
        Announcement::Notice { notice, over } => format!("notice {} {over}", notice.text),
    }))
}

impl Outlet for Ear {
    fn deliver(&self, frame: &Frame, _: Weight) {
        self.heard
            .lock()
            .unwrap()
            .push(frame.get::<String>().unwrap().clone());
    }

    fn recall(&self) {
        if let Some(visit) = self.ends.get().and_then(Weak::upgrade) {
            visit.end();
        }
        self.recalled.store(true, Ordering::SeqCst);
    }
}

impl Ear {
    /// All that was heard that begins so.
    pub(crate) fn heard(&self, prefix: &str) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|line| line.starts_with(prefix))
            .cloned()
            .collect()
    }

    /// The numbers of the messages heard.
    pub(crate) fn seqs(&self) -> Vec<u64> {
        let number = |line: &String| line.split(' ').nth(1).unwrap().parse().unwrap();
        self.heard("message").iter().map(number).collect()
    }
}

impl Village {
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    /// With some settings changed. Rates are out of the way unless a test sets them.
    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.limits.messages_per_second = 1_000_000;
        config.limits.message_burst = 1_000_000;
        config.history.group_ms = 1;
        change(&mut config);
        Self::start(folder, config)
    }

    /// Closes the chat and opens it again on the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.chat.close().await;
        let Self {
            chat,
            config,
            folder,
        } = self;
        drop(chat);
        Self::start(folder, config)
    }

    /// Opens a second chat on what the disk has at this moment, as if the first had been killed.
    pub(crate) fn killed(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        Self::start(folder, self.config.clone())
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn start(folder: TempDir, config: Config) -> Self {
        let clock = Arc::new(Clock::open(&Folder::open(folder.path()).unwrap()));
        let history = folder.path().join("history");
        let chat = Chat::start(Arc::new(config.clone()), clock, Arc::default(), &history).unwrap();
        Self {
            chat,
            config,
            folder,
        }
    }

    pub(crate) fn resident(&self, name: &str) -> Resident {
        self.returning(None, name)
    }

    pub(crate) fn returning(&self, token: Option<&str>, name: &str) -> Resident {
        let ear = Arc::new(Ear::default());
        let network = Network::from(std::net::IpAddr::from([192, 168, 0, 1]));
        let visit = self
            .chat
            .enter(token, Some(name), network, &PLAIN, ear.clone())
            .unwrap();
        Resident {
            visit: Arc::new(visit),
            ear,
        }
    }
}

impl Resident {
    /// Posts and waits for the acknowledgement.
    pub(crate) async fn post(&self, room: &str, id: &str, text: &str) -> Result<Receipt, Refusal> {
        self.begin(room, id, text)
            .await
            .await
            .expect("every waiter is called")
    }

    /// Posts without waiting for the acknowledgement.
    pub(crate) async fn begin(
        &self,
        room: &str,
        id: &str,
        text: &str,
    ) -> oneshot::Receiver<Result<Receipt, Refusal>> {
        let (tell, told) = oneshot::channel();
        let draft = Draft::new(Some(id), Some(text.to_owned()), None, None, 4_000).unwrap();
        let waiter = Box::new(move |receipt| drop(tell.send(receipt)));
        if let Some(later) = self.visit.post(name(room), None, draft, waiter) {
            later.await;
        }
        told
    }

    pub(crate) async fn say(&self, room: &str, text: &str) -> u64 {
        self.post(room, text, text).await.unwrap().seq
    }

    pub(crate) async fn join(&self, room: &str) -> Entered {
        self.join_since(room, None, None).await.unwrap()
    }

    pub(crate) async fn join_since(
        &self,
        room: &str,
        since: Option<u64>,
        log: Option<String>,
    ) -> Result<Entered, Refusal> {
        let (tell, told) = oneshot::channel();
        let request = JoinRequest {
            room: name(room),
            key: None,
            since,
            log,
            limit: None,
        };
        let later = self.visit.join(request, &PLAIN, move |welcome| {
            drop(tell.send(welcome.map(entered)));
        });
        if let Some(later) = later {
            later.await;
        }
        told.await.expect("every join is answered")
    }

    /// The texts of a page.
    pub(crate) async fn history(&self, room: &str, bound: Bound) -> (Vec<String>, bool) {
        let (tell, told) = oneshot::channel();
        let later = self
            .visit
            .history(name(room), None, bound, None, move |page| {
                drop(tell.send(page));
            });
        if let Some(later) = later {
            later.await;
        }
        let page = told.await.unwrap().unwrap();
        (texts(&page), page.more)
    }

    /// Everything after a cursor, page by page.
    pub(crate) async fn history_after(&self, room: &str, mut after: u64) -> Vec<u64> {
        let mut seqs = Vec::new();
        loop {
            let (tell, told) = oneshot::channel();
            let bound = Bound::After(after);
            let reply = move |page| drop(tell.send(page));
            if let Some(later) = self.visit.history(name(room), None, bound, None, reply) {
                later.await;
            }
            let page = told.await.unwrap().unwrap();
            seqs.extend(page.messages.iter().map(|(seq, _)| *seq));
            after = page.last().unwrap_or(after);
            if !page.more {
                return seqs;
            }
        }
    }
}

/// Waits for something that has to happen.
pub(crate) async fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("this did not happen: {what}");
}

fn entered(welcome: Welcome) -> Entered {
    let Welcome { joined, reset } = welcome;
    Entered {
        seqs: joined.page.messages.iter().map(|(seq, _)| *seq).collect(),
        texts: texts(&joined.page),
        count: joined.count,
        next: joined.next,
        more: joined.page.more,
        gap: joined.gap,
        reset,
    }
}

fn texts(page: &Page) -> Vec<String> {
    let text = |json: &madang::chat::message::Json| {
        let value: serde_json::Value = serde_json::from_str(json.get()).unwrap();
        value["text"].as_str().unwrap().to_owned()
    };
    page.bodies().map(text).collect()
}

pub(crate) fn name(room: &str) -> RoomName {
    RoomName::parse(room, 64).unwrap()
}
