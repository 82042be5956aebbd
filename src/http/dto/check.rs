//! A file that is checked before it is saved.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::DiagnosticOut;
use crate::{
    model::{Diagnostic, FileKind, RuleName, Severity},
    workshop::Edit,
};

/// A file as it might be.
#[derive(Debug, Deserialize, Object)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object such as {\"kind\": \"rule\", \"name\": \"keep-between\", \"text\": \"…\"}"
)]
#[oai(rename = "FileCheck", example)]
pub(in crate::http) struct CheckIn {
    /// Which kind of file: `rule`, `test`, `library`, `station` or `hub`.
    kind: FileKind,
    /// Its name without folder and ending; it need not be there yet.
    name: String,
    /// What would stand in it.
    text: String,
}

impl Example for CheckIn {
    fn example() -> Self {
        Self {
            kind: FileKind::Rule,
            name: "keep-between".to_owned(),
            text: "//! Keep the battery low.\nif battery.level < 40 { charge(\"low\"); }".to_owned(),
        }
    }
}

impl CheckIn {
    /// The edit, if a file may have this name: what may name a rule may name every file.
    pub(in crate::http) fn checked(self) -> Result<Edit, String> {
        RuleName::new(&self.name)
            .map_err(|wrong| format!("`{}` cannot be the name of a file: {}", wrong.text, wrong.allowed))?;
        Ok(Edit { kind: self.kind, name: self.name, text: Some(self.text) })
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
