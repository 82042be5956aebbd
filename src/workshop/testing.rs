//! Tests: those of a rule that nobody has saved yet, and those that decisions make.

use std::sync::Arc;

use super::{Closed, Workshop};
use crate::{
    config::{Edit, FileKind, Plan},
    model::{Decision, Diagnostic, RuleName},
    trial::{
        policy_of,
        testing::{NotSaved, SavedCase, TestResult, case_of, run_tests},
    },
};

/// What came of the tests of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Tested {
    /// Rule or tests are broken: nothing was run.
    Broken(Vec<Diagnostic>),
    /// What came of each test.
    Run(Vec<TestResult>),
}

impl Workshop {
    /// Runs the tests of a rule, with these texts in the place of its files; `None`: as the file at work has it. The
    /// other rules are those at work.
    pub async fn test_rule(
        &self,
        rule: RuleName,
        text: Option<String>,
        tests: Option<String>,
    ) -> Result<Tested, Closed> {
        let plan = self.plan();
        let edit = |kind, text: Option<String>| {
            text.map(|text| Edit { kind, name: rule.as_str().to_owned(), text: Some(text) })
        };
        let edits: Vec<Edit> =
            [edit(FileKind::Rule, text), edit(FileKind::Test, tests)].into_iter().flatten().collect();
        let files = plan.files.edited(&edits, self.directories());
        self.work(move || {
            let rules = match Plan::rules(&files) {
                Ok(rules) => Arc::new(rules),
                Err(problems) => return Tested::Broken(problems),
            };
            let file = files.file(FileKind::Test, rule.as_str());
            let (path, text) = file.map_or(("", "[]"), |file| (file.path.as_str(), file.text.as_str()));
            run_tests(&rules, &rule, path, text).map_or_else(Tested::Broken, Tested::Run)
        })
        .await
    }

    /// The test that a decision makes, of the rule that decided or of the one that is named: with the values that it was
    /// made with, held against the rules at work.
    pub async fn test_of(&self, decision: &Decision, rule: Option<&RuleName>) -> Result<SavedCase, NotSaved> {
        let plan = self.plan();
        // Where the files that decided are not kept any more, those at work tell who was asked.
        let then = self.plan_of(&decision.version).await.unwrap_or_else(|_| Arc::clone(&plan));
        let policy = then.stations.get(&decision.station).map(|station| policy_of(station, decision));
        case_of(decision, &policy.unwrap_or_default(), &plan.rules, rule)
    }
}
