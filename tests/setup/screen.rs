//! What a screen at the box shows.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let passphrase = house.hostapd("wpa_passphrase").unwrap();
    let page = shown(&house, "rows 67 cols 240", "2. Open the page");
    for part in [
        "Village hall",
        "Hall ??",
        &passphrase,
        "https://madang.home.arpa/",
        "3 of 7",
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
