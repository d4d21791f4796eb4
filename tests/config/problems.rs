//! What is said about a wrong setting, and about right ones that do not go together.

use super::*;

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
fn the_portal_needs_tls() {
    let said = problem(file("[portal]\nenabled = true\n[tls]\nmode = \"off\"\n"));
    assert!(said.contains("portal.enabled needs TLS"), "{said}");
}
