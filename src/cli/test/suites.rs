//! Runs the tests of all rules, on all cores.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    config::Files,
    model::{Diagnostic, RuleName},
    rules::{Coverage, RuleSet},
    trial::testing::{Test, TestResult, read_tests},
};

/// The tests of one rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Suite {
    pub(super) rule: RuleName,
    /// The test file, as the user would type it; `None`: the rule has none.
    pub(super) file: Option<String>,
    pub(super) done: Vec<Done>,
}

/// A test that was run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Done {
    pub(super) result: TestResult,
    pub(super) took: Duration,
}

impl Suite {
    pub(super) fn failed(&self) -> usize {
        self.done.iter().filter(|done| !done.result.passed).count()
    }
}

/// All suites, and what they came by if that was asked for.
pub(super) struct Suites {
    pub(super) suites: Vec<Suite>,
    pub(super) coverage: Option<Coverage>,
}

/// Tests these rules. Fails with the problems of all test files.
pub(super) fn run(
    rules: &Arc<RuleSet>,
    wanted: &[RuleName],
    files: &Files,
    cover: bool,
) -> Result<Suites, Vec<Diagnostic>> {
    let (mut suites, mut tests, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for rule in rules.rules().map(|rule| rule.name.clone()) {
        if !wanted.is_empty() && !wanted.contains(&rule) {
            continue;
        }
        let file = files.tests.iter().find(|file| file.name == rule.as_str());
        match file.map_or(Ok(Vec::new()), |file| read_tests(rules, &rule, &file.path, &file.text)) {
            Ok(read) => tests.extend(read.into_iter().map(|test| (suites.len(), test))),
            Err(found) => problems.extend(found),
        }
        suites.push(Suite { rule, file: file.map(|file| file.path.clone()), done: Vec::new() });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (mut done, coverage) = everywhere(rules, &tests, cover);
    done.sort_by_key(|(number, _)| *number);
    for ((suite, _), (_, done)) in tests.iter().zip(done) {
        if let Some(suite) = suites.get_mut(*suite) {
            suite.done.push(done);
        }
    }
    Ok(Suites { suites, coverage })
}

/// What came of tests by their numbers, in the order in which they ended.
type Numbered = Vec<(usize, Done)>;

/// Runs the tests on all cores; whoever is free takes the next.
fn everywhere(rules: &Arc<RuleSet>, tests: &[(usize, Test)], cover: bool) -> (Numbered, Option<Coverage>) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut coverage = cover.then(|| Coverage::new(rules));
        let mut done = Vec::new();
        while let Some((number, (_, test))) = take(&next, tests) {
            let began = Instant::now();
            let ran = test.run(rules);
            let took = began.elapsed();
            if let Some(coverage) = &mut coverage {
                ran.cover(rules, coverage);
            }
            done.push((number, Done { result: ran.result, took }));
        }
        (done, coverage)
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(tests.len().max(1));
    let parts = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
        let own = work();
        // INVARIANT: a rule that breaks the engine is caught within; there is no other way to panic.
        others.into_iter().filter_map(|other| other.join().ok()).chain([own]).collect::<Vec<_>>()
    });
    let (mut all, mut whole) = (Vec::new(), cover.then(|| Coverage::new(rules)));
    for (done, coverage) in parts {
        all.extend(done);
        if let (Some(whole), Some(coverage)) = (&mut whole, coverage) {
            whole.merge(coverage);
        }
    }
    (all, whole)
}

fn take<'t>(next: &AtomicUsize, tests: &'t [(usize, Test)]) -> Option<(usize, &'t (usize, Test))> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    Some((number, tests.get(number)?))
}
