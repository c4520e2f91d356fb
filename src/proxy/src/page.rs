//! The page, as it was built into the program.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What stands in the page where each answer's nonce goes.
const NONCE: &str = "{{__TRUNK_NONCE__}}";
/// The file that every address of the page gets.
const INDEX: &str = "index.html";
/// The ending of a file's compressed twin.
const BROTLI: &str = ".br";

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/page"]
struct Page;

/// The page itself, with the answer's nonce in it.
#[must_use]
pub fn index(nonce: &str) -> Response {
    let Some(file) = Page::get(INDEX) else {
        // The build makes an index in every case.
        return StatusCode::NOT_FOUND.into_response();
    };
    let text = String::from_utf8_lossy(&file.data).replace(NONCE, nonce);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text).into_response()
}

/// A file that the page loads. None when there is no such file.
#[must_use]
pub fn asset(path: &str, request: &HeaderMap) -> Option<Response> {
    if path == INDEX || path.ends_with(BROTLI) {
        return None;
    }
    let compressed = accepts_brotli(request)
        .then(|| Page::get(&format!("{path}{BROTLI}")))
        .flatten();
    let encoded = compressed.is_some();
    let file = compressed.or_else(|| Page::get(path))?;
    let mut answer = if is_unchanged(&file, request) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.to_vec()).into_response()
    };
    let headers = answer.headers_mut();
    let media = mime_guess::from_path(path).first_or_octet_stream();
    insert(headers, header::CONTENT_TYPE, media.as_ref());
    insert(headers, header::VARY, "accept-encoding");
    insert(headers, header::ETAG, &etag(&file));
    // A hashed name means that the content never changes; other files are asked for again each time.
    let caching = if has_hash(path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    insert(headers, header::CACHE_CONTROL, caching);
    if encoded {
        insert(headers, header::CONTENT_ENCODING, "br");
    }
    Some(answer)
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // All values are made here, of characters that headers take.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn etag(file: &EmbeddedFile) -> String {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hash}\"")
}

fn is_unchanged(file: &EmbeddedFile, request: &HeaderMap) -> bool {
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| {
        known
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/") == etag(file))
    })
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    let accepted = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        named && !refused
    })
}

/// Trunk names files `name-0123456789abcdef.js` and `name-0123456789abcdef_bg.wasm`.
fn has_hash(path: &str) -> bool {
    let stem = path
        .rsplit('/')
        .next()
        .and_then(|name| name.split('.').next())
        .unwrap_or("");
    let hash = stem
        .rsplit('-')
        .next()
        .map(|last| last.trim_end_matches("_bg"))
        .unwrap_or("");
    stem.contains('-') && hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_from_others() {
        for (path, hashed) in [
            ("holdpoint-app-0123456789abcdef.js", true),
            ("holdpoint-app-0123456789abcdef_bg.wasm", true),
            ("snippets/x-0123456789abcdef/inline0.js", false),
            ("mark.svg", false),
            ("base-cafe.css", false),
            ("index.html", false),
        ] {
            assert_eq!(has_hash(path), hashed, "{path}");
        }
    }

    #[test]
    fn brotli_is_used_where_it_is_taken() {
        for (value, accepted) in [
            ("gzip, br", true),
            ("br;q=0.5", true),
            ("BR", true),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("gzip", false),
            ("broken", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]);
            assert_eq!(accepts_brotli(&headers), accepted, "{value}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn the_nonce_is_filled_in() {
        assert!(Page::get(INDEX).is_some());
        assert!(
            asset(INDEX, &HeaderMap::new()).is_none(),
            "the page without a nonce is not served"
        );
    }
}
