//! Where the files of the page come from: out of the binary, or in debug builds out of the folder `web/`.

use std::borrow::Cow;

/// A file, ready to be sent.
pub(super) struct Packed {
    /// Its media type.
    pub(super) media_type: &'static str,
    /// What tells it from every other, without quotes.
    pub(super) tag: Cow<'static, str>,
    /// As it is.
    pub(super) plain: Cow<'static, [u8]>,
    /// Compressed, where that is smaller.
    pub(super) squeezed: Option<Cow<'static, [u8]>>,
}

#[cfg(web_in_binary)]
mod source {
    use super::Packed;
    use std::borrow::Cow;

    /// Path, media type, tag, bytes, compressed bytes.
    type Row = (&'static str, &'static str, &'static str, &'static [u8], Option<&'static [u8]>);

    /// Sorted by path.
    const FILES: &[Row] = &include!(concat!(env!("OUT_DIR"), "/web.rs"));

    /// The file at this path below `web/`.
    #[expect(clippy::unused_async, reason = "a debug build reads the file")]
    pub(in crate::http::web) async fn find(path: &str) -> Option<Packed> {
        let at = FILES.binary_search_by_key(&path, |row| row.0).ok()?;
        let (_, media_type, tag, plain, squeezed) = FILES.get(at)?;
        Some(Packed {
            media_type,
            tag: Cow::Borrowed(tag),
            plain: Cow::Borrowed(plain),
            squeezed: squeezed.map(Cow::Borrowed),
        })
    }
}

#[cfg(not(web_in_binary))]
mod source {
    use std::{env, fs, path::Path};

    use super::Packed;
    use crate::http::web::{bundle, pack};

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web");
    /// Set: the page comes in few files, as a release has it, and not as plain modules.
    const BUNDLED: &str = "SCS_WEB_BUNDLED";

    /// The file at this path below `web/`, as it is now.
    pub(in crate::http::web) async fn find(path: &str) -> Option<Packed> {
        let media_type = pack::media_type(path)?;
        let path = path.to_owned();
        let reading = tokio::task::spawn_blocking(move || read(&path));
        let plain = match reading.await.ok()? {
            Ok(found) => found?,
            Err(problem) => {
                tracing::error!(problem, "the page cannot be made of its files");
                return None;
            }
        };
        let squeezed = pack::squeezed(&plain).map(Into::into);
        Some(Packed { media_type, tag: pack::tag(&plain).into(), plain: plain.into(), squeezed })
    }

    fn read(path: &str) -> Result<Option<Vec<u8>>, String> {
        let folder = Path::new(FOLDER);
        if env::var_os(BUNDLED).is_none() {
            if let Ok(bytes) = fs::read(folder.join(path)) {
                return Ok(Some(bytes));
            }
            if !path.starts_with("words/") {
                return Ok(None);
            }
        }
        let files = bundle::read(folder).map_err(|error| error.to_string())?;
        if env::var_os(BUNDLED).is_some() {
            return Ok(bundle::bundle(files)?.remove(path));
        }
        Ok(bundle::words(&files)?.remove(path).map(String::into_bytes))
    }
}

pub(super) use source::find;
