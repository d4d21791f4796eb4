//! Sockets that `systemd-socket-activate` holds and hands over when somebody comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

/// The program that holds the sockets, and becomes the gateway with the first connection.
struct Holder {
    child: Child,
    log: BufReader<ChildStderr>,
    _folder: TempDir,
}

impl Holder {
    /// Returns once it listens at as many places as there are `-l`.
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Addresses that are nobody's: the gateway itself could not listen there.
        let settings = "listen = \"192.0.2.1:1\"\nlisten_plain = \"192.0.2.1:2\"\n";
        std::fs::write(folder.path().join("madang.toml"), settings).unwrap();
        let mut child = Command::new("systemd-socket-activate")
            .args(arguments)
            .arg(env!("CARGO_BIN_EXE_madang"))
            .args(["serve", "--config", "madang.toml"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("setup.sh installs it");
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let places = arguments
            .iter()
            .filter(|argument| **argument == "-l")
            .count();
        let mut heard = String::new();
        while heard.matches("Listening on").count() < places {
            assert_ne!(log.read_line(&mut heard).unwrap(), 0, "{heard}");
        }
        Self {
            child,
            log,
            _folder: folder,
        }
    }

    /// All that it says until it ends.
    fn ended(mut self) -> String {
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        assert!(!self.child.wait().unwrap().success(), "{log}");
        log
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Addresses that were free a moment ago.
fn free() -> (String, String) {
    let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [one, other] = taken.map(|listener| listener.local_addr().unwrap().to_string());
    (one, other)
}

fn redirect(plain: &str) -> String {
    let mut phone = TcpStream::connect(plain).unwrap();
    write!(
        phone,
        "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    phone.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn who_knocks_before_the_gateway_is_there_is_answered_on_the_sockets_that_are_handed_over() {
    let (one, other) = free();
    // Told by their names in any order, and without names by the order.
    for (names, main, plain) in [("plain:main", &other, &one), ("", &one, &other)] {
        let mut arguments = vec!["-l", one.as_str(), "-l", other.as_str()];
        let names = format!("--fdname={names}");
        if main == &other {
            arguments.push(&names);
        }
        let holder = Holder::start(&arguments);
        let answer = redirect(plain);
        let port = main.rsplit(':').next().unwrap();
        let target = format!("location: https://localhost:{port}/x");
        assert!(answer.contains(&target), "{answer}");
        drop(holder);
    }
}

#[test]
fn a_socket_that_is_no_listening_tcp_one_is_refused_in_plain_words() {
    let (address, _) = free();
    let holder = Holder::start(&["--datagram", "-l", &address]);
    let knock = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    knock.send_to(b"knock", &address).unwrap();
    let log = holder.ended();
    assert!(log.contains("number 1 of the sockets"), "{log}");
    assert!(log.contains("is not a listening TCP one"), "{log}");
}
