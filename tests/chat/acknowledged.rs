//! Guarantee 2: acknowledged means on the card.

use madang::config::AckWhen;

use crate::village::Village;

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    // Slow enough that an acknowledgement which did not wait would always be too early.
    let village = Village::with(|config| config.history.group_ms = 100);
    let one = village.resident("철수");
    for n in 0..10 {
        one.say("마당", &format!("{n} 안녕 👋")).await;
        let survivor = village.killed();
        let history = survivor.resident("영희").join("마당").await;
        assert_eq!(history.texts.len(), n + 1);
    }
}

#[tokio::test]
async fn by_configuration_the_acknowledgement_does_not_wait_for_the_card() {
    let village = Village::with(|config| {
        config.ack = AckWhen::Relayed;
        config.history.group_ms = 600_000;
    });
    let one = village.resident("one");
    let seq = one.say("live", "quick").await;
    let village = village.restart().await;
    assert_eq!(
        village.resident("two").join("live").await.seqs,
        [seq],
        "closing writes what is queued"
    );
}
