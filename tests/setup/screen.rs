//! What a screen at the box shows.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use madang::board::outlook::Outlook;
use madang::board::place::Place;
use madang::board::screen;

use super::house::House;

/// The screen, on a terminal of that size, until it shows `until`.
fn shown(house: &House, size: &str, until: &str) -> String {
    let log = house.path("screen");
    let mut inner = String::new();
    write!(
        inner,
        "stty {size}; exec {} board --root {} screen",
        env!("CARGO_BIN_EXE_madang"),
        house.root.path().display()
    )
    .unwrap();
    let mut terminal = Command::new("script")
        .args(["--quiet", "--flush", "--return", "--command", &inner])
        .arg(&log)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    let page = loop {
        let page = std::fs::read_to_string(&log).unwrap_or_default();
        if page.contains(until) || Instant::now() > end {
            break page;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    terminal.kill().unwrap();
    terminal.wait().unwrap();
    page
}

#[test]
fn it_shows_the_way_in_the_phones_and_what_is_wrong_and_two_codes() {
    let house = House::with("wifi-name = Hall 마당\ntitle = Village hall\nchanel = 6");
    assert!(house.board(&["phones", "3"], "").status.success());
    let authority = house.gateway_starts("madang").unwrap();
    let words: Vec<&str> = authority.words().split(' ').collect();
    let (first, second) = (words[..6].join(" "), words[6..].join(" "));
    let passphrase = house.hostapd("wpa_passphrase").unwrap();
    let page = shown(&house, "rows 67 cols 240", "2. Open the page");
    for part in [
        "Village hall",
        "Hall ??",
        &passphrase,
        "https://madang.home.arpa/",
        "3 of 7",
        &first,
        &second,
        "did you mean \"channel\"?",
        "1. Join the Wi-Fi",
        "█",
    ] {
        assert!(page.contains(part), "{part:?} is not in:\n{page}");
    }
}

#[test]
fn a_small_screen_has_the_words_without_the_codes() {
    let house = House::with("code = x");
    let page = shown(&house, "rows 25 cols 80", "! madang.txt, line 1");
    let made = house.gateway("MADANG_ACCESS_CODE");
    assert!(page.contains(&format!("Entry code   {made}")), "{page}");
    assert!(
        page.contains("https://madang.home.arpa/") && !page.contains('█'),
        "{page}"
    );
}

#[test]
fn a_box_in_a_wi_fi_of_others_shows_the_address_that_it_has_there() {
    let addresses = [
        ("eth0", "192.168.1.20"),
        ("wlan0", "192.168.7.30"),
        ("wlan0", "fe80::1"),
    ]
    .map(|(interface, address)| (interface.to_owned(), address.parse().unwrap()));
    let shown = |settings: &str| {
        let house = House::with(settings);
        let outlook = Outlook::of(&Place::new(house.root.path()));
        screen::draw(&outlook, None, &addresses, 80, 25)
    };
    let cable = "On the cable https://192.168.1.20/";
    let joined = shown("join-wifi-name = Home");
    let lines: Vec<&str> = joined.lines().map(str::trim).collect();
    assert!(lines.contains(&cable), "{joined}");
    assert!(
        lines.contains(&"Address      https://192.168.7.30/"),
        "{joined}"
    );
    assert!(!joined.contains("fe80"), "{joined}");
    let own = shown("");
    assert!(own.contains(cable), "{own}");
    assert!(!own.contains("192.168.7.30"), "{own}");
}
