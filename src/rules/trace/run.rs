//! Asks one rule and writes down its way.

use std::{sync::Arc, time::Duration};

use super::{
    recorder,
    told::{Trace, TraceEnd},
};
use crate::{
    model::{Facts, RuleUse},
    rules::{RuleSet, params},
};

/// What one traced run may take: fifty times as much as an ordinary one, because every value is looked up twice or three
/// times. An ordinary rule takes a tenth of a millisecond.
const TIME_LIMIT: Duration = Duration::from_millis(250);

impl RuleSet {
    /// Asks one rule and tells the way through it. Never for a decision: it takes twenty times as long as
    /// [`RuleSet::ask`], which says how the way ended.
    pub fn trace(&self, usage: &RuleUse, facts: &Arc<Facts>) -> Trace {
        let end = match self.ask(usage, facts) {
            Ok(Some(opinion)) => TraceEnd::Spoke(opinion),
            Ok(None) => TraceEnd::Silent,
            Err(failure) => TraceEnd::Failed(failure),
        };
        let mut trace = Trace {
            rule: usage.rule.clone(),
            file: String::new(),
            inputs: Vec::new(),
            steps: Vec::new(),
            end,
            visited: std::collections::BTreeSet::new(),
            cut: false,
        };
        let Some(rule) = self.rules.get(&usage.rule) else { return trace };
        trace.file.clone_from(&rule.info.file);
        let Ok(overrides) = params::overrides(rule, usage).collect::<Result<Vec<_>, _>>() else {
            return trace;
        };
        recorder::begin(&rule.info.file, &rule.script);
        // How it ends was told above; here only the way counts.
        let _ = self.tracer().evaluate(&rule.script, &usage.rule, overrides, facts, TIME_LIMIT);
        let record = recorder::end();
        Trace {
            inputs: record.inputs,
            steps: record.steps,
            visited: record.visited,
            cut: record.cut,
            ..trace
        }
    }
}
