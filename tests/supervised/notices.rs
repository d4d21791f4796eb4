//! What the supervisor is told.

use rustix::process::Signal;

use crate::gateway::Gateway;

#[test]
fn the_supervisor_hears_of_the_start_of_life_and_of_the_end() {
    let gateway = Gateway::start("", |_| ());
    gateway.tells("EXTEND_TIMEOUT_USEC=");
    gateway.tells("READY=1");
    let status = gateway.tells("STATUS=");
    assert!(status.contains("all is on the card"), "{status}");
    for _ in 0..3 {
        gateway.tells("WATCHDOG=1");
    }

    gateway.signal(Signal::HUP);
    let reloading = gateway.tells("RELOADING=1");
    let since = reloading
        .lines()
        .find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
    assert!(since.unwrap().parse::<u64>().unwrap() > 0, "{reloading}");
    gateway.tells("READY=1");

    gateway.signal(Signal::TERM);
    gateway.tells("STOPPING=1");
    assert!(gateway.ended());
}
