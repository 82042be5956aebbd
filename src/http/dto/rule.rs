//! Rules and their texts.

use std::{collections::BTreeMap, sync::Arc};

use poem_openapi::{Object, types::Any};
use serde::{Deserialize, Serialize};

use super::{super::wire::Time, DiagnosticOut};
use crate::{
    history::RuleNews,
    model::{RuleName, StationName, Value},
    workshop::{Covered, RuleCoverage, RuleText, RuleView},
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
    /// How much of it its tests come by; null: it has none, or that is being worked out: ask again in some seconds.
    #[oai(nullable)]
    coverage: Option<CoverageOut>,
    /// When it decided last; null: in none of the last 20,000 decisions.
    #[oai(nullable)]
    last_spoke: Option<Time>,
    /// How often it began to fail in the last 24 hours.
    errors: u32,
    /// What went wrong last in that time.
    #[oai(nullable)]
    last_error: Option<String>,
    /// What somebody should look at.
    warnings: Vec<DiagnosticOut>,
}

/// How much of a rule its own tests come by: every line, and every way out of a question.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Coverage")]
struct CoverageOut {
    /// So many lines and branches they come by.
    tried: usize,
    /// So many there are.
    all: usize,
    /// The lines that they come by nowhere, from 1.
    missed_lines: Vec<u32>,
}

impl From<&RuleCoverage> for CoverageOut {
    fn from(covered: &RuleCoverage) -> Self {
        let missed = covered.lines.iter().filter(|(_, runs)| **runs == 0).map(|(line, _)| *line);
        Self {
            tried: covered.lines_reached() + covered.branches_taken,
            all: covered.lines.len() + covered.branches,
            missed_lines: missed.collect(),
        }
    }
}

/// What happens around rules.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Around {
    /// What history knows of them.
    pub(in crate::http) news: BTreeMap<RuleName, RuleNews>,
    /// What their tests come by.
    pub(in crate::http) covered: Option<Arc<Covered>>,
}

impl RuleOut {
    /// A rule, and what happens around it.
    pub(in crate::http) fn new(rule: RuleView, around: &Around) -> Self {
        let news = around.news.get(&rule.name).cloned().unwrap_or_default();
        let covered = around.covered.as_ref().and_then(|covered| covered.rule(&rule.name));
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
            coverage: covered.map(CoverageOut::from),
            last_spoke: news.last_spoke.map(Time),
            errors: news.failures,
            last_error: news.last_failure,
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
    pub(in crate::http) fn new(rule: Option<RuleView>, file: Option<RuleText>, around: &Around) -> Self {
        let at_work = rule.as_ref().map(|rule| rule.text.clone());
        let other = (file != at_work).then(|| RuleFileOut {
            etag: file.as_ref().map(|file| format!("\"{}\"", file.tag())),
            text: file.as_ref().map(|file| file.text.clone()),
            tests: file.and_then(|file| file.tests),
        });
        let (text, tests) = at_work.map_or((None, None), |rule| (Some(rule.text), rule.tests));
        Self { rule: rule.map(|rule| RuleOut::new(rule, around)), text, tests, file: other }
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
