//! Counts what lines and branches of rules were come by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    model::RuleName,
    rules::{
        compile::RuleSet,
        trace::{
            Place, Trace, TraceStep,
            outline::{Branch, Outline, Way},
        },
    },
};

/// What traces came by, of all rules of a set.
#[derive(Clone, Debug)]
pub struct Coverage(BTreeMap<RuleName, Counts>);

#[derive(Clone, Debug)]
struct Counts {
    outline: Outline,
    runs: u64,
    statements: BTreeMap<Place, u64>,
    branches: BTreeSet<Branch>,
}

/// What was come by of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCoverage {
    /// The rule.
    pub rule: RuleName,
    /// Its file.
    pub file: String,
    /// So many runs were counted.
    pub runs: u64,
    /// For each line that a statement begins in, how many runs came by all of its statements.
    pub lines: BTreeMap<u32, u64>,
    /// So many branches were taken at least once.
    pub branches_taken: usize,
    /// So many there are.
    pub branches: usize,
    /// Those that were never taken, in the order of the text.
    pub missed: Vec<Branch>,
}

impl RuleCoverage {
    /// So many lines were come by at least once.
    pub fn lines_reached(&self) -> usize {
        self.lines.values().filter(|runs| **runs > 0).count()
    }
}

impl Coverage {
    /// Nothing was come by yet.
    pub fn new(rules: &RuleSet) -> Self {
        let outlines = rules.rules().filter_map(|rule| rules.outline(&rule.name));
        let counts = outlines.map(|outline| {
            let statements = outline.statements.iter().map(|place| (place.clone(), 0)).collect();
            let rule = outline.rule.clone();
            (rule, Counts { outline, runs: 0, statements, branches: BTreeSet::new() })
        });
        Self(counts.collect())
    }

    /// Counts one run.
    pub fn add(&mut self, trace: &Trace) {
        let Some(counts) = self.0.get_mut(&trace.rule) else { return };
        counts.runs += 1;
        for (place, runs) in &mut counts.statements {
            *runs += u64::from(trace.visited.contains(place));
        }
        let asked: BTreeSet<(&Place, bool)> = trace
            .steps
            .iter()
            .filter_map(|step| match step {
                TraceStep::Asked(question) => Some((&question.place, question.condition.holds?)),
                TraceStep::Set(_) | TraceStep::Chosen { .. } | TraceStep::Left { .. } => None,
            })
            .collect();
        let taken = counts.outline.branches.iter().filter(|branch| match &branch.way {
            Way::Yes => asked.contains(&(&branch.place, true)),
            Way::No => asked.contains(&(&branch.place, false)),
            Way::Case(place) => trace.visited.contains(place),
        });
        counts.branches.extend(taken.cloned());
    }

    /// Adds what somebody else counted, of the same rules.
    pub fn merge(&mut self, other: Self) {
        for (rule, more) in other.0 {
            let Some(counts) = self.0.get_mut(&rule) else { continue };
            counts.runs += more.runs;
            counts.branches.extend(more.branches);
            for (place, runs) in more.statements {
                *counts.statements.entry(place).or_default() += runs;
            }
        }
    }

    /// What was come by, by rule.
    pub fn report(&self) -> Vec<RuleCoverage> {
        self.0.values().map(Counts::report).collect()
    }
}

impl Counts {
    fn report(&self) -> RuleCoverage {
        let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
        for (place, runs) in &self.statements {
            let line = lines.entry(place.line).or_insert(*runs);
            *line = (*line).min(*runs);
        }
        let missed = self.outline.branches.iter().filter(|branch| !self.branches.contains(branch));
        RuleCoverage {
            rule: self.outline.rule.clone(),
            file: self.outline.file.clone(),
            runs: self.runs,
            lines,
            branches_taken: self.branches.len(),
            branches: self.outline.branches.len(),
            missed: missed.cloned().collect(),
        }
    }
}
