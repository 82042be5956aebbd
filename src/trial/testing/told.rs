//! What is told of a test: expected, got, the reason, and the values that led there.

use super::{case::Expect, wanted::Course};
use crate::{
    model::{Facts, Opinion, RuleFailure, RuleUse},
    rules::{self, RuleSet, local_time, weekday_name},
    trial::explain::Because,
};

/// A longer course tells its beginning and its end.
const MOST_SWITCHES: usize = 12;

/// Which form a test has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// One situation.
    Case,
    /// Reports that are written down.
    Series,
    /// Hours or weeks with a battery that does not exist.
    Night,
}

/// What came of one test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Its line in the test file, from 1.
    pub line: u32,
    /// Its form.
    pub kind: TestKind,
    /// Whether it went as expected.
    pub passed: bool,
    /// What was expected, in words; of a run that failed only what was not met.
    pub expected: String,
    /// What came, in words.
    pub got: String,
    /// The reason that the rule gave; empty when it said nothing. Of a run the last one.
    pub reason: String,
    /// What the rule said. Of a run the last that any rule said.
    pub opinion: Option<Opinion>,
    /// The values that mattered, by name; of a run its switches, by time.
    pub values: Vec<(String, String)>,
    /// The way through the rule, step by step, of a case that failed.
    pub way: Vec<Because>,
}

pub(super) fn expected(expect: Expect, because: Option<&str>) -> String {
    let verdict = expect.words();
    because.map_or_else(|| verdict.to_owned(), |part| format!("{verdict}, because of `{part}`"))
}

pub(super) fn got(answer: &Result<Option<Opinion>, RuleFailure>) -> String {
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
pub(super) fn values(set: &RuleSet, usage: &RuleUse, facts: &Facts) -> Vec<(String, String)> {
    let time = local_time(facts.at, &facts.zone);
    let day = weekday_name(facts.zone.to_datetime(facts.at).weekday());
    let unknown = || "not reported".to_owned();
    let temperature = facts.battery.temperature.map_or_else(unknown, |t| rules::shown(t.degrees()));
    let charging = facts.battery.charging.map_or_else(unknown, |charging| charging.to_string());
    let mut values = vec![
        ("battery.level", facts.battery.level.to_string()),
        ("battery.temp", temperature),
        ("battery.charging", charging),
        ("port.on", facts.port.on.to_string()),
        ("rule.holds", (facts.holder.as_ref() == Some(&usage.rule)).to_string()),
        ("clock.time", format!("{:02}:{:02}", time.hour(), time.minute())),
        ("clock.weekday", day.to_owned()),
        ("history.charge_per_hour", rules::shown(facts.history.charge_per_hour)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    if facts.history.paces.is_some() {
        values.push(("history.sure".to_owned(), facts.history.sure.to_string()));
    }
    let signals = facts.signals.iter();
    values.extend(signals.map(|(name, signal)| (format!("signal {name}"), rules::shown(signal.value))));
    let parameters = set.rule(usage.rule.as_str()).into_iter().flat_map(|rule| &rule.parameters);
    values.extend(parameters.map(|parameter| {
        let value = usage.with.get(&parameter.name).unwrap_or(&parameter.default);
        (parameter.name.clone(), rules::words(value))
    }));
    values
}

/// The switches of a run, and how it ended.
pub(super) fn course(course: &Course<'_>) -> Vec<(String, String)> {
    let switches = &course.track.switches;
    let level =
        |at| course.track.level_at(at).map_or_else(String::new, |level| format!("{} %, ", level.round()));
    let shown = |switch: &crate::trial::world::Switched| {
        let told = format!("{}{}: {}", level(switch.at), switch.power, switch.reason);
        (course.clock(switch.at), told)
    };
    let mut told: Vec<(String, String)> = switches.iter().take(MOST_SWITCHES).map(shown).collect();
    if let Some(more) = switches.len().checked_sub(MOST_SWITCHES).filter(|more| *more > 0) {
        told.push(("…".to_owned(), format!("{more} more switches")));
    }
    if let Some(last) = course.track.samples.last() {
        told.push((course.clock(last.at), format!("{} %, {} at the end", last.level.round(), last.power)));
    }
    told
}
