//! The probes by which phones and computers look for the Internet, and what each wants to hear.
//!
//! One table: a new system is a new row. What is not in it is a page that somebody wanted to see.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};

use crate::web::reply::{self, Reply};

/// The answer that the system takes for the Internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// 204, and no content.
    NoContent,
    /// 200, with exactly this content.
    Text(&'static str),
    /// 200, with exactly this page.
    Html(&'static str),
}

use Wanted::{Html, NoContent, Text};

/// One kind of probe.
struct Probe {
    /// Names of hosts; `*` is any.
    hosts: &'static [&'static str],
    /// Paths without the query; a `*` at the end is anything more.
    paths: &'static [&'static str],
    wanted: Wanted,
}

const TABLE: &[Probe] = &[
    // Android with and without Google, ChromeOS, Chrome, Edge, Samsung, Huawei, Xiaomi and more:
    // each maker has hosts of its own, all have the path. Huawei's has a UUID behind it:
    // `/generate_204_291a4662-…`.
    Probe {
        hosts: &["*"],
        paths: &[
            "/generate_204*",
            "/gen_204",
            "/generate204",
            "/captiveportal/generate_204",
        ],
        wanted: NoContent,
    },
    // iOS and macOS. These hosts exist for nothing else, and iOS has asked them for random paths.
    Probe {
        hosts: &[
            "captive.apple.com",
            "captive.g.aaplimg.com",
            "gsp1.apple.com",
            "netcts.cdn-apple.com",
            "www.airport.us",
            "www.appleiphonecell.com",
            "www.ibook.info",
            "www.itools.info",
            "www.thinkdifferent.us",
        ],
        paths: &["*"],
        wanted: Html(APPLE),
    },
    Probe {
        hosts: &["*"],
        paths: &["/hotspot-detect.html", "/library/test/success.html"],
        wanted: Html(APPLE),
    },
    // Windows 10 and later, then 8 and earlier.
    Probe {
        hosts: &["*"],
        paths: &["/connecttest.txt"],
        wanted: Text("Microsoft Connect Test"),
    },
    Probe {
        hosts: &["*"],
        paths: &["/ncsi.txt"],
        wanted: Text("Microsoft NCSI"),
    },
    // Firefox: `success.txt?ipv4`, `success.txt?ipv6`, and the page for portals.
    Probe {
        hosts: &["detectportal.firefox.com"],
        paths: &["/success.txt"],
        wanted: Text("success\n"),
    },
    Probe {
        hosts: &["detectportal.firefox.com"],
        paths: &["/canonical.html", "/"],
        wanted: Html(FIREFOX),
    },
    // Kindle and Fire.
    Probe {
        hosts: &["*"],
        paths: &[
            "/kindle-wifi/wifistub.html",
            "/kindle-wifi/wifistub-eink.html",
        ],
        wanted: Html(KINDLE),
    },
    // NetworkManager as GNOME, Arch, Debian, openSUSE, Ubuntu and Fedora set it up, and KDE.
    Probe {
        hosts: &["nmcheck.gnome.org"],
        paths: &["/check_network_status.txt"],
        wanted: Text(NETWORK_MANAGER),
    },
    Probe {
        hosts: &["ping.archlinux.org"],
        paths: &["/nm-check.txt"],
        wanted: Text(NETWORK_MANAGER),
    },
    Probe {
        hosts: &["network-test.debian.org"],
        paths: &["/nm"],
        wanted: Text(NETWORK_MANAGER),
    },
    Probe {
        hosts: &["conncheck.opensuse.org"],
        paths: &["/"],
        wanted: Text(NETWORK_MANAGER),
    },
    Probe {
        hosts: &["connectivity-check.ubuntu.com"],
        paths: &["/"],
        wanted: NoContent,
    },
    Probe {
        hosts: &["fedoraproject.org"],
        paths: &["/static/hotspot.txt"],
        wanted: Text("OK"),
    },
    Probe {
        hosts: &["networkcheck.kde.org"],
        paths: &["/"],
        wanted: Text("OK\n"),
    },
];

const APPLE: &str = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";

const FIREFOX: &str = "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>";

/// The number is what a Kindle looks for.
const KINDLE: &str = "\
<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">
<html>
<head>
<title>Kindle Reachability Probe Page</title>
<META http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">
<!--81ce4465-7167-4dcb-835b-dcc9e44c112a created with python 2.5 uuid.uuid4()-->
</head>
<body bgcolor=\"#ffffff\" text=\"#000000\">
81ce4465-7167-4dcb-835b-dcc9e44c112a
</body>
</html>

";

const NETWORK_MANAGER: &str = "NetworkManager is online\n";

/// What a request wants to hear, if it is a probe.
pub(super) fn wanted(host: &str, path: &str) -> Option<Wanted> {
    let fits = |patterns: &[&str], text: &str| {
        patterns.iter().any(|one| match one.strip_suffix('*') {
            Some(start) => text.starts_with(start),
            None => *one == text,
        })
    };
    TABLE
        .iter()
        .find(|probe| fits(probe.hosts, host) && fits(probe.paths, path))
        .map(|probe| probe.wanted)
}

impl Wanted {
    /// The answer, as the system's own host would give it.
    pub(super) fn reply(self) -> Reply {
        let mut reply = match self {
            NoContent => {
                let mut reply = Reply::default();
                *reply.status_mut() = StatusCode::NO_CONTENT;
                reply::keep_private(reply.headers_mut());
                reply
            }
            Text(text) => reply::bytes(
                StatusCode::OK,
                "text/plain",
                Bytes::from_static(text.as_bytes()),
            ),
            Html(page) => reply::bytes(
                StatusCode::OK,
                "text/html",
                Bytes::from_static(page.as_bytes()),
            ),
        };
        // NetworkManager believes this before any content.
        let online = HeaderName::from_static("x-networkmanager-status");
        reply
            .headers_mut()
            .insert(online, HeaderValue::from_static("online"));
        reply
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_its_own_is_known_by_any_path_and_others_only_by_theirs() {
        assert_eq!(wanted("captive.apple.com", "/x/y.html"), Some(Html(APPLE)));
        assert_eq!(
            wanted("www.apple.com", "/library/test/success.html"),
            Some(Html(APPLE))
        );
        assert_eq!(wanted("www.apple.com", "/"), None);
        assert_eq!(
            wanted("connectivitycheck.gstatic.com", "/generate_204"),
            Some(NoContent)
        );
        assert_eq!(wanted("www.google.com", "/search"), None);
        assert_eq!(wanted("fedoraproject.org", "/"), None);
    }

    #[test]
    fn every_row_is_reached() {
        for probe in TABLE {
            let example = |patterns: &[&str]| patterns[0].replace('*', "example");
            let (host, path) = (example(probe.hosts), example(probe.paths));
            assert_eq!(wanted(&host, &path), Some(probe.wanted));
        }
    }
}
