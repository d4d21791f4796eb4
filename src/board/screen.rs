//! What a screen at the box shows: how to come in, what is wrong, how many are there.
//!
//! English only, and ASCII but for the QR codes: the console's letters know no Hangul.

use std::io::{self, Write};
use std::net::IpAddr;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::outlook::Outlook;
use super::place::Place;
use super::plan::{Network, Plan};
use super::setup::RADIO;
use super::sign;
use crate::qr;

/// Draws on standard output, again whenever something has changed, for ever.
pub fn show(place: &Place) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (mut shown, mut seen) = (String::new(), written(place));
    let mut outlook = Outlook::of(place);
    loop {
        let (columns, rows) = size();
        if written(place) != seen {
            seen = written(place);
            outlook = Outlook::of(place);
        }
        let page = draw(
            &outlook,
            phones(place).as_ref(),
            &addresses(),
            columns,
            rows,
        );
        if page != shown {
            write!(out, "{START}{}", page.replace('\n', "\r\n"))?;
            out.flush()?;
            shown = page;
        }
        sleep(PERIOD);
    }
}

/// When the files were written from which the outlook can change while the box runs.
fn written(place: &Place) -> [Option<SystemTime>; 2] {
    let files = [
        place.run().join("notices.json"),
        place.gateway().join("tls/ca.pem"),
    ];
    files.map(|file| std::fs::metadata(file).ok()?.modified().ok())
}

/// The page for a screen of so many columns and rows. The addresses are those of all interfaces, each
/// with its interface's name.
pub fn draw(
    outlook: &Outlook,
    phones: Option<&serde_json::Value>,
    addresses: &[(String, IpAddr)],
    columns: usize,
    rows: usize,
) -> String {
    let plan = &outlook.plan;
    let mut lines = vec![format!(
        "  {}   (madang {})",
        ascii(&plan.title),
        env!("CARGO_PKG_VERSION")
    )];
    let mut codes = Vec::new();
    let mut say = |label: &str, value: &str| lines.push(format!("  {label:<13}{}", ascii(value)));
    match &plan.network {
        Network::Own(own) => {
            say("Wi-Fi", &own.name);
            say("Passphrase", own.passphrase.as_deref().unwrap_or("(none)"));
            codes.push(("1. Join the Wi-Fi", sign::join(own)));
        }
        Network::Join(name, _) => say("Joins Wi-Fi", name),
        Network::Wired => say("Wi-Fi", "off"),
    }
    say("Page", &sign::page(plan));
    if let Some(code) = outlook.made_code() {
        say("Entry code", code);
    }
    if let Some(ca) = &outlook.authority {
        // What the sheet asks people to compare before they trust the box.
        let (first, second) = halves(ca.words());
        say("Certificate", &first);
        say("", &second);
    }
    for (interface, address) in addresses {
        if let Some(label) = label(plan, interface).filter(|_| address.is_ipv4()) {
            say(label, &format!("https://{address}/"));
        }
    }
    if let Some(radio) = phones {
        let capacity = radio["capacity"].as_u64().map(|most| format!(" of {most}"));
        say(
            "Phones",
            &format!("{}{}", radio["phones"], capacity.unwrap_or_default()),
        );
    }
    codes.push(("2. Open the page", sign::page(plan)));
    for problem in outlook.problems.iter().take(MOST_PROBLEMS) {
        lines.extend(wrapped(
            &format!("! {}", ascii(&problem.english())),
            columns,
        ));
    }
    let codes = side_by_side(&codes);
    let wide = codes.first().is_some_and(|(width, _)| *width <= columns);
    if wide && lines.len() + codes.len() < rows {
        lines.push(String::new());
        lines.extend(codes.into_iter().map(|(_, line)| line));
    }
    lines.join("\n")
}

/// The codes with their captions, and how wide they are.
fn side_by_side(codes: &[(&str, String)]) -> Vec<(usize, String)> {
    let blocks: Vec<_> = codes
        .iter()
        .map(|(caption, text)| (*caption, qr::lines(text)))
        .collect();
    let width: usize = blocks.iter().map(|(_, lines)| qr::width(lines) + GAP).sum();
    let height = blocks
        .iter()
        .map(|(_, lines)| lines.len())
        .max()
        .unwrap_or_default();
    let row = |at: usize| {
        let parts = blocks.iter().map(|(caption, lines)| {
            let blank = " ".repeat(qr::width(lines));
            let part = match at {
                0 => format!("{caption:<width$}", width = blank.len()),
                at => lines.get(at - 1).cloned().unwrap_or(blank),
            };
            format!("  {part}")
        });
        (width, parts.collect())
    };
    (0..=height).map(row).collect()
}

/// Twelve words in two lines, which fit on every screen.
fn halves(words: &str) -> (String, String) {
    let words: Vec<&str> = words.split(' ').collect();
    let (first, second) = words.split_at(words.len() / 2);
    (first.join(" "), second.join(" "))
}

/// What the console's letters can show.
fn ascii(text: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii() && !c.is_ascii_control() {
            c
        } else {
            '?'
        }
    };
    text.chars().map(letter).collect()
}

/// A paragraph, indented, in lines that fit.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::from(" ")];
    for word in text.split(' ') {
        if lines
            .last()
            .is_some_and(|line| line.len() + 1 + word.len() >= columns)
        {
            lines.push(String::from("   "));
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

fn phones(place: &Place) -> Option<serde_json::Value> {
    serde_json::from_slice(&std::fs::read(place.run().join(RADIO)).ok()?).ok()
}

/// What an address in a network of others is called, by which a browser there reaches the box. In the
/// box's own Wi-Fi the page has a name.
fn label(plan: &Plan, interface: &str) -> Option<&'static str> {
    match (interface, &plan.network) {
        (RADIO_INTERFACE, Network::Own(_)) => None,
        (RADIO_INTERFACE, _) => Some("Address"),
        _ => Some("On the cable"),
    }
}

/// All interfaces that lead somewhere, with their addresses.
fn addresses() -> Vec<(String, IpAddr)> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback())
        .map(|interface| (interface.name.clone(), interface.ip()))
        .collect()
}

/// Columns and rows of the screen; those of an old terminal where it does not say.
fn size() -> (usize, usize) {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
    size.map_or((80, 25), |size| (size.ws_col.into(), size.ws_row.into()))
}

/// Never go dark, no cursor, an empty screen (`console_codes(4)`).
const START: &str = "\u{1b}[9;0]\u{1b}[?25l\u{1b}[H\u{1b}[2J";

const RADIO_INTERFACE: &str = "wlan0";

/// A phone that joins is on the screen as fast as somebody looks up.
const PERIOD: Duration = Duration::from_secs(2);

/// Columns beside each code.
const GAP: usize = 2;

/// So that the codes have room.
const MOST_PROBLEMS: usize = 8;
