//! The configuration: its layers, and what is said about a wrong one.

use std::ffi::OsString;
use std::path::PathBuf;

use madang::config::{Config, Flags, Problems, TlsMode};

struct Given {
    file: &'static str,
    environment: &'static [(&'static str, &'static str)],
    flags: Flags,
}

const NOTHING: Given = Given {
    file: "",
    environment: &[],
    flags: Flags {
        config: None,
        data: None,
        listen: None,
        listen_plain: None,
        tls: None,
    },
};

fn load(given: &Given) -> Result<Config, Problems> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("madang.toml");
    std::fs::write(&path, given.file).unwrap();
    let flags = Flags {
        config: Some(path),
        ..given.flags.clone()
    };
    let environment = given.environment.iter();
    Config::load(
        &flags,
        environment.map(|(name, value)| (OsString::from(name), OsString::from(value))),
    )
}

fn file(file: &'static str) -> Result<Config, Problems> {
    load(&Given { file, ..NOTHING })
}

fn environment(environment: &'static [(&'static str, &'static str)]) -> Result<Config, Problems> {
    load(&Given {
        environment,
        ..NOTHING
    })
}

/// The one sentence that is said.
#[track_caller]
fn problem(loaded: Result<Config, Problems>) -> String {
    let problems = loaded.unwrap_err();
    assert_eq!(problems.sentences().len(), 1, "{problems}");
    problems.to_string()
}

#[track_caller]
fn says(loaded: Result<Config, Problems>, parts: &[&str]) {
    let problem = problem(loaded);
    for part in parts {
        assert!(problem.contains(part), "{part:?} is not in: {problem}");
    }
}

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
fn an_unknown_key_is_named_with_its_line_and_the_nearest_right_one() {
    says(
        file("title = 'x'\n\n[limits]\ntext_char = 5\n"),
        &[
            "madang.toml, line 4",
            "\"limits.text_char\" is not a setting",
            "did you mean \"limits.text_chars\"?",
        ],
    );
    says(file("lisen = '1'"), &["line 1", "did you mean \"listen\"?"]);
    says(
        file("text_chars = 5"),
        &["did you mean \"limits.text_chars\"?"],
    );
    says(
        file("[limit]\ntext_chars = 5\nrooms = 5"),
        &["\"limit\" is not a section", "\"limits\"?"],
    );
    says(file("limits = 5"), &["\"limits\" is a section"]);
    assert!(!problem(file("zzzzzz = 5")).contains("did you mean"));
}

#[test]
fn an_unknown_variable_is_named_with_the_nearest_right_one() {
    says(
        environment(&[("MADANG_LIMIT_TEXT_CHARS", "5")]),
        &[
            "MADANG_LIMIT_TEXT_CHARS is not a setting",
            "did you mean \"MADANG_LIMITS_TEXT_CHARS\"?",
        ],
    );
}

#[test]
fn a_wrong_value_says_what_was_expected_and_what_was_found() {
    says(
        file("[limits]\ntext_chars = 'many'"),
        &[
            "line 2: limits.text_chars",
            "whole number from 1",
            "\"many\"",
        ],
    );
    says(
        file("[limits]\nrooms = 0"),
        &["whole number from 1", "the number 0"],
    );
    says(
        file("[engine]\nping_interval_ms = 0"),
        &["engine.ping_interval_ms", "the number 0"],
    );
    says(
        file("ack = 'soon'"),
        &["\"stored\" or \"relayed\"", "\"soon\""],
    );
    says(file("title = ''"), &["not empty", "but is empty"]);
    says(file("[tls]\nnames = 'a'"), &["a list of texts", "\"a\""]);
    says(
        environment(&[("MADANG_LISTEN", "localhost:80")]),
        &[
            "MADANG_LISTEN has to be an IP address",
            "[::]:8443",
            "localhost:80",
        ],
    );
    says(
        environment(&[("MADANG_ACCESS_TRUST_PROXY", "yes")]),
        &["true or false", "\"yes\""],
    );
    says(
        load(&Given {
            flags: Flags {
                tls: Some("on".into()),
                ..Flags::default()
            },
            ..NOTHING
        }),
        &["--tls has to be \"auto\" or \"files\" or \"off\"", "\"on\""],
    );
}

