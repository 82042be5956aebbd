//! Runs the tests of a rule.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    case::Expect,
    file::{self, Entry, Placed},
    night,
    problems::Problems,
    scene, series,
    told::{self, TestKind, TestResult},
    wanted::{Checked, Course, Wanted},
};
use crate::{
    model::{Decision, Diagnostic, Facts, Opinion, Policy, RuleName, RuleUse, Span},
    rules::{Coverage, RuleSet, UseProblem},
    trial::{explain::in_words, world::Track},
};

/// Longest test file in bytes; the shipped ones have three thousand.
const LONGEST: usize = 256 * 1024;
/// The runs of one file may last so long together on their own clocks: within that the service reads its files in
/// seconds.
const ALL_RUNS: Span = Span::from_hours(100 * 24);

/// One test of a rule: read, checked, ready to run. Tests do not hang on each other, so they may run at the same time.
#[derive(Clone, Debug)]
pub struct Test {
    name: String,
    line: u32,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Case { usage: RuleUse, facts: Arc<Facts>, expect: Expect, because: Option<String> },
    Series(series::Ready, Vec<Wanted>),
    Night(night::Ready, Vec<Wanted>),
}

/// What came of a test, and all that rules were asked in it.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What came of it.
    pub result: TestResult,
    /// Every question: the rule with its values, and what it saw.
    pub asked: Vec<(RuleUse, Arc<Facts>)>,
}

/// The ways through a rule repeat themselves in a long night; so many of one test are looked at.
const WAYS: usize = 600;

impl Ran {
    /// Counts what it came by.
    pub fn cover(&self, set: &RuleSet, coverage: &mut Coverage) {
        let every = self.asked.len() / WAYS + 1;
        for (usage, facts) in self.asked.iter().step_by(every) {
            coverage.add(&set.trace(usage, facts));
        }
    }
}

/// Reads the test file of a rule. Fails with every problem of the file.
pub fn read_tests(
    set: &RuleSet,
    rule: &RuleName,
    file: &str,
    text: &str,
) -> Result<Vec<Test>, Vec<Diagnostic>> {
    let mut problems = Problems { file, found: Vec::new() };
    if set.rule(rule.as_str()).is_none() {
        let hint = "a test file has the name of its rule: keep-between.rhai, keep-between.test.ron";
        problems.error((0, 0), 0, "unknown-rule", format!("there is no rule `{rule}` to test"), hint);
        return Err(problems.found);
    }
    if text.len() > LONGEST {
        let message = format!("the file has {} bytes, a test file may have {LONGEST}", text.len());
        problems.error((0, 0), 0, "too-long", message, "is this the right file?");
        return Err(problems.found);
    }
    let mut names = BTreeSet::new();
    let mut tests: Vec<Test> = Vec::new();
    let mut runs = Span::ZERO;
    for placed in file::read(text, &mut problems) {
        let name = placed.entry.name().to_owned();
        if !names.insert(name.clone()) {
            let message = format!("there are two cases named `{name}`");
            problems.error(placed.place, 0, "duplicate-case", message, "give each case a name of its own");
        }
        let kind = kind(set, rule, &placed, &mut problems);
        runs += kind.iter().flatten().map(Kind::length).fold(Span::ZERO, |sum, length| sum + length);
        if runs > ALL_RUNS {
            let message = format!(
                "with this test the runs of the file last more than {} days",
                ALL_RUNS.as_hours() / 24
            );
            problems.error(placed.place, 0, "too-long", message, "make some of them shorter");
            break;
        }
        match kind {
            Ok(kind) => tests.extend(kind.map(|kind| Test { name, line: placed.place.0, kind })),
            Err(message) => problems.error(placed.place, 0, "wrong-value", message, ""),
        }
    }
    if problems.found.is_empty() { Ok(tests) } else { Err(problems.found) }
}

/// Runs all tests of a rule's test file, one after the other. Fails with every problem of the file itself.
pub fn run_tests(
    set: &Arc<RuleSet>,
    rule: &RuleName,
    file: &str,
    text: &str,
) -> Result<Vec<TestResult>, Vec<Diagnostic>> {
    let tests = read_tests(set, rule, file, text)?;
    Ok(tests.iter().map(|test| test.run(set).result).collect())
}

