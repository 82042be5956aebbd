//! What is known of rules: the texts at work, the texts in the files, and who uses them.

use std::{collections::BTreeSet, sync::Arc};

use super::{Workshop, tag};
use crate::{
    config::{self, Directories, FileKind, Files, Plan},
    model::{Diagnostic, Policy, RuleName, StationName},
    rules::Parameter,
};

/// A rule with its tests, as they stand in files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The script.
    pub text: String,
    /// Its test file, if it has one.
    pub tests: Option<String>,
}

impl RuleText {
    /// What tells it from every other text.
    pub fn tag(&self) -> String {
        tag(&self.text, self.tests.as_deref())
    }

    /// The rule of this name among files.
    fn of(files: &Files, rule: &RuleName) -> Option<Self> {
        let text = |kind| files.file(kind, rule.as_str()).map(|file| file.text.clone());
        Some(Self { text: text(FileKind::Rule)?, tests: text(FileKind::Test) })
    }

    fn read(directories: &Directories, rule: &RuleName) -> Option<Self> {
        let read = |kind: FileKind| {
            let path = kind.path(directories, rule.as_str());
            config::text(&path, &path.display().to_string()).ok()?
        };
        Some(Self { text: read(FileKind::Rule)?, tests: read(FileKind::Test) })
    }
}

impl Workshop {
    /// What stands in the file of a rule now; `None` when it is not there or cannot be read.
    pub async fn rule_file(&self, rule: &RuleName) -> Option<RuleText> {
        let (directories, rule) = (self.directories.clone(), rule.clone());
        tokio::task::spawn_blocking(move || RuleText::read(&directories, &rule)).await.ok().flatten()
    }
}

/// What people may know of a rule at work.
#[derive(Clone, Debug)]
pub struct RuleView {
    /// Its name.
    pub name: RuleName,
    /// What it is for, from its first comment; may be empty.
    pub description: String,
    /// Version of its text: twelve hexadecimal digits.
    pub version: String,
    /// Its text and its tests.
    pub text: RuleText,
    /// Its parameters, in the order of the script.
    pub parameters: Vec<Parameter>,
    /// Stations with guards or ports that use it.
    pub used_by: Vec<StationName>,
    /// What somebody should look at, in the rule or its tests.
    pub warnings: Vec<Diagnostic>,
}

impl RuleView {
    /// A rule of a plan.
    pub fn of(plan: &Plan, rule: &RuleName) -> Option<Self> {
        let info = plan.rules.rule(rule.as_str())?;
        let tests = plan.files.file(FileKind::Test, rule.as_str()).map(|file| file.path.as_str());
        let warnings = plan.warnings.iter().filter(|w| w.file == info.file || Some(w.file.as_str()) == tests);
        Some(Self {
            name: rule.clone(),
            description: info.description.clone(),
            version: info.hash.clone(),
            text: RuleText::of(&plan.files, rule)?,
            parameters: info.parameters.clone(),
            used_by: stations_using(plan, rule),
            warnings: warnings.cloned().collect(),
        })
    }

    /// All rules of a plan, by name.
    pub fn all(plan: &Plan) -> Vec<Self> {
        plan.rules.rules().filter_map(|info| Self::of(plan, &info.name)).collect()
    }
}

/// The stations with ports or guards that use a rule.
fn stations_using(plan: &Plan, rule: &RuleName) -> Vec<StationName> {
    let uses = |policy: &Policy| policy.guards.iter().chain(&policy.rules).any(|usage| usage.rule == *rule);
    let used = plan.stations.values().filter(|station| {
        // Ports share their policies: each is looked at once.
        let mut seen = BTreeSet::new();
        let mut policies = station.ports.values().map(|port| &port.care.policy);
        policies.any(|policy| seen.insert(Arc::as_ptr(policy)) && uses(policy))
    });
    used.map(|station| station.name.clone()).collect()
}
