//! The real binary running: what it says when it starts, why it does not, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};

/// The command with an empty environment, in a folder of its own, on ports that nobody else has.
fn madang(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madang"));
    command.current_dir(folder).env_clear();
    command
        .env("MADANG_LISTEN", "[::]:0")
        .env("MADANG_LISTEN_PLAIN", "127.0.0.1:0");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A gateway that has said that it runs. It is killed at the end, however that comes.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    banner: String,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.contains("Ctrl-C") {
            assert_ne!(
                out.read_line(&mut banner).unwrap(),
                0,
                "it ended after: {banner}"
            );
        }
        Self { child, out, banner }
    }

    fn tell(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end, not for ever.
    fn ended(&mut self, limit: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < limit, "it did not end within {limit:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn log(&mut self) -> String {
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Why it does not start.
#[track_caller]
fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(output.stdout.is_empty());
    let own: Vec<_> = error
        .lines()
        .filter(|line| line.starts_with("madang: "))
        .collect();
    assert_eq!(own.len(), 1, "one sentence: {error}");
    assert!(!error.contains("panicked"), "{error}");
    own[0].to_owned()
}

#[test]
fn the_first_start_makes_the_ca_and_the_token_and_tells_where_to_go() {
    let temp = tempfile::tempdir().unwrap();
    let mut gateway = Running::start(&mut madang(temp.path()));
    let file = |name: &str| temp.path().join("data").join(name);
    let mode = |name| fs::metadata(file(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("admin-token"), mode("tls/ca.key")), (0o600, 0o600));
    let token = fs::read_to_string(file("admin-token")).unwrap();
    for part in ["https://localhost:", "CA fingerprint", "data/admin-token"] {
        assert!(
            gateway.banner.contains(part),
            "{part} is not in: {}",
            gateway.banner
        );
    }
    assert!(!gateway.banner.contains('█'), "a QR code is for a terminal");

    let (before, _) = gateway.banner.split_once("/ca.crt").unwrap();
    let plain = before.rsplit(':').next().unwrap();
    let mut phone = TcpStream::connect(format!("127.0.0.1:{plain}")).unwrap();
    write!(
        phone,
        "GET /ca.crt HTTP/1.1\r\nHost: localhost:{plain}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    phone.read_to_end(&mut answer).unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "the CA is where the banner says"
    );

    gateway.tell(Signal::INT);
    assert!(gateway.ended(Duration::from_secs(5)).success());
    let mut rest = String::new();
    gateway.out.read_to_string(&mut rest).unwrap();
    let said = gateway.banner.clone() + &rest + &gateway.log();
    assert!(
        !said.contains(token.trim()),
        "the token itself is not shown"
    );
}

#[test]
fn started_again_it_has_the_same_ca_and_token() {
    let temp = tempfile::tempdir().unwrap();
    let kept = || {
        ["admin-token", "tls/ca.pem"]
            .map(|name| fs::read(temp.path().join("data").join(name)).unwrap())
    };
    drop(Running::start(&mut madang(temp.path())));
    let before = kept();
    drop(Running::start(madang(temp.path()).arg("serve")));
    assert_eq!(before, kept());
}

#[test]
fn a_supervisor_ends_it_in_order() {
    let temp = tempfile::tempdir().unwrap();
    let mut gateway = Running::start(&mut madang(temp.path()));
    let told = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    gateway.tell(Signal::TERM);
    assert!(gateway.ended(Duration::from_secs(10)).success());
    // Saved is what has certainly passed and what was told: here, the system's time for both.
    let saved = fs::read_to_string(temp.path().join("data/clock")).unwrap();
    let times: Vec<u64> = saved
        .split_whitespace()
        .map(|ms| ms.parse().unwrap())
        .collect();
    assert!(
        times.len() == 2 && times.iter().all(|&ms| u128::from(ms) >= told.as_millis()),
        "the time of the end was saved: {saved}"
    );
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let mut gateway = Running::start(madang(temp.path()).args(["--tls", "off"]));
    // A request whose body never comes keeps the orderly end waiting.
    let host = gateway
        .banner
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let port = host.rsplit(':').next().unwrap();
    let mut client = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let mut ask = |head: &str, until: &str| {
        write!(client, "{head}\r\nHost: localhost:{port}\r\n\r\n").unwrap();
        let mut answer = String::new();
        while !answer.contains(until) {
            let mut bytes = [0; 1024];
            let length = client.read(&mut bytes).unwrap();
            assert_ne!(length, 0, "{answer}");
            answer.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        }
        answer
    };
    let path = "/socket.io/?EIO=4&transport=polling";
    let opened = ask(&format!("GET {path} HTTP/1.1"), "\"sid\":\"");
    let sid = opened
        .split("\"sid\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    ask(
        &format!("POST {path}&sid={sid} HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue"),
        "100 Continue",
    );

    gateway.tell(Signal::INT);
    let mut log = BufReader::new(gateway.child.stderr.take().unwrap());
    let mut heard = String::new();
    while !heard.contains("shutting down") {
        assert_ne!(log.read_line(&mut heard).unwrap(), 0, "{heard}");
    }
    gateway.tell(Signal::INT);
    assert_eq!(gateway.ended(Duration::from_secs(1)).code(), Some(130));
}

#[test]
fn the_log_is_for_people_or_for_machines_and_goes_to_standard_error() {
    let temp = tempfile::tempdir().unwrap();
    let mut gateway = Running::start(madang(temp.path()).env("MADANG_LOG_FORMAT", "json"));
    gateway.tell(Signal::INT);
    gateway.ended(Duration::from_secs(5));
    let log = gateway.log();
    assert!(!log.is_empty());
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect(line);
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let temp = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for flag in ["--listen", "--listen-plain"] {
        let error = refusal(madang(temp.path()).args([flag, &address]));
        for part in ["already in use", &address, flag] {
            assert!(error.contains(part), "{part:?} is not in: {error}");
        }
    }
}

#[test]
fn a_data_folder_that_cannot_be_is_named_with_what_to_do() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("file"), "").unwrap();
    let below = refusal(madang(temp.path()).args(["--data", "file/data"]));
    assert!(
        below.contains("file/data cannot be made") && below.contains("--data"),
        "{below}"
    );
    let itself = refusal(madang(temp.path()).args(["--data", "file"]));
    assert!(itself.contains("is not a folder"), "{itself}");
    // Here not even root may make a file.
    let proc = refusal(madang(temp.path()).args(["--data", "/proc/madang"]));
    assert!(proc.contains("/proc/madang cannot be made"), "{proc}");
}

#[test]
fn a_certificate_that_cannot_be_read_is_named_with_its_setting() {
    let temp = tempfile::tempdir().unwrap();
    let mut command = madang(temp.path());
    command
        .args(["--tls", "files"])
        .env("MADANG_TLS_CERTIFICATE", "c.pem")
        .env("MADANG_TLS_KEY", "k.pem");
    let error = refusal(&mut command);
    assert!(
        error.contains("tls.certificate c.pem cannot be read"),
        "{error}"
    );
}

#[test]
fn a_damaged_ca_is_not_replaced_behind_the_back_of_the_phones() {
    let temp = tempfile::tempdir().unwrap();
    fs::create_dir_all(temp.path().join("data/tls")).unwrap();
    fs::write(temp.path().join("data/tls/ca.pem"), "damaged").unwrap();
    let error = refusal(&mut madang(temp.path()));
    assert!(
        error.contains("is damaged") && error.contains("madang ca --renew"),
        "{error}"
    );
}
