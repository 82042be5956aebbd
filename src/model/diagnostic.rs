//! A problem in one of the user's files, and the state of all files.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Timestamp, Version};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The files are not taken.
    Error,
    /// The files are taken; somebody should look.
    Warning,
}

/// One problem: where, what, what is allowed, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file, as the user would type it.
    pub file: String,
    /// Line, from 1; 0 when the problem has no place.
    pub line: u32,
    /// Column in characters, from 1; 0 when the problem has no place.
    pub column: u32,
    /// How many characters of the line it is about, from the column on; 0 when only the place is known.
    #[serde(default)]
    pub length: u32,
    /// How bad.
    pub severity: Severity,
    /// A stable code, for example `unknown-field`.
    pub code: String,
    /// What is wrong, with the user's value in backticks.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {word}[{}]: {}", self.code, self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n    hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// The plan that is at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Its version.
    pub version: Version,
    /// Since when.
    pub at: Timestamp,
    /// True when the files were broken at the start and the last good plan was taken instead.
    pub from_memory: bool,
    /// Warnings found in it.
    pub warnings: Vec<Diagnostic>,
}

/// Files that were not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Since when.
    pub at: Timestamp,
    /// Every problem found.
    pub problems: Vec<Diagnostic>,
}

/// What is at work, and what is wrong with the files as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigState {
    /// What is at work.
    pub active: Loaded,
    /// The present files, when they were not taken.
    pub rejected: Option<Rejected>,
}
