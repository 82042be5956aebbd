//! How a file of the page is made ready to be sent. Also a part of `build.rs`, which does it once for the binary.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// Names that are no part of the page: what its libraries are made from.
const LEFT_OUT: [&str; 3] = ["package.json", "package-lock.json", "licenses.mjs"];
const ENTRY: &str = ".entry.mjs";
/// What saves less than this is sent as it is.
const WORTH: usize = 64;

/// The media type of a file of the page, by its path below `web/`; `None`: it is not served.
pub(super) fn media_type(path: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain);
    let name = path.rsplit('/').next()?;
    if !path.split('/').all(is_name) || LEFT_OUT.contains(&name) || name.ends_with(ENTRY) {
        return None;
    }
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "md" => "text/markdown; charset=utf-8",
        _ => return None,
    })
}

/// What tells these bytes from every other.
pub(super) fn tag(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes compressed, if that is worth it.
pub(super) fn squeezed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|squeezed| squeezed.len() + WORTH < bytes.len())
}
