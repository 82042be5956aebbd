//! Compresses large answers for those who ask for it. Never streams, which would wait for their end, and never answers
//! with an ETag, which is that of the bytes as they are.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use poem::{
    Response,
    http::{HeaderMap, HeaderValue, header},
};

/// Smaller ones fit one packet with their head anyway.
const SMALLEST: usize = 1_400;
/// What is larger takes more than a millisecond on a small computer, in which no report should wait.
const SMALL: usize = 32 * 1024;

/// Marks an answer that is there as a whole, so many bytes of it, and may be compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole(pub(super) usize);

/// Compresses an answer if it may be, and if that is worth it.
pub(super) async fn squeeze(mut response: Response, takes_gzip: bool) -> Response {
    let Some(Whole(length)) = response.data::<Whole>().copied() else { return response };
    if length < SMALLEST || response.headers().contains_key(header::ETAG) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !takes_gzip {
        return response;
    }
    let Ok(bytes) = response.take_body().into_bytes().await else { return response };
    let work = move || gzip(&bytes).ok_or(bytes);
    let done = if length <= SMALL {
        work()
    } else {
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            // The service is stopping.
            Err(_) => return response,
        }
    };
    match done {
        Ok(squeezed) => {
            response.set_body(squeezed);
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Err(bytes) => response.set_body(bytes),
    }
    response
}

/// The least effort: it halves the time of the best, and JSON shrinks to a tenth by either.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// True for clients that understand gzip (RFC 9110, `Accept-Encoding`).
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for part in values.flat_map(|value| value.split(',')) {
        let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        let wanted = weight.is_ok_and(|weight| weight > 0.0);
        match coding.trim() {
            gzip if gzip.eq_ignore_ascii_case("gzip") => return wanted,
            "*" => any = Some(wanted),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_gzip_is_understood() {
        let takes = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, text.parse().unwrap());
            takes_gzip(&headers)
        };
        for yes in ["gzip", "br, gzip;q=0.5", "deflate,GZIP", "*", "gzip;q=1.0, identity; q=0.5"] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "identity", "*;q=0", "gzip;q=x", "gzip;q=0, *"] {
            assert!(!takes(no), "{no}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