/// What a test is made of; `None` when a problem was noted.
fn kind(
    set: &RuleSet,
    rule: &RuleName,
    placed: &Placed,
    problems: &mut Problems<'_>,
) -> Result<Option<Kind>, String> {
    Ok(match &placed.entry {
        Entry::Case(case) => {
            let usage = RuleUse { rule: rule.clone(), with: case.with.0.clone() };
            let facts = Arc::new(case.facts(rule)?);
            let policy = Policy { guards: Vec::new(), rules: vec![usage.clone()] };
            let fits = fits(set, &policy, placed, problems);
            fits.then(|| Kind::Case { usage, facts, expect: case.expect, because: case.because.clone() })
        }
        Entry::Series(series) => {
            let ready = series.ready(rule)?;
            let fits =
                ready.station.ports.values().all(|port| fits(set, &port.care.policy, placed, problems));
            let reached = reached(&series.expect, ready.times(), &ready.station.zone)?;
            (fits && reached).then(|| Kind::Series(ready, series.expect.clone()))
        }
        Entry::Night(night) => {
            let ready = night.ready(rule)?;
            let fits =
                ready.station.ports.values().all(|port| fits(set, &port.care.policy, placed, problems));
            let reached = reached(&night.expect, ready.times(), &ready.station.zone)?;
            (fits && reached).then(|| Kind::Night(ready, night.expect.clone()))
        }
    })
}

/// Whether rules and values are right; what is not is noted where it stands.
fn fits(set: &RuleSet, policy: &Policy, placed: &Placed, problems: &mut Problems<'_>) -> bool {
    let found: Vec<(RuleName, UseProblem)> = scene::problems(set, policy);
    for (rule, problem) in &found {
        let word = problem.parameter.as_deref().unwrap_or(rule.as_str());
        let (place, length) = placed.place_of(word);
        problems.error(place, length, problem.code, problem.message.clone(), problem.hint.clone());
    }
    found.is_empty()
}

/// Whether every expectation is about a time within the run.
fn reached(
    wanted: &[Wanted],
    (start, end): (crate::model::Timestamp, crate::model::Timestamp),
    zone: &jiff::tz::TimeZone,
) -> Result<bool, String> {
    if wanted.is_empty() {
        return Err("nothing is expected: write for example [Switches(max: 4)]".to_owned());
    }
    match wanted.iter().find_map(|wanted| wanted.never_reached(start, end, zone)) {
        None => Ok(true),
        Some(when) => {
            let local = |at| zone.to_datetime(at).strftime("%A %H:%M").to_string();
            Err(format!("it lasts from {} to {}, which `{when}` is not in", local(start), local(end)))
        }
    }
}

impl Kind {
    /// How long it lasts on its own clock.
    fn length(&self) -> Span {
        let (start, end) = match self {
            Self::Case { .. } => return Span::ZERO,
            Self::Series(ready, _) => ready.times(),
            Self::Night(ready, _) => ready.times(),
        };
        end.duration_since(start)
    }
}

impl Test {
    /// Its name, as the file gives it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line in the test file, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Whether a single case goes as expected; nothing else is asked by this.
    pub(super) fn passes(&self, set: &RuleSet) -> bool {
        match &self.kind {
            Kind::Case { usage, facts, expect, because } => {
                self.case(set, usage, facts, *expect, because.as_deref()).result.passed
            }
            Kind::Series(..) | Kind::Night(..) => false,
        }
    }

    /// Runs it with these rules.
    pub fn run(&self, set: &Arc<RuleSet>) -> Ran {
        match &self.kind {
            Kind::Case { usage, facts, expect, because } => {
                self.case(set, usage, facts, *expect, because.as_deref())
            }
            Kind::Series(ready, wanted) => {
                let (times, zone) = (ready.times(), &ready.station.zone);
                let policy = ready.station.ports.values().next().map(|port| &port.care.policy);
                self.course(TestKind::Series, ready.run(set), times, zone, wanted, policy)
            }
            Kind::Night(ready, wanted) => {
                let (times, zone) = (ready.times(), &ready.station.zone);
                let policy = ready.station.ports.values().next().map(|port| &port.care.policy);
                self.course(TestKind::Night, ready.run(set), times, zone, wanted, policy)
            }
        }
    }

