//! A decision of the past as a case of a test file: what the rule saw, and what it said.

use std::{collections::BTreeMap, fmt::Write as _};

use super::run::read_tests;
use crate::{
    model::{
        Celsius, Decision, Facts, HistoryFacts, Policy, RuleName, RuleUse, Spells, Timestamp, Value, Verdict,
    },
    rules::{self, RuleSet, code, weekday_name},
};

/// A case that was made from a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCase {
    /// The rule whose test file it belongs to.
    pub rule: RuleName,
    /// Its name, the same for the same decision.
    pub name: String,
    /// The case as it stands in a test file, from `(` to `)`.
    pub text: String,
    /// Whether the rule still says so: false when it was changed since.
    pub holds: bool,
}

/// Why there is no such case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSaved {
    /// Nobody has asked any rule.
    #[error("no rule was asked for this decision: there was no report yet to decide by")]
    NoFacts,
    /// The decision was not made by a rule, and none was named.
    #[error("no rule made this decision: name the rule that you want to test with it, one of {0}")]
    NoRule(String),
    /// The rule was not asked, or the station's file names it no more.
    #[error("`{0}` is not asked for this port today: the rules asked are {1}")]
    NotAsked(RuleName, String),
    /// The rule is not there any more.
    #[error("there is no rule `{0}` any more")]
    Gone(RuleName),
    /// The facts cannot be written down well enough.
    #[error(
        "a test cannot hold all that this decision was made from: with what it can hold the rule says something else"
    )]
    NotExact,
}

/// The case that a decision makes. `policy` is the one it was made with; `tested` names a rule that did not decide, and
/// whose answer to the same facts is then expected.
pub fn case_of(
    decision: &Decision,
    policy: &Policy,
    set: &RuleSet,
    tested: Option<&RuleName>,
) -> Result<SavedCase, NotSaved> {
    let facts = decision.facts.as_ref().ok_or(NotSaved::NoFacts)?;
    let all = || policy.guards.iter().chain(&policy.rules);
    let names = || all().map(|usage| format!("`{}`", usage.rule)).collect::<Vec<_>>();
    let names = || match names() {
        names if names.is_empty() => "none".to_owned(),
        names => names.join(", "),
    };
    let Some(rule) = tested.or(decision.rule.as_ref()) else { return Err(NotSaved::NoRule(names())) };
    let usage = match all().find(|usage| usage.rule == *rule) {
        Some(usage) => complete(set, usage)?,
        None if set.rule(rule.as_str()).is_none() => return Err(NotSaved::Gone(rule.clone())),
        None => return Err(NotSaved::NotAsked(rule.clone(), names())),
    };
    let today = set.ask(&usage, facts).ok().flatten();
    let today = today.map(|opinion| (opinion.verdict, opinion.reason));
    let said = match &decision.rule {
        Some(speaker) if speaker == rule => Some((decision.verdict, decision.reason.clone())),
        _ => today.clone(),
    };
    let name = format!("{} port {}, decision {}", decision.station, decision.port, decision.id);
    let text = written(&name, &usage, facts, said.as_ref());
    let holds = said == today;
    if holds != passes(set, rule, &text) {
        return Err(NotSaved::NotExact);
    }
    Ok(SavedCase { rule: rule.clone(), name, text, holds })
}

