//! Why the service could not start, or had to end.

use std::io;

use crate::{history::HistoryError, model::Diagnostic};

/// Why the service ended. Each has an exit code of its own kind (sysexits.h).
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The user's files are broken, and there is no last good plan.
    #[error("the files have {} problem(s)", .0.len())]
    Config(Vec<Diagnostic>),
    /// History could not be opened.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// HTTP could not listen.
    #[error("{0}")]
    Http(io::Error),
    /// A part of the service ended by itself.
    #[error(
        "the {0} task ended by itself: this is a defect; the program ends so that it can be started again"
    )]
    TaskEnded(String),
}

impl Failed {
    /// The exit code: 78 broken files or settings, 73 history cannot be written, 69 the address cannot be had,
    /// 77 it may not be had, 70 a defect.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 78,
            Self::History(_) => 73,
            Self::Http(error) if error.kind() == io::ErrorKind::PermissionDenied => 77,
            Self::Http(_) => 69,
            Self::TaskEnded(_) => 70,
        }
    }
}
