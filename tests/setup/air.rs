//! A phone on the box's network, with the real programs between them.

use std::path::Path;
use std::process::Command;

use super::house::House;

/// Namespaces of networks with programs that change their user want root.
fn as_root(program: &str) -> Command {
    if rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

#[test]
fn a_phone_gets_an_address_every_name_is_the_box_and_nothing_else_is_open() {
    let house = House::with("title = Hall");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/setup/air.sh");
    let met = as_root("timeout")
        .args([
            "120",
            "unshare",
            "--net",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
        ])
        .arg(script)
        .arg(house.root.path())
        .arg(env!("CARGO_BIN_EXE_madang"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&met.stdout).into_owned();
    assert!(
        met.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&met.stderr)
    );
    // By a lease, and with an address of its own making.
    let (leased, fixed) = said.split_once("fixed\n").unwrap();
    assert!(
        leased.contains("lease router=10.42.0.1 dns=10.42.0.1 option114=none\nleases 10.42.0."),
        "{said}"
    );
    for met in [leased, fixed] {
        for line in [
            "A captive.apple.com @10.42.0.1 code=0 answers=1 10.42.0.1",
            "A madang.home.arpa @10.42.0.1 code=0 answers=1 10.42.0.1",
            "A madang @10.42.0.1 code=0 answers=1 10.42.0.1",
            "A dns.msftncsi.com @10.42.0.1 code=0 answers=1 131.107.255.255",
            "AAAA captive.apple.com @10.42.0.1 code=0 answers=0 -",
            "HTTPS captive.apple.com @10.42.0.1 code=0 answers=0 -",
            "A use-application-dns.net @10.42.0.1 code=3 answers=0 -",
            "A mask.icloud.com @10.42.0.1 code=3 answers=0 -",
            "A example.org @8.8.8.8 code=0 answers=1 10.42.0.1",
            "get captive.apple.com/hotspot-detect.html at 10.42.0.1 302 success=False",
            "get captive.apple.com/hotspot-detect.html at 17.253.1.2 302 success=False",
            "door 10.42.0.1:80 open",
            "door 10.42.0.1:22 refused",
            "door 10.42.0.1:8443 refused",
            "door 1.2.3.4:443 refused",
        ] {
            assert!(
                met.lines().any(|it| it == line),
                "{line:?} is not in:\n{met}"
            );
        }
    }
}
