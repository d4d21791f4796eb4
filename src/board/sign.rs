//! The sign at the door: what a phone has to know to come in.

use super::files::{ADDRESS, PAGE};
use super::plan::{Network, Own, Plan};

/// The address of the page.
pub(super) fn page(plan: &Plan) -> String {
    match plan.network {
        Network::Own(_) => format!("https://{PAGE}/"),
        _ => format!("https://{}.local/", plan.host_name),
    }
}

/// Other ways to write it.
pub(super) fn pages_besides(plan: &Plan) -> Vec<String> {
    match plan.network {
        Network::Own(_) => vec![
            format!("https://{ADDRESS}/"),
            format!("https://{}.local/", plan.host_name),
        ],
        _ => Vec::new(),
    }
}

/// What a phone's camera understands as "join this Wi-Fi".
pub(super) fn join(own: &Own) -> String {
    let escaped = |text: &str| {
        text.chars().fold(String::new(), |mut text, c| {
            if "\\;,:\"".contains(c) {
                text.push('\\');
            }
            text.push(c);
            text
        })
    };
    let name = escaped(&own.name);
    match &own.passphrase {
        Some(passphrase) => format!("WIFI:T:WPA;S:{name};P:{};;", escaped(passphrase)),
        None => format!("WIFI:T:nopass;S:{name};;"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_the_camera_is_escaped() {
        let own = |name: &str, passphrase: Option<&str>| Own {
            name: name.to_owned(),
            passphrase: passphrase.map(str::to_owned),
            channel: 6,
        };
        assert_eq!(
            join(&own("a;b:🦊", Some(r#"p\"q,r s"#))),
            r#"WIFI:T:WPA;S:a\;b\:🦊;P:p\\\"q\,r s;;"#
        );
        assert_eq!(join(&own("a", None)), "WIFI:T:nopass;S:a;;");
    }
}
