//! Rules and their texts.

use poem_openapi::{Object, types::Any};
use serde::{Deserialize, Serialize};

use super::DiagnosticOut;
use crate::{
    model::{RuleName, StationName, Value},
    workshop::{RuleText, RuleView},
};

/// A parameter of a rule.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleParameter")]
pub(in crate::http) struct RuleParameterOut {
    /// Its name.
    name: String,
    /// The kind of value: `integer`, `number`, `text` or `boolean`.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: String,
    /// The value when nobody gives one.
    default: Any<Value>,
    /// What it is for, in the words of the rule; may be empty.
    description: String,
    /// The line that declares it, from 1.
    line: u32,
}

/// The kind of a value, as it is called in JSON.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::Text(_) => "text",
        Value::Bool(_) => "boolean",
    }
}

/// A rule at work.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Rule")]
pub(in crate::http) struct RuleOut {
    /// Its name.
    name: RuleName,
    /// What it is for, from its first comment; may be empty.
    description: String,
    /// Version of its text.
    version: String,
    /// The ETag of its text and tests, for `If-Match`.
    etag: String,
    /// Its parameters, in the order of the script.
    parameters: Vec<RuleParameterOut>,
    /// Stations that use it.
    used_by: Vec<StationName>,
    /// Whether it has a test file.
    tested: bool,
    /// What somebody should look at.
    warnings: Vec<DiagnosticOut>,
}

impl From<RuleView> for RuleOut {
    fn from(rule: RuleView) -> Self {
        let parameters = rule.parameters.into_iter().map(|parameter| RuleParameterOut {
            name: parameter.name,
            kind: kind(&parameter.default).to_owned(),
            default: Any(parameter.default),
            description: parameter.description,
            line: parameter.line,
        });
        Self {
            etag: format!("\"{}\"", rule.text.tag()),
            tested: rule.text.tests.is_some(),
            name: rule.name,
            description: rule.description,
            version: rule.version,
            parameters: parameters.collect(),
            used_by: rule.used_by,
            warnings: rule.warnings.iter().map(DiagnosticOut::from).collect(),
        }
    }
}

/// What stands in the files of a rule when it is not what is at work.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleFile")]
pub(in crate::http) struct RuleFileOut {
    /// The script; null: the file is not there.
    #[oai(nullable)]
    text: Option<String>,
    /// Its tests; null: there is no such file.
    #[oai(nullable)]
    tests: Option<String>,
    /// Its ETag, for `If-Match`; null: the file is not there.
    #[oai(nullable)]
    etag: Option<String>,
}

/// A rule with its text. What is shown is what decides.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleDetail")]
pub(in crate::http) struct RuleDetail {
    /// The rule; null: it is in the files, but was never taken.
    #[oai(nullable)]
    rule: Option<RuleOut>,
    /// The script at work.
    #[oai(nullable)]
    text: Option<String>,
    /// The tests at work; null: it has none.
    #[oai(nullable)]
    tests: Option<String>,
    /// What stands in the files, when that is otherwise: it was not taken, see `GET /api/v1/config`. A change is made
    /// on this, with its own ETag.
    #[oai(nullable)]
    file: Option<RuleFileOut>,
}

impl RuleDetail {
    /// A rule as it is at work and in its file.
    pub(in crate::http) fn new(rule: Option<RuleView>, file: Option<RuleText>) -> Self {
        let at_work = rule.as_ref().map(|rule| rule.text.clone());
        let other = (file != at_work).then(|| RuleFileOut {
            etag: file.as_ref().map(|file| format!("\"{}\"", file.tag())),
            text: file.as_ref().map(|file| file.text.clone()),
            tests: file.and_then(|file| file.tests),
        });
        let (text, tests) = at_work.map_or((None, None), |rule| (Some(rule.text), rule.tests));
        Self { rule: rule.map(RuleOut::from), text, tests, file: other }
    }

    /// The script to show alone: that at work, or that of the file when none is.
    pub(in crate::http) fn shown(&self) -> Option<&str> {
        self.text.as_deref().or_else(|| self.file.as_ref()?.text.as_deref())
    }

    /// The ETag of what is shown.
    pub(in crate::http) fn etag(&self) -> Option<&str> {
        let at_work = self.rule.as_ref().map(|rule| rule.etag.as_str());
        at_work.or_else(|| self.file.as_ref()?.etag.as_deref())
    }
}

/// A rule as it shall be.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(rename = "RuleText")]
pub(in crate::http) struct RuleIn {
    /// The script.
    pub(in crate::http) text: String,
    /// Its tests; left out: they stay as they are; empty: the test file is removed.
    #[serde(default)]
    pub(in crate::http) tests: Option<String>,
}
