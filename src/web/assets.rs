//! The files inside the binary: the page and the Socket.IO client, put there by `build.rs`.
//!
//! Compressed when the gateway was built, never while it serves. Nothing is read from disk.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::reply::{self, Reply};

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    path: &'static str,
    kind: &'static str,
    /// The beginning of the content's SHA-256, in hex.
    etag: &'static str,
    /// Whether the name carries a hash of the content: then it never changes under this name.
    hashed: bool,
    /// As it is; absent where it is smaller by gzip.
    plain: Option<&'static [u8]>,
    br: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What lies under a path.
pub fn find(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(at)
}

/// Whether the file would be there if `make web` had been run before the build.
pub fn is_missing_from_build(path: &str) -> bool {
    let bundle = path.starts_with("/socket.io/socket.io.");
    if bundle {
        !BUNDLE_BUILT
    } else {
        !PAGE_BUILT && (path == "/" || path.starts_with("/assets/"))
    }
}

/// The answer where [`is_missing_from_build`] holds.
pub fn not_built() -> Reply {
    reply::text(
        StatusCode::SERVICE_UNAVAILABLE,
        "503: page not built: run make web",
    )
}

impl Asset {
    /// The file in the best form that the client takes, or 304 if the client has it.
    pub fn answer(&self, request: &HeaderMap) -> Reply {
        let (body, encoding) = self.form(request);
        // A strong tag names one sequence of bytes, so each form has its own (RFC 9110 §8.8.3.3).
        let etag = format!(
            "\"{}{}\"",
            self.etag,
            encoding.map_or("", |form| form.suffix)
        );
        let known = is_known(request, &etag);
        let mut reply = if known {
            let mut reply = reply::bytes(StatusCode::NOT_MODIFIED, self.kind, Bytes::new());
            reply.headers_mut().remove(header::CONTENT_TYPE);
            reply
        } else {
            reply::bytes(StatusCode::OK, self.kind, body)
        };
        let headers = reply.headers_mut();
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        let caching = if self.hashed {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        if self.br.is_some() || self.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        if self.path.starts_with(BUNDLE) {
            // Pages of any origin may load the client, as from an official server.
            headers.insert(CORP, HeaderValue::from_static("cross-origin"));
        }
        if let Some(encoding) = encoding.filter(|_| !known) {
            headers.insert(
                header::CONTENT_ENCODING,
                HeaderValue::from_static(encoding.token),
            );
        }
        reply
    }

    /// The smallest form with the highest weight in `Accept-Encoding`; as it is, if none fits.
    fn form(&self, request: &HeaderMap) -> (Bytes, Option<&'static Encoding>) {
        let forms = [(self.br, &BR), (self.gzip, &GZIP)];
        let mut best: Option<(u16, &'static [u8], &'static Encoding)> = None;
        for (bytes, encoding) in forms {
            let weight = weight(request, encoding.token);
            if let Some(bytes) = bytes
                && weight > best.map_or(0, |(weight, ..)| weight)
            {
                best = Some((weight, bytes, encoding));
            }
        }
        match best {
            Some((_, bytes, encoding)) => (Bytes::from_static(bytes), Some(encoding)),
            None => (self.identity(), None),
        }
    }

    /// The file as it is. Unpacked where it is kept packed: hardly any client asks for it so.
    pub(super) fn identity(&self) -> Bytes {
        match (self.plain, self.gzip) {
            (Some(plain), _) => Bytes::from_static(plain),
            (None, packed) => {
                let mut content = Vec::new();
                GzDecoder::new(packed.unwrap_or_default())
                    .read_to_end(&mut content)
                    .expect("build.rs packed it");
                content.into()
            }
        }
    }
}

/// A content coding and what tells its entity tag from the others.
#[derive(Debug)]
struct Encoding {
    token: &'static str,
    suffix: &'static str,
}

const BUNDLE: &str = "/socket.io/";
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const BR: Encoding = Encoding {
    token: "br",
    suffix: "-br",
};
const GZIP: Encoding = Encoding {
    token: "gzip",
    suffix: "-gz",
};

/// The client's weight for a coding in thousandths, 0 if it does not take it (RFC 9110 §12.5.3).
fn weight(request: &HeaderMap, coding: &str) -> u16 {
    let mut any = 0;
    for value in request.get_all(header::ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let (token, parameter) = item.split_once(';').unwrap_or((item, "q=1"));
            let token = token.trim();
            let named = token.eq_ignore_ascii_case(coding)
                || (coding == "gzip" && token.eq_ignore_ascii_case("x-gzip"));
            if named {
                return thousandths(parameter);
            }
            if token == "*" {
                any = thousandths(parameter);
            }
        }
    }
    any
}

