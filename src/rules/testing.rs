//! Runs the test file of a rule.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    clock,
    compile::{Problems, RuleSet},
    functions::shown,
    params::words,
    testcase::Expect,
    testfile::{self, Placed},
};
use crate::model::{Diagnostic, Facts, Opinion, RuleFailure, RuleName, RuleUse, Verdict};

/// What came of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// The name of the case.
    pub name: String,
    /// The line of the case in the test file, from 1.
    pub line: u32,
    /// Whether it went as expected.
    pub passed: bool,
    /// What was expected, in words.
    pub expected: String,
    /// What came, in words.
    pub got: String,
    /// The reason that the rule gave; empty when it said nothing.
    pub reason: String,
    /// What the rule said.
    pub opinion: Option<Opinion>,
    /// The values that mattered, by name.
    pub values: Vec<(String, String)>,
}

/// Runs all cases of a rule's test file. Fails with every problem of the file itself.
pub fn run_tests(
    set: &RuleSet,
    rule: &RuleName,
    file: &str,
    text: &str,
) -> Result<Vec<TestResult>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut problems = Problems { file, found: &mut found };
    if set.rule(rule.as_str()).is_none() {
        let hint = "a test file has the name of its rule: keep-between.rhai, keep-between.test.ron";
        problems.error((0, 0), "unknown-rule", format!("there is no rule `{rule}` to test"), hint);
        return Err(found);
    }
    let cases = testfile::read(text, &mut problems);
    let mut names = BTreeSet::new();
    let mut results = Vec::new();
    for placed in cases {
        if !names.insert(placed.case.name.clone()) {
            let message = format!("there are two cases named `{}`", placed.case.name);
            problems.error(placed.place, "duplicate-case", message, "give each case a name of its own");
        }
        results.extend(run(set, rule, &placed, &mut problems));
    }
    if found.is_empty() { Ok(results) } else { Err(found) }
}

fn run(set: &RuleSet, rule: &RuleName, placed: &Placed, problems: &mut Problems<'_>) -> Option<TestResult> {
    let case = &placed.case;
    let usage = RuleUse { rule: rule.clone(), with: case.with.0.clone() };
    let mut usable = true;
    for problem in set.check_use(&usage).into_iter().filter(|problem| problem.code != "rule-fails") {
        let place = problem.parameter.as_ref().map_or(placed.place, |name| placed.place_of(name));
        problems.error(place, problem.code, problem.message, problem.hint);
        usable = false;
    }
    let facts = match case.facts(rule) {
        Ok(facts) => Arc::new(facts),
        Err(message) => {
            problems.error(placed.place, "wrong-value", message, "");
            return None;
        }
    };
    let answer = usable.then(|| set.ask(&usage, &facts))?;
    let opinion = answer.as_ref().ok().cloned().flatten();
    let reason = opinion.as_ref().map(|opinion| opinion.reason.clone()).unwrap_or_default();
    let right =
        answer.as_ref().is_ok_and(|opinion| opinion.as_ref().map(|o| o.verdict) == case.expect.verdict());
    let because = case.because.as_ref().is_none_or(|part| reason.contains(part));
    Some(TestResult {
        name: case.name.clone(),
        line: placed.place.0,
        passed: right && because,
        expected: expected(case.expect, case.because.as_deref()),
        got: got(&answer),
        reason,
        opinion,
        values: values(set, &usage, &facts),
    })
}

impl Expect {
    fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Charge => Some(Verdict::Charge),
            Self::Rest => Some(Verdict::Rest),
            Self::Keep => Some(Verdict::Keep),
            Self::Nothing => None,
        }
    }
}

impl Placed {
    /// Where the value of a parameter is given, as near as it can be found.
    fn place_of(&self, parameter: &str) -> (u32, u32) {
        let Some(offset) = self.text.find(&format!("\"{parameter}\"")) else { return self.place };
        let before = self.text.get(..offset).unwrap_or("");
        let count = |n: usize| u32::try_from(n).unwrap_or(0);
        let lines = count(before.matches('\n').count());
        let column = count(before.rsplit('\n').next().unwrap_or("").chars().count());
        if lines == 0 { (self.place.0, self.place.1 + column) } else { (self.place.0 + lines, column + 1) }
    }
}

fn expected(expect: Expect, because: Option<&str>) -> String {
    let verdict = expect.verdict().map_or("nothing", Verdict::as_str);
    because.map_or_else(|| verdict.to_owned(), |part| format!("{verdict}, because of `{part}`"))
}

fn got(answer: &Result<Option<Opinion>, RuleFailure>) -> String {
    match answer {
        Ok(None) => "nothing".to_owned(),
        Ok(Some(opinion)) => format!("{} (line {}): {}", opinion.verdict, opinion.line, opinion.reason),
        Err(failure) => {
            let line = failure.line.map_or_else(String::new, |line| format!(" in line {line}"));
            format!("the rule failed{line}: {}", failure.message)
        }
    }
}

/// What the rule saw, as far as it usually matters, and its parameters.
fn values(set: &RuleSet, usage: &RuleUse, facts: &Facts) -> Vec<(String, String)> {
    let time = clock::local_time(facts.at, &facts.zone);
    let day = clock::weekday_name(facts.zone.to_datetime(facts.at).weekday());
    let unknown = || "not reported".to_owned();
    let temperature = facts.battery.temperature.map_or_else(unknown, |t| shown(t.degrees()));
    let charging = facts.battery.charging.map_or_else(unknown, |charging| charging.to_string());
    let mut values = vec![
        ("battery.level", facts.battery.level.to_string()),
        ("battery.temp", temperature),
        ("battery.charging", charging),
        ("port.on", facts.port.on.to_string()),
        ("rule.holds", (facts.holder.as_ref() == Some(&usage.rule)).to_string()),
        ("clock.time", format!("{:02}:{:02}", time.hour(), time.minute())),
        ("clock.weekday", day.to_owned()),
        ("history.charge_per_hour", shown(facts.history.charge_per_hour)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    let parameters = set.rule(usage.rule.as_str()).into_iter().flat_map(|rule| &rule.parameters);
    values.extend(parameters.map(|parameter| {
        let value = usage.with.get(&parameter.name).unwrap_or(&parameter.default);
        (parameter.name.clone(), words(value))
    }));
    values
}
