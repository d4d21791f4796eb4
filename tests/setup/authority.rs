//! A damaged certificate authority does not keep the box down, and is not lost in silence.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::house::{GATEWAY, House};

const TOLD: &str = "certificate authority was damaged and has been set aside";

/// A box whose gateway has run: it has an authority, and a leaf by it.
fn house() -> House {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    gateway_starts(&house).unwrap();
    house.write(&format!("{GATEWAY}/tls/leaf.pem"), "a leaf");
    house
}

/// What the gateway does first; the fingerprint of its authority.
fn gateway_starts(house: &House) -> anyhow::Result<String> {
    let authority = house.gateway_starts("madang")?;
    Ok(authority.fingerprint().to_owned())
}

/// All files below a folder, byte for byte.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = files(&path).into_iter();
            all.extend(below.map(|(file, content)| (format!("{name}/{file}"), content)));
            all.insert(name + "/", Vec::new());
        } else {
            all.insert(name, fs::read(path).unwrap());
        }
    }
    all
}

fn is_told(house: &House) -> bool {
    let notices = house.notices();
    let told = notices.iter().find(|(english, _)| english.contains(TOLD));
    assert!(told.is_none_or(|(_, korean)| korean.contains("인증 기관이 손상되어")));
    assert_eq!(notices.len(), usize::from(told.is_some()), "{notices:?}");
    told.is_some()
}

#[test]
fn a_damaged_one_is_set_aside_and_told_and_the_gateway_makes_another() {
    let damages: [fn(&Path); 5] = [
        |tls| fs::remove_file(tls.join("ca.key")).unwrap(),
        |tls| fs::write(tls.join("ca.key"), "damaged").unwrap(),
        |tls| fs::write(tls.join("ca.pem"), "damaged").unwrap(),
        |tls| fs::write(tls.join("ca.pem"), "").unwrap(),
        |tls| fs::remove_file(tls.join("ca.pem")).unwrap(),
    ];
    for damage in damages {
        let house = house();
        let before = gateway_starts(&house).unwrap();
        let tls = house.path(&format!("{GATEWAY}/tls"));
        damage(&tls);
        let (left, inode) = (files(&tls), fs::metadata(&tls).unwrap().ino());
        house.set_up();
        assert!(is_told(&house) && !tls.exists());
        let aside = house.path(&format!("{GATEWAY}/tls.damaged-1"));
        assert_eq!(files(&aside), left);
        let same = fs::metadata(&aside).unwrap().ino() == inode;
        assert!(same, "it was renamed, and so has the owner it had");
        assert_ne!(gateway_starts(&house).unwrap(), before);
    }
}

#[test]
fn it_is_told_until_the_box_is_started_again() {
    let house = house();
    fs::remove_file(house.path(&format!("{GATEWAY}/tls/ca.key"))).unwrap();
    house.set_up();
    gateway_starts(&house).unwrap();
    assert!(house.board(&["report"], "").status.success());
    let report = house.read("boot/firmware/madang-report.txt");
    assert!(report.contains(TOLD), "{report}");
    house.set_up();
    assert!(is_told(&house));
    fs::remove_dir_all(house.path("run/madang-board")).unwrap();
    house.set_up();
    assert!(!is_told(&house));
}

#[test]
fn a_whole_one_is_left_alone_byte_for_byte() {
    let house = house();
    let before = files(&house.path(GATEWAY));
    assert!(before.len() > 3);
    house.set_up();
    assert_eq!(files(&house.path(GATEWAY)), before);
    assert!(!is_told(&house));
}

#[test]
fn none_yet_is_nobody_s_problem_and_none_is_made() {
    let house = House::of("Raspberry Pi 4 Model B Rev 1.4");
    house.set_up();
    assert!(!is_told(&house) && !house.path(GATEWAY).exists());
    fs::create_dir_all(house.path(&format!("{GATEWAY}/tls"))).unwrap();
    house.set_up();
    assert!(!is_told(&house));
    // A first start that was cut short.
    house.write(&format!("{GATEWAY}/tls/ca.key"), "a key");
    house.set_up();
    assert!(!is_told(&house));
    assert_eq!(files(&house.path(GATEWAY)).len(), 2);
}

#[test]
fn one_that_cannot_be_read_may_be_whole_and_is_left_alone() {
    let house = house();
    let key = house.path(&format!("{GATEWAY}/tls/ca.key"));
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    let before = files(&house.path(GATEWAY));
    house.set_up();
    assert!(!is_told(&house));
    assert_eq!(files(&house.path(GATEWAY)), before);
}

#[test]
fn what_was_set_aside_before_stays_and_only_the_ninth_gives_way() {
    let house = house();
    let aside = |n| house.path(&format!("{GATEWAY}/tls.damaged-{n}"));
    for n in 1..=10 {
        gateway_starts(&house).unwrap();
        house.write(&format!("{GATEWAY}/tls/ca.key"), format!("damage {n}"));
        house.set_up();
    }
    for n in 1..=8 {
        let key = fs::read_to_string(aside(n).join("ca.key")).unwrap();
        assert_eq!(key, format!("damage {n}"));
    }
    let key = fs::read_to_string(aside(9).join("ca.key")).unwrap();
    assert_eq!(key, "damage 10");
    assert!(!aside(10).exists());
}