    fn case(
        &self,
        set: &RuleSet,
        usage: &RuleUse,
        facts: &Arc<Facts>,
        expect: Expect,
        because: Option<&str>,
    ) -> Ran {
        let answer = set.ask(usage, facts);
        let opinion = answer.as_ref().ok().cloned().flatten();
        let reason = opinion.as_ref().map(|opinion| opinion.reason.clone()).unwrap_or_default();
        let right =
            answer.as_ref().is_ok_and(|opinion| opinion.as_ref().map(|o| o.verdict) == expect.verdict());
        let passed = right && because.is_none_or(|part| reason.contains(part));
        let way = || in_words(&set.trace(usage, facts), facts);
        let result = TestResult {
            name: self.name.clone(),
            line: self.line,
            kind: TestKind::Case,
            passed,
            way: if passed { Vec::new() } else { way() },
            expected: told::expected(expect, because),
            got: told::got(&answer),
            reason,
            opinion,
            values: told::values(set, usage, facts),
        };
        Ran { result, asked: vec![(usage.clone(), Arc::clone(facts))] }
    }

    fn course(
        &self,
        kind: TestKind,
        track: Option<Track>,
        (start, end): (crate::model::Timestamp, crate::model::Timestamp),
        zone: &jiff::tz::TimeZone,
        wanted: &[Wanted],
        policy: Option<&Arc<Policy>>,
    ) -> Ran {
        let mut result = TestResult {
            name: self.name.clone(),
            line: self.line,
            kind,
            passed: false,
            expected: String::new(),
            got: "the run did not begin".to_owned(),
            reason: String::new(),
            opinion: None,
            values: Vec::new(),
            way: Vec::new(),
        };
        // INVARIANT: a test has one port with one device, so there is a track.
        let Some(track) = track else { return Ran { result, asked: Vec::new() } };
        let course = Course { start, end, zone, track: &track };
        let checked: Vec<Checked> = wanted.iter().map(|wanted| wanted.check(&course)).collect();
        let passed = checked.iter().all(|checked| checked.passed);
        let joined = |part: fn(&Checked) -> &String| {
            let shown = checked.iter().filter(|checked| passed || !checked.passed).map(part);
            shown.cloned().collect::<Vec<_>>().join("; ")
        };
        let said = track.decisions.iter().rev().find_map(|decision| opinion(decision));
        (result.expected, result.got) = (joined(|checked| &checked.expected), joined(|checked| &checked.got));
        result.passed = passed;
        result.reason = said.as_ref().map(|opinion| opinion.reason.clone()).unwrap_or_default();
        result.opinion = said;
        result.values = told::course(&course);
        let asked = track.decisions.iter().zip(std::iter::repeat(policy)).flat_map(|(decision, policy)| {
            let facts = decision.facts.as_ref();
            let uses = policy.into_iter().flat_map(|policy| policy.guards.iter().chain(&policy.rules));
            // Whoever stands behind the rule that decided was not asked.
            let last = uses.clone().position(|usage| Some(&usage.rule) == decision.rule.as_ref());
            let uses = uses.take(last.map_or(usize::MAX, |last| last + 1));
            uses.filter_map(move |usage| Some((usage.clone(), Arc::clone(facts?))))
        });
        Ran { asked: asked.collect(), result }
    }
}

/// What a rule said in a decision, if one did.
fn opinion(decision: &Decision) -> Option<Opinion> {
    Some(Opinion {
        verdict: decision.verdict,
        reason: decision.reason.clone(),
        rule: decision.rule.clone()?,
        line: decision.line?,
    })
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Case(case) => &case.name,
            Self::Series(series) => &series.name,
            Self::Night(night) => &night.name,
        }
    }
}
