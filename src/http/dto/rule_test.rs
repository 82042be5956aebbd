//! Tests of rules, and what came of them.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::DiagnosticOut;
use crate::{
    model::RuleName,
    workshop::{SavedCase, TestKind, TestResult, Tested},
};

/// A rule and its tests, not saved.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"rule\": \"keep-between\"}")]
#[oai(rename = "RuleTest", example)]
pub(in crate::http) struct TestIn {
    /// The rule's name.
    pub(in crate::http) rule: RuleName,
    /// Its text; null or left out: as at work.
    #[serde(default)]
    #[oai(nullable)]
    pub(in crate::http) text: Option<String>,
    /// The text of its test file; null or left out: as at work.
    #[serde(default)]
    #[oai(nullable)]
    pub(in crate::http) tests: Option<String>,
}

impl Example for TestIn {
    #[expect(clippy::expect_used, reason = "literals, checked by the test that writes the OpenAPI document")]
    fn example() -> Self {
        Self {
            rule: RuleName::new("mine").expect("a name"),
            text: Some("//! Mine.\nif battery.level < 30 { charge(\"low\"); }\n".to_owned()),
            tests: Some("[(name: \"low\", battery: (level: 20), expect: Charge)]".to_owned()),
        }
    }
}

/// What came of the tests of a rule.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleTested")]
pub(in crate::http) struct TestedOut {
    /// True when there was nothing wrong and no test failed.
    ok: bool,
    /// What is wrong with rule or tests; then nothing was run.
    problems: Vec<DiagnosticOut>,
    /// The tests, in the order of the file.
    tests: Vec<TestOut>,
}

impl From<Tested> for TestedOut {
    fn from(tested: Tested) -> Self {
        let (problems, tests) = match tested {
            Tested::Broken(problems) => (problems, Vec::new()),
            Tested::Run(tests) => (Vec::new(), tests),
        };
        Self {
            ok: problems.is_empty() && tests.iter().all(|test| test.passed),
            problems: problems.iter().map(DiagnosticOut::from).collect(),
            tests: tests.into_iter().map(TestOut::from).collect(),
        }
    }
}

/// What came of one test.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "TestResult")]
pub(in crate::http) struct TestOut {
    /// Its name.
    name: String,
    /// Its line in the test file, from 1.
    line: u32,
    /// `case`: one situation; `series`: reports that are written down; `night`: a run with a simulated battery.
    kind: String,
    /// Whether it went as expected.
    passed: bool,
    /// What was expected, in words.
    expected: String,
    /// What came, in words.
    got: String,
    /// The reason that was given; empty when nobody said anything.
    reason: String,
    /// What the rule saw; of a series or a night its switches, by time.
    values: Vec<TestValue>,
}

impl From<TestResult> for TestOut {
    fn from(result: TestResult) -> Self {
        let kind = match result.kind {
            TestKind::Case => "case",
            TestKind::Series => "series",
            TestKind::Night => "night",
        };
        let values = result.values.into_iter();
        Self {
            name: result.name,
            line: result.line,
            kind: kind.to_owned(),
            passed: result.passed,
            expected: result.expected,
            got: result.got,
            reason: result.reason,
            values: values.map(|(name, value)| TestValue { name, value }).collect(),
        }
    }
}

/// One of the values that led to the answer.
#[derive(Clone, Debug, Serialize, Object)]
pub(in crate::http) struct TestValue {
    /// Its name, or the time.
    name: String,
    /// The value in words.
    value: String,
}

/// A decision as a case of a test file.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "DecisionTest")]
pub(in crate::http) struct CaseOut {
    /// The rule whose test file it belongs to.
    rule: RuleName,
    /// Its name, the same for the same decision.
    name: String,
    /// The case as it stands in the list of a test file.
    text: String,
    /// Whether the rule says the same today: false when it was changed since.
    holds: bool,
}

impl From<SavedCase> for CaseOut {
    fn from(case: SavedCase) -> Self {
        Self { rule: case.rule, name: case.name, text: case.text, holds: case.holds }
    }
}
