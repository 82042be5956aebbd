//! Collects what is wrong with one test file.

use crate::model::{Diagnostic, Severity};

/// So many problems of one file are told; after that the file is no test file.
const MOST_TOLD: usize = 30;

/// The problems of one file.
pub(super) struct Problems<'a> {
    pub(super) file: &'a str,
    pub(super) found: Vec<Diagnostic>,
}

impl Problems<'_> {
    /// Notes an error at a place (line and column from 1); `length` counts characters, 0 when it is not known.
    pub(super) fn error(
        &mut self,
        (line, column): (u32, u32),
        length: u32,
        code: &str,
        message: String,
        hint: impl Into<String>,
    ) {
        let problem = Diagnostic {
            file: self.file.to_owned(),
            line,
            column,
            length,
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            hint: hint.into(),
        };
        if self.found.len() < MOST_TOLD && !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }
}
