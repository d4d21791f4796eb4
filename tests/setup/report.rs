//! `madang-report.txt`, for the owner who puts the card into a computer.

use std::fs;
use std::process::Command;

use rustix::fs::{FlockOperation, flock};

use super::house::House;

const REPORT: &str = "boot/firmware/madang-report.txt";

#[test]
fn it_tells_how_to_come_in_and_what_is_wrong_in_both_languages() {
    let house = House::with("wifi-name = 마당\nrooms = a, b\ncode = sesame\nchanel = 6");
    let report = house.read(REPORT);
    let passphrase = house.hostapd("wpa_passphrase").unwrap();
    for part in [
        "Wi-Fi: 마당\r\n",
        &passphrase,
        "https://madang.home.arpa/",
        "https://10.42.0.1/",
        "First rooms / 처음 방: a, b",
        "Entry code / 입장 코드: yes / 있음",
        "did you mean \"channel\"?",
        "madang.txt 4번째 줄: \"chanel\"",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(report.contains(part), "{part:?} is not in:\n{report}");
    }
    assert!(!report.contains("sesame"));
    assert!(House::with("").read(REPORT).contains("Nothing is wrong."));
}

#[test]
fn the_fingerprint_comes_once_the_gateway_has_its_certificate() {
    let house = House::with("");
    assert!(!house.read(REPORT).contains("fingerprint"));
    let authority = house.gateway_starts("madang").unwrap();
    assert!(house.board(&["report"], "").status.success());
    let report = house.read(REPORT);
    assert!(report.contains(authority.fingerprint()));
    assert!(report.contains(authority.words()));
}

#[test]
fn it_is_written_only_if_it_has_changed_and_nothing_else_is_touched() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.write("boot/firmware/.probe", "the owner's");
    house.set_up();
    assert_eq!(house.read("boot/firmware/.probe"), "the owner's");
    let written = || {
        fs::metadata(house.path(REPORT))
            .unwrap()
            .modified()
            .unwrap()
    };
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    fs::File::open(house.path(REPORT))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    house.set_up();
    assert_eq!(written(), long_ago);
    house.write("boot/firmware/madang.txt", "title = new");
    house.set_up();
    assert_ne!(written(), long_ago);
}

#[test]
fn it_waits_for_an_update_which_writes_to_the_same_partition() {
    let house = House::with("");
    let before = house.read(REPORT);
    house.write("boot/firmware/madang.txt", "title = new");
    let update = fs::File::create(house.path("run/madang-update.lock")).unwrap();
    flock(&update, FlockOperation::LockExclusive).unwrap();
    assert!(house.board(&["report"], "").status.success());
    assert_eq!(house.read(REPORT), before);
    drop(update);
    assert!(house.board(&["report"], "").status.success());
    assert_ne!(house.read(REPORT), before);
}

#[test]
fn a_partition_that_is_mounted_for_reading_is_opened_only_for_the_report() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    let script = "
        boot=$0/boot/firmware
        mount -t tmpfs -o ro tmpfs \"$boot\"
        \"$1\" board --root \"$0\" setup
        grep -c Passphrase \"$boot/madang-report.txt\"
        touch \"$boot/file\" 2>&1 || true
        ls \"$boot\"";
    let done = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-ec", script])
        .arg(house.root.path())
        .arg(env!("CARGO_BIN_EXE_madang"))
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(said.ends_with("\nmadang-report.txt\n"), "{said}");
}

#[test]
fn another_wi_fi_of_our_name_is_told_once_it_was_heard() {
    let house = House::with("wifi-name = Village hall");
    let other = "BSS 02:00:00:00:01:00(on wlan0)\n\tSSID: Village\n";
    assert!(house.board(&["heard"], other).status.success());
    assert_eq!(house.notices(), []);
    let same = "BSS 02:00:00:00:01:00(on wlan0)\n\tSSID: Village hall\n";
    assert!(house.board(&["heard"], same).status.success());
    let notices = house.notices();
    let told = "Another Wi-Fi here is called \"Village hall\"";
    assert!(
        notices.len() == 1 && notices[0].0.contains(told),
        "{notices:?}"
    );
    assert!(house.board(&["report"], "").status.success());
    let report = house.read(REPORT);
    assert!(report.contains("Another Wi-Fi here"), "{report}");
}
