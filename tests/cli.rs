//! The real binary, as the person meets it who types a command: what it says, and its exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use madang::clock::Clock;
use madang::config::{Config, History};
use madang::folder::Folder;
use madang::store::{Change, Store};
use madang::tls::ca::Authority;
use madang::tls::names::Names;
use madang::token::AdminToken;

/// The command with an empty environment, in a folder of its own.
fn madang(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madang"));
    command.current_dir(folder).env_clear();
    command
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn said(command: &mut Command) -> Said {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Said {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

impl Said {
    #[track_caller]
    fn fails(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.err);
        assert_eq!(self.out, "");
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in: {}", self.err);
        }
        assert!(
            !self.err.contains("panicked") && !self.err.contains("RUST_BACKTRACE"),
            "{}",
            self.err
        );
    }
}

/// A data folder as a first start leaves it.
fn started(path: &Path) -> Folder {
    let folder = Folder::open(&path.join("data")).unwrap();
    let now_ms = Clock::open(&folder).now_ms();
    Authority::make(&folder, &Names::fixed(&[]), now_ms).unwrap();
    AdminToken::open_or_make(&folder).unwrap();
    folder
}

#[test]
fn help_lists_every_command_flag_and_exit_code() {
    let temp = tempfile::tempdir().unwrap();
    let help = said(madang(temp.path()).arg("--help"));
    assert_eq!(help.code, Some(0));
    for part in [
        "serve",
        "check-config",
        "ca",
        "admin-token",
        "history",
        "--config",
        "--data",
        "--listen ",
        "--listen-plain",
        "--tls",
        "MADANG_",
        "Exit codes",
    ] {
        assert!(help.out.contains(part), "{part:?} is not in:\n{}", help.out);
    }
    // What it says of the defaults is true.
    let defaults = Config::default();
    for default in [
        defaults.listen.to_string(),
        defaults.listen_plain.to_string(),
        "data".to_owned(),
    ] {
        assert!(
            help.out.contains(&format!("[default: {default}]")),
            "{default}"
        );
    }
    let version = said(madang(temp.path()).arg("--version"));
    assert_eq!(
        version.out,
        format!("madang {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_flag_or_a_command_that_is_not_there_is_exit_code_2() {
    let temp = tempfile::tempdir().unwrap();
    said(madang(temp.path()).arg("--lisen=1")).fails(2, &["--lisen", "--listen"]);
    said(madang(temp.path()).arg("cheque-config")).fails(2, &["cheque-config", "check-config"]);
    said(madang(temp.path()).args(["--tls", "on", "check-config"]))
        .fails(2, &["--tls has to be \"auto\"", "\"on\""]);
}

#[test]
fn check_config_says_all_that_is_wrong_with_file_environment_and_flags() {
    let temp = tempfile::tempdir().unwrap();
    let right = said(madang(temp.path()).arg("check-config"));
    assert_eq!((right.code, right.err.as_str()), (Some(0), ""));
    assert!(right.out.contains("right"));

    fs::write(
        temp.path().join("m.toml"),
        "title = 'x'\n[limits]\ntext_char = 5\n",
    )
    .unwrap();
    let mut command = madang(temp.path());
    command
        .args(["check-config", "--config", "m.toml", "--listen", "8443"])
        .env("MADANG_LISEN", "x");
    said(&mut command).fails(
        2,
        &[
            "m.toml, line 3: \"limits.text_char\" is not a setting; did you mean \"limits.text_chars\"?",
            "MADANG_LISEN is not a setting; did you mean \"MADANG_LISTEN\"?",
            "--listen has to be an IP address with a port",
        ],
    );
    // The same is said to somebody who starts it.
    said(madang(temp.path()).args(["--config", "m.toml"])).fails(2, &["limits.text_chars"]);
}

#[test]
fn ca_prints_the_certificate_and_apart_from_it_the_fingerprint() {
    let temp = tempfile::tempdir().unwrap();
    said(madang(temp.path()).arg("ca")).fails(1, &["there is no data folder", "--data"]);
    assert!(
        !temp.path().join("data").exists(),
        "who only looks makes nothing"
    );

    let folder = started(temp.path());
    let authority = Authority::open(&folder).unwrap().unwrap();
    let ca = said(madang(temp.path()).arg("ca"));
    assert_eq!((ca.code, ca.out.trim()), (Some(0), authority.pem().trim()));
    assert!(ca.err.contains(authority.fingerprint()));
    assert!(ca.err.contains(authority.words()));
    said(madang(temp.path()).args(["ca", "--tls", "off"])).fails(1, &["tls.mode"]);

    let renewed = said(madang(temp.path()).args(["ca", "--renew"]));
    assert_eq!(renewed.code, Some(0));
    assert_ne!(renewed.out, ca.out);
    assert_eq!(said(madang(temp.path()).arg("ca")).out, renewed.out);
}

#[test]
fn admin_token_prints_the_token_and_apart_from_it_where_it_lies() {
    let temp = tempfile::tempdir().unwrap();
    fs::create_dir(temp.path().join("data")).unwrap();
    said(madang(temp.path()).arg("admin-token"))
        .fails(1, &["no administration token", "first start"]);

    let folder = started(temp.path());
    let token = said(madang(temp.path()).arg("admin-token"));
    assert_eq!(token.code, Some(0));
    assert!(
        AdminToken::open(&folder)
            .unwrap()
            .unwrap()
            .is(token.out.trim())
    );
    assert!(token.err.contains("data/admin-token"));
}

#[test]
fn history_prints_the_messages_of_a_room_oldest_first() {
    let temp = tempfile::tempdir().unwrap();
    let folder = started(temp.path());
    said(madang(temp.path()).args(["history", "live"])).fails(1, &["there is no history"]);

    let store = Store::open(folder.path(), &History::default())
        .unwrap()
        .store;
    let bodies: Vec<String> = (1..=250)
        .map(|seq| format!(r#"{{"from":{{"name":"철수"}},"text":"안녕 {seq}\u001b[2J"}}"#))
        .collect();
    let batch: Vec<_> = (1..)
        .zip(&bodies)
        .map(|(seq, body)| Change::Append {
            room: "live",
            seq,
            at: Some(1),
            body: body.as_bytes(),
        })
        .collect();
    store.write(&batch).unwrap();
    said(madang(temp.path()).args(["history", "live"])).fails(1, &["is in use", "end the gateway"]);
    store.close();

    let newest = said(madang(temp.path()).args(["history", "live"]));
    assert_eq!(
        (newest.code, newest.out.lines().count()),
        (Some(0), 50),
        "{}",
        newest.err
    );
    assert!(
        newest.out.starts_with("201  철수: 안녕 201"),
        "{}",
        newest.out
    );
    assert!(
        !newest.out.contains('\u{1b}'),
        "no message moves the terminal's cursor"
    );
    let after =
        said(madang(temp.path()).args(["history", "live", "--after", "20", "--limit", "150"]));
    assert_eq!(after.out.lines().count(), 150);
    assert!(after.out.starts_with("21  "));
    let all = said(madang(temp.path()).args(["history", "live", "--limit", "1000", "--json"]));
    assert_eq!(all.out.lines().collect::<Vec<_>>(), bodies);
    said(madang(temp.path()).args(["history", "lives"])).fails(1, &["no room \"lives\"", "live"]);
}