#[test]
fn the_limits_of_a_room_are_checked_like_all_others() {
    let config =
        file("[history.rooms]\n'\u{1107}\u{116e}\u{110b}\u{1165}\u{11bf}'.bytes = 5_000").unwrap();
    assert_eq!(config.history.rooms["부엌"].bytes, Some(5_000));
    says(
        file("[history.rooms.kitchen]\ndayz = 7"),
        &["history.rooms", "\"dayz\" for \"kitchen\"", "\"days\"?"],
    );
    says(
        file("[history.rooms.kitchen]\ndays = 'x'"),
        &[
            "history.rooms",
            "\"kitchen\": days has to be a whole number",
            "\"x\"",
        ],
    );
    says(
        file("[history.rooms]\nkitchen = 7"),
        &["history.rooms", "a section for each room", "the number 7"],
    );
    says(
        file("[history.rooms.' x']\ndays = 7"),
        &["history.rooms", "\" x\" is not the name"],
    );
    says(
        environment(&[("MADANG_HISTORY_ROOMS", "kitchen")]),
        &["MADANG_HISTORY_ROOMS", "a section for each room"],
    );
}

#[test]
fn a_file_that_is_not_toml_or_not_there_is_said_so() {
    says(file("title = 'x'\nlisten = \n"), &["line 2", "not TOML"]);
    says(file("a = 1\na = 2"), &["line 2", "not TOML"]);
    says(file("data = 99999999999999999999"), &["line 1", "not TOML"]);
    let flags = Flags {
        config: Some("/nowhere/madang.toml".into()),
        ..Flags::default()
    };
    says(
        Config::load(&flags, []),
        &["/nowhere/madang.toml cannot be read"],
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let given = Given {
        file: "lisen = '1'\n[limits]\nrooms = 'x'",
        environment: &[("MADANG_NOTHING_LIKE_IT", "1")],
        ..NOTHING
    };
    assert_eq!(load(&given).unwrap_err().sentences().len(), 3);
}

#[test]
fn secrets_are_not_repeated_in_an_error_or_a_log() {
    let problem = problem(file("[access]\ncode = 12345678"));
    assert!(
        problem.contains("access.code") && !problem.contains("12345678"),
        "{problem}"
    );
    let config = file("[access]\ncode = 'hunter2'\nkeys.kitchen = 'hunter2'").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let problem = self::problem(environment(&[("MADANG_ACCESS_KEYS", "kitchen:hunter2")]));
    assert!(!problem.contains("hunter2"), "{problem}");
}

#[test]
fn settings_that_do_not_go_together_are_refused_in_a_sentence() {
    says(
        file("[limits]\noutbox_bytes = 100_000"),
        &[
            "limits.outbox_bytes (100000)",
            "at least",
            "twice the largest frame",
        ],
    );
    says(
        file("[limits]\npacket_bytes = 200_000"),
        &["limits.outbox_bytes"],
    );
    says(file("listen_plain = '[::]:8443'"), &["cannot share a port"]);
    says(
        file("listen_plain = '127.0.0.1:8443'"),
        &["cannot share a port"],
    );
    says(
        file("[tls]\nmode = 'files'\nkey = 'k.pem'"),
        &["needs tls.certificate and tls.key"],
    );
    says(
        file("[tls]\nkey = 'k.pem'\ncertificate = 'c.pem'"),
        &["tls.mode is not"],
    );
    says(
        file("[access]\ntrust_proxy = true"),
        &["access.trust_proxy needs tls.mode = \"off\""],
    );
    says(
        file("[tls]\nnames = ['ex ample']"),
        &["tls.names", "\"ex ample\""],
    );
    says(
        file("[access]\norigins = ['https://a.org/']"),
        &["access.origins", "\"https://a.org/\""],
    );
    says(file("[access]\norigins = ['a.org']"), &["access.origins"]);
    says(
        file("[access.keys]\n' kitchen' = 'x'"),
        &["access.keys", "\" kitchen\""],
    );
    says(
        file("[log]\nfilter = 'madang=loud'"),
        &["log.filter", "madang=loud"],
    );
    says(
        file("[limits]\ntext_chars = 50_000"),
        &["limits.packet_bytes"],
    );
    file("listen = '127.0.0.1:0'\nlisten_plain = '127.0.0.1:0'\n[access]\norigins = ['https://a.org:8443', 'http://[::1]']").unwrap();
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

#[test]
fn the_portal_needs_tls() {
    let said = problem(file("[portal]\nenabled = true\n[tls]\nmode = \"off\"\n"));
    assert!(said.contains("portal.enabled needs TLS"), "{said}");
}
