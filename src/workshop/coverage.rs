//! How much of the rules at work their own tests come by: worked out once for each plan, when somebody asks.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::timeout;

use super::{Closed, Workshop};
use crate::{
    config::{FileKind, Plan},
    model::{RuleName, Version},
    rules::{Coverage, RuleCoverage},
    trial::testing::read_tests,
};

/// What the tests of all rules of one plan come by.
#[derive(Clone, Debug)]
pub struct Covered {
    version: Version,
    rules: BTreeMap<RuleName, RuleCoverage>,
}

impl Covered {
    /// That of one rule.
    pub fn rule(&self, rule: &RuleName) -> Option<&RuleCoverage> {
        self.rules.get(rule)
    }
}

/// What the tests of one rule come by. Each rule is held against its own tests alone.
fn cover(plan: &Plan, rule: &RuleName) -> Option<RuleCoverage> {
    let file = plan.files.file(FileKind::Test, rule.as_str())?;
    let tests = read_tests(&plan.rules, rule, &file.path, &file.text).ok()?;
    let mut coverage = Coverage::new(&plan.rules);
    for test in &tests {
        test.run(&plan.rules).cover(&plan.rules, &mut coverage);
    }
    coverage.report().into_iter().find(|one| one.rule == *rule)
}

impl Workshop {
    /// What the tests of the rules at work come by; `None`: it is being worked out and not done within `patience`, so ask
    /// again in some seconds.
    pub async fn covered(&self, patience: Duration) -> Option<Arc<Covered>> {
        let plan = self.plan();
        let is_it =
            |kept: &Option<Arc<Covered>>| kept.as_ref().is_some_and(|kept| kept.version == plan.version);
        let mut kept = self.covered.subscribe();
        if !is_it(&kept.borrow())
            && let Ok(turn) = Arc::clone(&self.covering).try_acquire_owned()
        {
            let (workshop, plan) = (self.clone(), Arc::clone(&plan));
            tokio::spawn(async move {
                let _turn = turn;
                if let Some(covered) = workshop.cover(plan).await {
                    workshop.covered.send_replace(Some(Arc::new(covered)));
                }
            });
        }
        let found = timeout(patience, kept.wait_for(is_it)).await.ok()?.ok()?;
        found.clone()
    }

    /// Takes a turn for each rule, so that whoever saves waits for the tests of one rule at most; and no turn for a plan
    /// that is at work no more. `None`: whoever asks next begins anew.
    async fn cover(&self, plan: Arc<Plan>) -> Option<Covered> {
        let mut rules = BTreeMap::new();
        let names: Vec<RuleName> = plan.rules.rules().map(|rule| rule.name.clone()).collect();
        for name in names {
            let covered = loop {
                if self.plan().version != plan.version {
                    return None;
                }
                let (plan, name) = (Arc::clone(&plan), name.clone());
                match self.work(move || cover(&plan, &name)).await {
                    Ok(covered) => break covered,
                    // People are served first, however long that takes.
                    Err(Closed::Busy) => {}
                    Err(Closed::Failed) => return None,
                }
            };
            rules.extend(covered.map(|one| (name, one)));
        }
        Some(Covered { version: plan.version.clone(), rules })
    }
}