/// `q=0.25` as 250; 0 for what is not a weight (RFC 9110 §12.4.2).
fn thousandths(parameter: &str) -> u16 {
    let parameter = parameter.trim();
    let value = parameter
        .strip_prefix("q=")
        .or_else(|| parameter.strip_prefix("Q="));
    match value.map(|value| value.split_once('.').unwrap_or((value, ""))) {
        Some(("1", _)) => 1_000,
        Some(("0", digits)) => format!("{digits:0<3.3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// Whether `If-None-Match` names this tag; a weak tag counts as well (RFC 9110 §13.1.2).
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    request.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value
            .to_str()
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCRIPT: Asset = Asset {
        path: "/assets/index-AbCdEfGh.js",
        kind: "text/javascript; charset=utf-8",
        etag: "0011",
        hashed: true,
        plain: Some(b"plain"),
        br: Some(b"br"),
        gzip: Some(b"gzip"),
    };

    fn asked(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    fn coding(accept: &'static str) -> &'static str {
        let request = asked(header::ACCEPT_ENCODING, accept);
        SCRIPT
            .form(&request)
            .1
            .map_or("identity", |encoding| encoding.token)
    }

    #[test]
    fn accept_encoding_is_matched_by_token_and_weight() {
        assert_eq!(coding("gzip, deflate, br"), "br");
        assert_eq!(coding("gzip;q=1.0, br;q=0.5"), "gzip");
        assert_eq!(coding("br;q=0, gzip;q=0.001"), "gzip");
        assert_eq!(coding("BR ; q=0.2"), "br");
        assert_eq!(coding("*"), "br");
        assert_eq!(coding("*;q=0.3, br;q=0"), "gzip");
        assert_eq!(coding("brotli, xgzip, identity"), "identity");
        assert_eq!(coding("br;q=0.000, *;q=0"), "identity");
        assert_eq!(coding(""), "identity");
    }

    #[test]
    fn a_known_tag_is_answered_without_the_body() {
        for known in ["\"0011\"", "\"x\", W/\"0011\"", "*"] {
            let reply = SCRIPT.answer(&asked(header::IF_NONE_MATCH, known));
            assert_eq!(reply.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(reply.headers()[header::ETAG], "\"0011\"");
        }
        // The tag of another form is another tag.
        let reply = SCRIPT.answer(&asked(header::IF_NONE_MATCH, "\"0011-br\""));
        assert_eq!(reply.status(), StatusCode::OK);
    }

    #[test]
    fn only_hashed_names_are_cached_for_good() {
        let page = Asset {
            path: "/",
            hashed: false,
            ..SCRIPT
        };
        let caching = |asset: &Asset| {
            asset.answer(&HeaderMap::new()).headers()[header::CACHE_CONTROL].clone()
        };
        assert_eq!(caching(&page), "no-cache");
        assert_eq!(caching(&SCRIPT), "public, max-age=31536000, immutable");
    }

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(ASSETS.is_sorted_by(|a, b| a.path < b.path));
        assert!(ASSETS.iter().all(|asset| find(asset.path).is_some()));
    }
}
