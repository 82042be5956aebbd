//! Rules and their texts.

use poem_openapi::{Object, types::Any};
use serde::{Deserialize, Serialize};

use super::DiagnosticOut;
use crate::{
    config::Plan,
    model::{RuleName, StationName, Value},
    rules::Parameter,
    workshop::{RuleText, stations_using},
};

/// A parameter of a rule.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleParameter")]
pub(in crate::http) struct ParameterOut {
    /// Its name.
    name: String,
    /// What kind of value it takes: `whole number`, `number`, `text`, or `true or false`.
    kind: String,
    /// The value when nobody gives one.
    default: Any<serde_json::Value>,
    /// What it is for; may be empty.
    description: String,
    /// The line that declares it, from 1.
    line: u32,
}

impl From<&Parameter> for ParameterOut {
    fn from(parameter: &Parameter) -> Self {
        let (kind, default) = match &parameter.default {
            Value::Int(number) => ("whole number", serde_json::json!(number)),
            Value::Float(number) => ("number", serde_json::json!(number)),
            Value::Text(text) => ("text", serde_json::json!(text)),
            Value::Bool(yes) => ("true or false", serde_json::json!(yes)),
        };
        Self {
            name: parameter.name.clone(),
            kind: kind.to_owned(),
            default: Any(default),
            description: parameter.description.clone(),
            line: parameter.line,
        }
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
    parameters: Vec<ParameterOut>,
    /// Stations that use it.
    used_by: Vec<StationName>,
    /// Whether it has a test file.
    tested: bool,
    /// What somebody should look at.
    warnings: Vec<DiagnosticOut>,
}

impl RuleOut {
    /// What is known of a rule of a plan.
    pub(in crate::http) fn new(plan: &Plan, name: &RuleName) -> Option<Self> {
        let info = plan.rules.rule(name.as_str())?;
        let text = RuleText::of(&plan.files, name)?;
        let tests = plan.files.file(crate::model::FileKind::Test, name.as_str());
        let of_rule = |file: &str| file == info.file || tests.is_some_and(|tests| file == tests.path);
        let warnings = plan.warnings.iter().filter(|warning| of_rule(&warning.file));
        Some(Self {
            name: name.clone(),
            description: info.description.clone(),
            version: info.hash.clone(),
            etag: format!("\"{}\"", text.tag()),
            parameters: info.parameters.iter().map(ParameterOut::from).collect(),
            used_by: stations_using(plan, name),
            tested: tests.is_some(),
            warnings: warnings.map(DiagnosticOut::from).collect(),
        })
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
    pub(in crate::http) fn new(plan: &Plan, name: &RuleName, file: Option<RuleText>) -> Self {
        let at_work = RuleText::of(&plan.files, name);
        let other = (file != at_work).then(|| RuleFileOut {
            etag: file.as_ref().map(|file| format!("\"{}\"", file.tag())),
            text: file.as_ref().map(|file| file.text.clone()),
            tests: file.and_then(|file| file.tests),
        });
        let (text, tests) = at_work.map_or((None, None), |rule| (Some(rule.text), rule.tests));
        Self { rule: RuleOut::new(plan, name), text, tests, file: other }
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
