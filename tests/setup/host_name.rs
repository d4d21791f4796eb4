//! A box keeps the name in a network that its certificates can be for.

use super::bad_input::only_problem;
use super::house::House;

/// A box that was started with the name `hall`, and its gateway as well.
fn started() -> House {
    let house = House::with("host-name = hall");
    assert_eq!(house.read("etc/hostname"), "hall\n");
    house.gateway_starts("hall").unwrap();
    house
}

#[test]
fn a_name_that_comes_after_the_first_start_is_told_and_the_old_one_stays() {
    let house = started();
    house.write("boot/firmware/madang.txt", "wifi = off\nhost-name = barn");
    house.set_up();
    let (english, _) = only_problem(&house);
    assert!(english.contains("line 2: host-name"), "{english}");
    assert!(english.contains("hall.local"), "{english}");
    assert_eq!(house.read("etc/hostname"), "hall\n");
    let report = house.read("boot/firmware/madang-report.txt");
    assert!(report.contains("https://hall.local/") && !report.contains("https://barn.local/"));
    assert!(house.gateway("MADANG_TLS_NAMES").contains("hall.local"));
}

#[test]
fn the_name_of_the_first_start_stays_without_a_word_where_none_is_set() {
    let house = started();
    house.set_up();
    assert_eq!(house.notices(), []);
    house.write("boot/firmware/madang.txt", "");
    house.set_up();
    assert_eq!(house.notices(), []);
    assert_eq!(house.read("etc/hostname"), "hall\n");
}
