//! How history fares, for the outside.

use std::path::PathBuf;

/// How history fares. Charging never depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// False while the disk does not take what is to be written.
    pub ok: bool,
    /// What is or was wrong and what to do; empty when nothing is.
    pub message: String,
    /// Records lost since the start: dropped while the disk took nothing, or never writable.
    pub lost: u64,
    /// Where the last broken file is now, when one had to be moved aside since the start.
    pub moved_aside: Option<PathBuf>,
}

impl Default for Health {
    fn default() -> Self {
        Self { ok: true, message: String::new(), lost: 0, moved_aside: None }
    }
}
