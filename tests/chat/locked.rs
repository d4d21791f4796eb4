//! A room with a key opens to nobody without it, however the operator has typed its name.

use madang::chat::Refusal;

use crate::village::Village;

#[tokio::test]
async fn a_key_holds_for_the_room_that_its_name_looks_like() {
    for typed in ["the  room", "the\u{a0}room", "the\u{200b} room"] {
        let village = Village::with(|config| {
            config
                .access
                .keys
                .insert(typed.to_owned(), "sesame".to_owned());
        });
        let one = village.resident("one");
        let joined = one.join_since("the room", None, None).await;
        assert_eq!(joined, Err(Refusal::Locked), "{typed:?}");
        assert_eq!(one.post("the room", "1", "x").await, Err(Refusal::Locked));
    }
}
