//! What holds in the end: flags, environment, file and defaults.

use std::path::PathBuf;

use madang::config::{Config, Flags, TlsMode};

use super::*;

#[test]
fn without_anything_the_defaults_hold_and_go_together() {
    assert_eq!(
        Config::load(&Flags::default(), []).unwrap(),
        Config::default()
    );
    Config::default().check().unwrap();
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let given = Given {
        file: "title = 'file'\nlisten = '127.0.0.1:1'\nlisten_plain = '127.0.0.1:2'\n[limits]\ntext_chars = 1",
        environment: &[
            ("MADANG_LISTEN", "127.0.0.1:3"),
            ("MADANG_LISTEN_PLAIN", "127.0.0.1:4"),
            ("PATH", "/bin"),
        ],
        flags: Flags {
            listen: Some("127.0.0.1:5".into()),
            tls: Some("off".into()),
            ..Flags::default()
        },
    };
    let config = load(&given).unwrap();
    assert_eq!(config.title, "file");
    assert_eq!(config.limits.text_chars, 1);
    assert_eq!(config.listen_plain.port(), 4);
    assert_eq!(config.listen.port(), 5);
    assert_eq!(config.tls.mode, TlsMode::Off);
    assert_eq!(config.limits.rooms, Config::default().limits.rooms);
}

#[test]
fn every_kind_of_setting_can_come_from_the_environment() {
    let config = environment(&[
        ("MADANG_DATA", "/srv/chat"),
        ("MADANG_ACK", "relayed"),
        ("MADANG_TLS_NAMES", "chat.example.org, 10.0.0.1"),
        ("MADANG_ACCESS_KEYS", "부엌=열쇠,kitchen=a=b"),
        ("MADANG_TLS_MODE", "off"),
        ("MADANG_ACCESS_TRUST_PROXY", "true"),
        ("MADANG_LIMITS_TEXT_CHARS", "1_000"),
        ("MADANG_HISTORY_ROOMS", "{ kitchen = { days = 7 } }"),
        ("MADANG_BUILD_TIME", "belongs to the build"),
    ])
    .unwrap();
    assert_eq!(config.data, PathBuf::from("/srv/chat"));
    assert_eq!(config.tls.names, ["chat.example.org", "10.0.0.1"]);
    assert_eq!(config.access.keys["부엌"], "열쇠");
    assert_eq!(config.access.keys["kitchen"], "a=b");
    assert!(config.access.trust_proxy);
    assert_eq!(config.limits.text_chars, 1_000);
    assert_eq!(config.history.rooms["kitchen"].days, Some(7));
}

#[test]
fn the_file_can_be_named_in_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madang.toml");
    std::fs::write(&path, "title = 'here'").unwrap();
    let config = Config::load(&Flags::default(), [("MADANG_CONFIG".into(), path.into())]).unwrap();
    assert_eq!(config.title, "here");
}

#[test]
fn the_key_of_a_room_is_found_however_its_name_was_typed() {
    let decomposed = "[access.keys]\n'\u{1107}\u{116e}\u{110b}\u{1165}\u{11bf}' = 'x'";
    assert_eq!(file(decomposed).unwrap().access.keys["부엌"], "x");
}

#[test]
fn the_portals_name_is_one_of_the_boards_names_only_while_the_portal_is_on() {
    let on = "[portal]\nenabled = true\nname = \"Chat.home.arpa\"\n[tls]\nnames = [\"b.lan\"]\n";
    assert_eq!(file(on).unwrap().tls.names, ["b.lan", "chat.home.arpa"]);
    let off = "[portal]\nname = \"chat.home.arpa\"\n";
    assert_eq!(file(off).unwrap().tls.names, [""; 0]);
}
