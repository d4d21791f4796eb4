//! The gateway's settings, as the environment file of its unit (`systemd.exec(5)`).

use super::{ADDRESS, PAGE};
use crate::board::place::RUN;
use crate::board::plan::{Network, Plan};

/// The file: `NAME="value"` a line.
pub(super) fn environment(plan: &Plan) -> String {
    let own = matches!(plan.network, Network::Own(_));
    let mut settings = vec![
        ("MADANG_TITLE", plan.title.clone()),
        ("MADANG_TLS_NAMES", names(&plan.host_name).join(",")),
        ("MADANG_PORTAL_ENABLED", own.to_string()),
        ("MADANG_PORTAL_NAME", PAGE.to_owned()),
        ("MADANG_BOARD_FOLDER", RUN.to_owned()),
    ];
    if let Some(code) = &plan.code {
        settings.push(("MADANG_ACCESS_CODE", code.clone()));
    }
    if !plan.rooms.is_empty() {
        settings.push(("MADANG_ROOMS", plan.rooms.join(",")));
    }
    let lines = settings
        .iter()
        .map(|(name, value)| format!("{name}={}", quoted(value)));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The address and the page's name in the own Wi-Fi, which is not up yet when the certificate is made
/// and perhaps is to be opened only later, when the CA can take in no new name; and the names that
/// multicast DNS gives to the second and the third box of one name.
fn names(host: &str) -> Vec<String> {
    let others = (2..=NAMESAKES).map(|number| format!("{host}-{number}.local"));
    [ADDRESS.to_owned(), PAGE.to_owned(), format!("{host}.local")]
        .into_iter()
        .chain(others)
        .collect()
}

/// In double quotes, with a backslash before what means something within them.
fn quoted(value: &str) -> String {
    let mut quoted = String::from("\"");
    for c in value.chars() {
        if "\"\\$`".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

/// So many boxes of one name may be in one network.
const NAMESAKES: u8 = 4;

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// A shell reads double quotes as systemd does, and is not our own code.
        #[test]
        fn whatever_a_title_is_it_comes_out_as_it_went_in(title in r#"[\PC"'\\$`#;&\u{3000}가-힣🦊 -]{1,64}"#) {
            let script = format!("TITLE={}\nprintf %s \"$TITLE\"", quoted(&title));
            let read = Command::new("sh").args(["-c", &script]).output().unwrap();
            prop_assert_eq!(String::from_utf8(read.stdout).unwrap(), title);
        }
    }
}
