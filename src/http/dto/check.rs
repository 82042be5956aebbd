//! A file that is checked before it is saved.

use poem_openapi::{Enum, Object, types::Example};
use serde::{Deserialize, Serialize};

use super::DiagnosticOut;
use crate::{
    config::{Edit, FileKind},
    model::{Diagnostic, Severity},
};

/// Which kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "FileKind", rename_all = "snake_case")]
pub(in crate::http) enum FileKindIn {
    /// `rules/NAME.rhai`
    Rule,
    /// `rules/NAME.test.ron`
    Test,
    /// `rules/lib/NAME.rhai`
    Library,
    /// `stations/NAME.ron`
    Station,
    /// `hubs/NAME.ron`
    Hub,
}

impl From<FileKindIn> for FileKind {
    fn from(kind: FileKindIn) -> Self {
        match kind {
            FileKindIn::Rule => Self::Rule,
            FileKindIn::Test => Self::Test,
            FileKindIn::Library => Self::Library,
            FileKindIn::Station => Self::Station,
            FileKindIn::Hub => Self::Hub,
        }
    }
}

/// A file as it might be.
#[derive(Debug, Deserialize, Object)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object such as {\"kind\": \"rule\", \"name\": \"keep-between\", \"text\": \"…\"}"
)]
#[oai(rename = "FileCheck", example)]
pub(in crate::http) struct CheckIn {
    /// Which kind of file.
    kind: FileKindIn,
    /// Its name without folder and ending; it need not be there yet.
    pub(in crate::http) name: String,
    /// What would stand in it.
    text: String,
}

impl Example for CheckIn {
    fn example() -> Self {
        Self {
            kind: FileKindIn::Rule,
            name: "keep-between".to_owned(),
            text: "//! Keep the battery low.\nif battery.level < 40 { charge(\"low\"); }".to_owned(),
        }
    }
}

impl From<CheckIn> for Edit {
    fn from(check: CheckIn) -> Self {
        Self { kind: check.kind.into(), name: check.name, text: Some(check.text) }
    }
}

/// What is wrong with a file, and with the others because of it.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "FileChecked")]
pub(in crate::http) struct CheckOut {
    /// True when the files would be taken.
    ok: bool,
    /// Every problem: errors, for which the files would not be taken, and warnings.
    problems: Vec<DiagnosticOut>,
}

impl From<&[Diagnostic]> for CheckOut {
    fn from(problems: &[Diagnostic]) -> Self {
        Self {
            ok: problems.iter().all(|problem| problem.severity != Severity::Error),
            problems: problems.iter().map(DiagnosticOut::from).collect(),
        }
    }
}
