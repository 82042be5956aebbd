//! A file of the page as an answer.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use poem::{
    Body, Request, Response,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use sha2::{Digest, Sha256};

use super::files::{Packed, find};
use crate::http::squeeze::takes_gzip;

/// Everything comes from this service, but one script that stands in the page itself; nobody frames the page.
fn policy(page: &[u8]) -> String {
    let inline = str::from_utf8(page).ok().and_then(|text| {
        let (_, rest) = text.split_once("<script>")?;
        rest.split_once("</script>").map(|(script, _)| script)
    });
    // Content Security Policy Level 3, 2.3.1: the script is known by its bytes.
    let inline = inline.map(|script| format!(" 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script))));
    format!(
        "default-src 'none'; script-src 'self'{}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        inline.unwrap_or_default()
    )
}

/// Sent with every file. Files are asked for again each time, and that they are the same costs some bytes: so a page never
/// has parts of two versions of the program.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::VARY, "accept-encoding"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The file that a path names; `None`: there is none.
pub(in crate::http) async fn page(request: &Request) -> Option<Response> {
    let path = match request.uri().path().strip_prefix('/')? {
        "" => "index.html",
        path => path,
    };
    Some(answer(find(path).await?, request))
}

fn answer(file: Packed, request: &Request) -> Response {
    let Packed { media_type, tag, plain, squeezed } = file;
    let policy = policy(if media_type.starts_with("text/html") { &plain } else { &[] });
    let (body, tag, coded) = match squeezed.filter(|_| takes_gzip(request.headers())) {
        // Other bytes, so another tag.
        Some(squeezed) => (squeezed, format!("\"{tag}-gz\""), true),
        None => (plain, format!("\"{tag}\""), false),
    };
    let mut response = if has(request, &tag) {
        StatusCode::NOT_MODIFIED.into()
    } else {
        let mut response = Response::builder().content_type(media_type).body(match body {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        });
        if coded {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    };
    let headers = response.headers_mut();
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, policy), (header::ETAG, tag)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// True if the client has this already (RFC 9110, `If-None-Match`).
fn has(request: &Request, tag: &str) -> bool {
    let values = request.headers().get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}
