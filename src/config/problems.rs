//! Problems found in one file, all of them.

use std::collections::BTreeMap;

use super::{
    document::Node,
    tokens::{Place, tokens},
};
use crate::model::{Diagnostic, Severity};

/// What is wrong with one value: a stable code, what it is, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl Wrong {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }
}

/// A person mends a file by its first problems; more than this would only fill logs and answers.
const MOST: usize = 100;

/// Collects the problems of one file.
#[derive(Debug)]
pub(crate) struct Problems<'f> {
    file: &'f str,
    found: Vec<Diagnostic>,
}

impl<'f> Problems<'f> {
    pub(crate) fn of(file: &'f str) -> Self {
        Self { file, found: Vec::new() }
    }

    /// Notes a problem at a place.
    pub(crate) fn add(&mut self, at: Place, wrong: Wrong) {
        if self.found.len() < MOST {
            self.found.push(error(self.file, at, wrong.code, wrong.message, &wrong.hint));
        }
    }

    /// The value, or `None` and its problem noted where it stands.
    pub(crate) fn take<T>(&mut self, node: &Node, result: Result<T, Wrong>) -> Option<T> {
        result.map_err(|wrong| self.add(node.at, wrong)).ok()
    }

    /// Everything found.
    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }
}

/// An error in a file.
pub(crate) fn error(file: &str, at: Place, code: &str, message: String, hint: &str) -> Diagnostic {
    Diagnostic {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        length: 0,
        severity: Severity::Error,
        code: code.to_owned(),
        message,
        hint: hint.to_owned(),
    }
}

/// A problem that does not keep the file from being taken.
pub(crate) fn warning(file: &str, at: Place, code: &str, message: String, hint: &str) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..error(file, at, code, message, hint) }
}

/// Notes how long what each problem is about is, where the text of its file is at hand.
pub(crate) fn measured(problems: &mut [Diagnostic], text_of: impl Fn(&str) -> Option<String>) {
    let mut texts: BTreeMap<String, BTreeMap<Place, u32>> = BTreeMap::new();
    for problem in problems.iter_mut().filter(|problem| problem.length == 0 && problem.line > 0) {
        let lengths = texts.entry(problem.file.clone()).or_insert_with(|| {
            let text = text_of(&problem.file).unwrap_or_default();
            lengths(text.strip_prefix('\u{feff}').unwrap_or(&text))
        });
        let at = Place { line: problem.line, column: problem.column };
        problem.length = lengths.get(&at).copied().unwrap_or_default();
    }
}

/// Where each token starts, and how many characters of its line belong to it.
fn lengths(text: &str) -> BTreeMap<Place, u32> {
    let length = |text: &str| text.lines().next().unwrap_or_default().chars().count();
    tokens(text).iter().map(|token| (token.at, u32::try_from(length(token.text)).unwrap_or(0))).collect()
}

/// As many problems of all files together are told.
const MOST_TOLD: usize = 500;

/// In the order in which a person reads them, each once.
pub(crate) fn sorted(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    problems.dedup();
    problems.truncate(MOST_TOLD);
    problems
}