/// The use with every value written out, so that a changed default does not fail the test.
fn complete(set: &RuleSet, usage: &RuleUse) -> Result<RuleUse, NotSaved> {
    let rule = set.rule(usage.rule.as_str()).ok_or_else(|| NotSaved::Gone(usage.rule.clone()))?;
    let parameters = rule.parameters.iter();
    let mut with: BTreeMap<String, Value> =
        parameters.map(|parameter| (parameter.name.clone(), parameter.default.clone())).collect();
    with.extend(usage.with.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(RuleUse { rule: usage.rule.clone(), with })
}

fn passes(set: &RuleSet, rule: &RuleName, case: &str) -> bool {
    let Ok(tests) = read_tests(set, rule, "", &format!("[{case}]")) else { return false };
    tests.iter().all(|test| test.passes(set))
}

/// The text of a test file with one more case at its end; without a file a new one. `None`: the file is no list.
pub fn with_case(file: Option<&str>, case: &str) -> Option<String> {
    let Some(file) = file.filter(|file| !file.trim().is_empty()) else {
        return Some(format!("[\n    {case},\n]\n"));
    };
    let marks: Vec<_> = code(file).filter(|found| !found.letter.is_whitespace()).collect();
    let [.., before, last] = marks.as_slice() else { return None };
    if last.letter != ']' {
        return None;
    }
    // A text shows up as its opening quote only; tests end with a bracket.
    let comma = if matches!(before.letter, ',' | '[') { "" } else { "," };
    let (behind, end) = (before.offset + before.letter.len_utf8(), last.offset);
    let (head, between, tail) = (file.get(..behind)?, file.get(behind..end)?, file.get(end..)?);
    Some(format!("{head}{comma}{}\n    {case},\n{tail}", between.trim_end()))
}

fn written(name: &str, usage: &RuleUse, facts: &Facts, said: Option<&(Verdict, String)>) -> String {
    let local = facts.zone.to_datetime(facts.at);
    let mut text = format!("(name: {},\n", quoted(name));
    let with = usage.with.iter().map(|(name, value)| format!("{}: {}", quoted(name), literal(value)));
    let with = with.collect::<Vec<_>>().join(", ");
    if !with.is_empty() {
        let _ = writeln!(text, "        with: {{{with}}},");
    }
    let zone = facts.zone.iana_name().unwrap_or("UTC");
    let day = weekday_name(local.weekday());
    let _ = writeln!(
        text,
        "        date: \"{}\", at: \"{:02}:{:02}\", zone: {}, // {day}",
        local.date(),
        local.hour(),
        local.minute(),
        quoted(zone)
    );
    text += &battery(facts);
    text += &places(usage, facts);
    text += &past(&facts.history, facts.at);
    let signals = facts.signals.iter().map(|(name, signal)| {
        let age = minutes(signal.at, facts.at);
        format!("{}: (value: {:?}, age_minutes: {age})", quoted(name), signal.value)
    });
    let signals = signals.collect::<Vec<_>>().join(", ");
    if !signals.is_empty() {
        let _ = writeln!(text, "        signals: {{{signals}}},");
    }
    match said {
        Some((verdict, reason)) => {
            let word = match verdict {
                Verdict::Charge => "Charge",
                Verdict::Rest => "Rest",
                Verdict::Keep => "Keep",
            };
            let _ = write!(text, "        expect: {word}, because: {})", quoted(reason));
        }
        None => text += "        expect: Nothing)",
    }
    text
}

fn battery(facts: &Facts) -> String {
    let battery = &facts.battery;
    let mut parts = vec![format!("level: {}", battery.level)];
    parts.extend(battery.temperature.map(|temp| format!("temp: {:?}", Celsius::degrees(temp))));
    parts.extend(battery.charging.map(|charging| format!("charging: {charging}")));
    parts.push(format!("age_minutes: {}", minutes(battery.measured_at, facts.at)));
    format!("        battery: ({}),\n", parts.join(", "))
}

fn places(usage: &RuleUse, facts: &Facts) -> String {
    let port = &facts.port;
    let since = port.since.map_or_else(|| "None".to_owned(), |since| minutes(since, facts.at).to_string());
    let holds = facts.holder.as_ref() == Some(&usage.rule);
    let device = &facts.device;
    let tags = device.tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(", ");
    format!(
        "        port: (number: {}, on: {}, minutes: {since}), holds: {holds},\n        device: (name: {}, kind: {}, tags: [{tags}]), station: (name: {}, ports_on: {}),\n",
        port.number,
        port.on,
        quoted(device.name.as_str()),
        quoted(&device.kind),
        quoted(facts.station.name.as_str()),
        facts.station.ports_on
    )
}

fn past(history: &HistoryFacts, now: Timestamp) -> String {
    let mut parts = vec![format!("charge_per_hour: {:?}", history.charge_per_hour)];
    for (name, spells) in [("levels", &history.level), ("temps", &history.temperature)] {
        let ages = ages(spells, now);
        if !ages.is_empty() {
            parts.push(format!("{name}: {{{ages}}}"));
        }
    }
    if let Some(paces) = &history.paces {
        let rates = paces.per_hour().map(|rate| format!("{rate:?}")).join(", ");
        parts.push(format!("sure: {}, paces: [{rates}]", history.sure));
    }
    parts.extend(history.drain_per_hour.map(|drain| format!("drain_per_hour: {drain:?}")));
    parts.extend(history.full_at.map(|full| format!("hours_since_full: {}", minutes(full, now) / 60)));
    format!("        history: ({}),\n", parts.join(", "))
}

fn ages(spells: &Spells, now: Timestamp) -> String {
    let pairs: Vec<(f64, i64)> = spells.clone().into();
    let ages = pairs.into_iter().map(|(limit, since)| {
        let since = Timestamp::from_second(since).unwrap_or(now);
        format!("{}: {}", rules::shown(limit), minutes(since, now))
    });
    ages.collect::<Vec<_>>().join(", ")
}

/// Whole minutes, as rules count them.
fn minutes(since: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(since).as_mins().clamp(0, i64::from(u32::MAX))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => rules::words(value),
    }
}

/// A text as RON writes it.
fn quoted(text: &str) -> String {
    ron::to_string(text).unwrap_or_else(|_| "\"\"".to_owned())
}
