//! What the embedded page says of itself: which page it is, and which style it carries.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::assets;

/// Bytes of a page's id at most.
const ID_BYTES: usize = 64;

/// The id of the page that is served, as its `<meta name="madang-page" content="…">` says; `None`
/// where there is no page or it bears none.
pub fn id() -> Option<&'static str> {
    id_of(&PAGE)
}

/// The source of styles that lets the page's own `<style>` through and no other: its hash
/// (CSP Level 3 §2.3.1); `None` where the page has none.
pub fn style_source() -> Option<&'static str> {
    static SOURCE: LazyLock<Option<String>> = LazyLock::new(|| style_of(&PAGE).map(source));
    SOURCE.as_deref()
}

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let page = assets::find("/").map(assets::Asset::identity);
    page.and_then(|bytes| String::from_utf8(bytes.into()).ok())
        .unwrap_or_default()
});

/// The id that a page bears. The build writes the attributes in this order.
fn id_of(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<meta name=\"madang-page\" content=\"")?;
    let (id, _) = rest.split_once('"')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    ((1..=ID_BYTES).contains(&id.len()) && id.bytes().all(plain)).then_some(id)
}

/// What stands in a page's `<style>`; the build writes one, without attributes.
fn style_of(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<style>")?;
    Some(rest.split_once("</style>")?.0)
}

/// The source of styles that lets one style through and no other.
pub(super) fn source(style: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_known_by_the_id_in_its_head() {
        let page = |id: &str| format!("<head><meta name=\"madang-page\" content=\"{id}\"></head>");
        assert_eq!(id_of(&page("a1-B_2")), Some("a1-B_2"));
        for id in ["", "a b", "<", &"x".repeat(65)] {
            assert_eq!(id_of(&page(id)), None, "{id}");
        }
        assert_eq!(id_of("<head></head>"), None);
        assert_eq!(id_of("<meta name=\"madang-page\" content=\"a"), None);
    }

    #[test]
    fn a_style_is_let_through_by_its_hash() {
        // By `printf 'b{color:red}' | openssl dgst -sha256 -binary | base64`.
        let style = style_of("<head><style>b{color:red}</style></head>");
        assert_eq!(
            style.map(source).as_deref(),
            Some("'sha256-ypIZpeWh67Lh3q46jpjGW7VCAJpmEqcFe8Dl5B2rXQU='")
        );
        assert_eq!(style_of("<head></head>"), None);
    }
}
