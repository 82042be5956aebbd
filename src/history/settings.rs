//! What history is told at start.

use std::path::PathBuf;

use crate::model::Span;

/// Where history is kept and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistorySettings {
    /// The SQLite file; its folder is made if it is not there.
    pub path: PathBuf,
    /// Reports, decisions, switches and events older than this are removed.
    pub keep: Span,
}
