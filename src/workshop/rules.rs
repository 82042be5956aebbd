//! What is known of rules: the texts at work, the texts in the files, and who uses them.

use std::{collections::BTreeSet, sync::Arc};

use super::{Workshop, tag};
use crate::{
    config::{self, Directories, FileKind, Files, Plan},
    model::{Policy, RuleName, StationName},
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
    pub fn of(files: &Files, rule: &RuleName) -> Option<Self> {
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

/// The stations with ports or guards that use a rule.
pub fn stations_using(plan: &Plan, rule: &RuleName) -> Vec<StationName> {
    let uses = |policy: &Policy| policy.guards.iter().chain(&policy.rules).any(|usage| usage.rule == *rule);
    let used = plan.stations.values().filter(|station| {
        // Ports share their policies: each is looked at once.
        let mut seen = BTreeSet::new();
        let mut policies = station.ports.values().map(|port| &port.care.policy);
        policies.any(|policy| seen.insert(Arc::as_ptr(policy)) && uses(policy))
    });
    used.map(|station| station.name.clone()).collect()
}
