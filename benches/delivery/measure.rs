//! The two measurements: memory of idle connections, CPU of deliveries.

use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use crate::client::{self, Counts};
use crate::machine;
use crate::server::Server;
use crate::websocket::Sender;

/// A kind of idle connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    WebSocket,
    Tls,
    Polling,
}

impl Idle {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Tls => "tls",
            Self::Polling => "polling",
        }
    }
}

/// What an idle connection costs the server.
pub(crate) struct Memory {
    pub(crate) rss_kb: f64,
    pub(crate) pss_kb: f64,
}

/// Opens that many connections and looks at the server before and after.
pub(crate) async fn idle(server: &Server, idle: Idle, connections: usize) -> Result<Memory> {
    let counts = Rc::new(Counts::default());
    // The first ones allocate what the server keeps for all.
    for _ in 0..WARM_UP {
        open(server, idle, &counts).await?;
    }
    sleep(SETTLE).await;
    let (rss, pss) = machine::memory(server.pid)?;
    for _ in 0..connections {
        open(server, idle, &counts).await?;
    }
    sleep(SETTLE).await;
    counts.until(|_| true).await?;
    let (rss_after, pss_after) = machine::memory(server.pid)?;
    let each = |before, after| (after - before) / connections as f64;
    Ok(Memory {
        rss_kb: each(rss, rss_after),
        pss_kb: each(pss, pss_after),
    })
}

async fn open(server: &Server, idle: Idle, counts: &Rc<Counts>) -> Result<()> {
    match idle {
        Idle::WebSocket | Idle::Tls => client::websocket(server, counts).await.map(drop),
        Idle::Polling => client::polling(server, counts).await,
    }
}

/// What is delivered.
pub(crate) struct Delivery {
    /// Members of the room; the first one also posts.
    pub(crate) receivers: usize,
    /// Messages under way at a time.
    pub(crate) window: usize,
    /// Messages in all.
    pub(crate) messages: usize,
}

impl Delivery {
    /// Windows in all.
    pub(crate) fn rounds(&self) -> usize {
        self.messages.div_ceil(self.window)
    }
}

/// What a delivery costs the server.
pub(crate) struct Cost {
    pub(crate) micros: f64,
    pub(crate) deliveries: u64,
    /// Bytes of one delivered frame, with its header.
    pub(crate) bytes_each: u64,
    pub(crate) presence_joining: u64,
    pub(crate) presence_running: u64,
}

/// Fills a room and posts to it, window after window.
pub(crate) async fn delivery(server: &Server, plan: &Delivery) -> Result<Cost> {
    let counts = Rc::new(Counts::default());
    let mut members = Vec::new();
    for number in 1..=plan.receivers as u64 {
        let member = client::websocket(server, &counts).await?;
        member.send(br#"420["join",{"room":"bench"}]"#).await?;
        counts.until(|counts| counts.acks.get() >= number).await?;
        members.push(member);
    }
    quiet(&counts).await?;
    let presence_joining = counts.others.get();
    post(&members[0], plan, WARM_UP, &counts).await?;

    let (messages, bytes) = (counts.messages.get(), counts.message_bytes.get());
    let before = machine::cpu(server.pid)?;
    post(&members[0], plan, plan.rounds(), &counts).await?;
    let spent = machine::cpu(server.pid)? - before;
    let deliveries = counts.messages.get() - messages;
    Ok(Cost {
        micros: spent / deliveries as f64,
        deliveries,
        bytes_each: (counts.message_bytes.get() - bytes) / deliveries,
        presence_joining,
        presence_running: counts.others.get() - presence_joining,
    })
}

/// Posts windows one after the other; returns when everybody has everything.
async fn post(sender: &Sender, plan: &Delivery, rounds: usize, counts: &Counts) -> Result<()> {
    let text = "x".repeat(TEXT_BYTES);
    let packet = format!(r#"421["message",{{"room":"bench","text":"{text}"}}]"#);
    let window = vec![packet.as_bytes(); plan.window];
    let (delivered, acked) = (counts.messages.get(), counts.acks.get());
    let receivers = plan.receivers as u64;
    for round in 1..=rounds as u64 {
        sender.send_all(&window).await?;
        let posted = round * plan.window as u64;
        counts
            .until(|counts| counts.messages.get() >= delivered + posted * receivers)
            .await?;
    }
    let posted = rounds as u64 * plan.window as u64;
    counts
        .until(|counts| counts.acks.get() >= acked + posted)
        .await
}

/// Waits until nothing has come for a while: presence is merged once a second.
async fn quiet(counts: &Counts) -> Result<()> {
    loop {
        let before = counts.others.get();
        sleep(SETTLE).await;
        counts.until(|_| true).await?;
        if counts.others.get() == before {
            return Ok(());
        }
    }
}

const TEXT_BYTES: usize = 100;
const WARM_UP: usize = 50;
const SETTLE: Duration = Duration::from_secs(3);
