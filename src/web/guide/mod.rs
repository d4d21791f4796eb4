//! The pages that guide a person to the chat: the sheet of the portal, and `/trust`.
//!
//! Their texts are in `web/portal`, a folder a language. They work without a script and without
//! storage, in the little that a portal's sheet is of a browser.

mod language;
mod system;

use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock, RwLockReadGuard};

use askama::Template;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use qrcode::QrCode;
use qrcode::render::svg;

use self::language::Language;
use self::system::System;
use super::Identity;
use super::ca::Ca;
use super::page;
use super::reply::{self, Reply};

/// Writes the pages.
pub struct Guide {
    title: RwLock<String>,
    identity: Arc<dyn Identity>,
}

/// For whom a page is, and from where.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) headers: &'a HeaderMap,
    /// The page of the chat, without the slash at its end.
    pub(super) page: &'a str,
    /// The host of the page that is read.
    pub(super) host: &'a str,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Sheet<'a> {
    language: Language,
    system: System,
    title: &'a str,
    page: &'a str,
    host: &'a str,
    /// The page's address as a picture, SVG.
    code: String,
    ca: Option<Ca>,
    style: &'static str,
    /// Whether the system keeps the Wi-Fi by now.
    stays: bool,
    /// Whether there is no way from here into the chat.
    closed: bool,
}

#[derive(Template)]
#[template(path = "trust.html")]
struct Trust<'a> {
    language: Language,
    system: System,
    title: &'a str,
    page: &'a str,
    host: &'a str,
    ca: Option<Ca>,
    style: &'static str,
    secure: bool,
    /// The origin of the same gateway under another name.
    elsewhere: Option<&'a str>,
}

impl Guide {
    /// With the title of the page.
    pub fn new(title: &str, identity: Arc<dyn Identity>) -> Self {
        Self {
            title: RwLock::new(title.to_owned()),
            identity,
        }
    }

    /// From now on the page has another title.
    pub fn rename(&self, title: &str) {
        let mut now = self.title.write().unwrap_or_else(PoisonError::into_inner);
        title.clone_into(&mut now);
    }

    fn title(&self) -> RwLockReadGuard<'_, String> {
        self.title.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheet that a phone shows when it joins.
    pub(super) fn sheet(&self, reader: &Reader<'_>, stays: bool) -> Reply {
        let sheet = Sheet {
            language: Language::of(reader.headers),
            system: System::of(reader.headers),
            title: &self.title(),
            page: reader.page,
            host: reader.host,
            code: picture(&format!("{}/", reader.page)),
            ca: self.identity.ca(),
            style: STYLE,
            stays,
            closed: system::is_closed(reader.headers),
        };
        written(&sheet, None)
    }

    /// On which rung a phone stands, and what the next one brings.
    ///
    /// `elsewhere` is an origin of this gateway under another name for which the certificate holds.
    pub(super) fn trust(
        &self,
        reader: &Reader<'_>,
        secure: bool,
        elsewhere: Option<&str>,
    ) -> Reply {
        let trust = Trust {
            language: Language::of(reader.headers),
            system: System::of(reader.headers),
            title: &self.title(),
            page: reader.page,
            host: reader.host,
            ca: self.identity.ca(),
            style: STYLE,
            secure,
            elsewhere,
        };
        written(&trust, elsewhere)
    }
}

impl fmt::Debug for Guide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guide")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

/// What `/trust` is made of besides, by path: its script asks the browser what the gateway cannot
/// see.
pub(super) fn part(path: &str) -> Option<Reply> {
    let (kind, text) = match path {
        "/trust.js" => (
            "text/javascript; charset=utf-8",
            include_str!("../../../web/portal/trust.js"),
        ),
        "/trust.svg" => (
            "image/svg+xml",
            include_str!("../../../web/portal/trust.svg"),
        ),
        _ => return None,
    };
    let mut reply = reply::bytes(StatusCode::OK, kind, text);
    if path == "/trust.svg" {
        // Another name of this gateway is another origin to a browser.
        let anybody = HeaderValue::from_static("cross-origin");
        reply.headers_mut().insert(CORP, anybody);
    }
    Some(reply)
}

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const STYLE: &str = include_str!("../../../web/portal/style.css");

fn written(page: &impl Template, images: Option<&str>) -> Reply {
    let mut reply = match page.render() {
        Ok(html) => reply::bytes(StatusCode::OK, "text/html; charset=utf-8", html),
        Err(error) => return reply::text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    };
    let headers = reply.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy(images.unwrap_or_default())) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // With no referrer at all a browser would press the sheet's button as `Origin: null`.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(CORP, HeaderValue::from_static("same-origin"));
    reply
}

/// The page's own style and scripts, images of one more origin, and nothing else.
fn policy(images: &str) -> String {
    static SOURCE: LazyLock<String> = LazyLock::new(|| page::source(STYLE));
    format!(
        "default-src 'none'; style-src {}; script-src 'self'; img-src data: {images}; \
         connect-src 'self' wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        *SOURCE
    )
}

/// A QR code, dark on light in both themes, since many phones read no other.
fn picture(address: &str) -> String {
    let Ok(code) = QrCode::new(address) else {
        return String::new();
    };
    let svg = code
        .render::<svg::Color<'_>>()
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // What stands before the element is for files.
    let at = svg.find("<svg").unwrap_or_default();
    svg[at..].replacen(
        "<svg",
        &format!("<svg role=\"img\" aria-label=\"{address}\""),
        1,
    )
}
