//! When a device is to be ready.

use crate::{
    model::{PortId, RuleUse, Span, Station, Timestamp, Value},
    rules::{self, RuleSet},
};

/// The rule that promises to be ready.
const READY_BY: &str = "ready-by";
/// Its parameters that say when, and on which days.
const BY: &str = "by";
const DAYS: &str = "days";
const EVERY_DAY: &str = "Mon-Sun";
/// So many of one rule at most: one for each day of the longest simulation.
const MOST: usize = 401;

/// The moments, from `start` on for `length`, at which the rule `ready-by` of this port's policy wants the device to be
/// ready, as the rule itself sees them; empty when the policy has no such rule.
pub fn deadlines(
    station: &Station,
    rules: &RuleSet,
    port: PortId,
    start: Timestamp,
    length: Span,
) -> Vec<Timestamp> {
    let Some(port) = station.ports.get(&port) else { return Vec::new() };
    let end = start.checked_add(length).unwrap_or(Timestamp::MAX);
    let policy = &port.care.policy;
    let promises = policy.guards.iter().chain(&policy.rules).filter(|usage| usage.rule.as_str() == READY_BY);
    let mut moments: Vec<Timestamp> =
        promises.flat_map(|usage| promised(station, rules, usage, start, end)).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

fn promised(
    station: &Station,
    rules: &RuleSet,
    usage: &RuleUse,
    start: Timestamp,
    end: Timestamp,
) -> Vec<Timestamp> {
    let Some(by) = text(rules, usage, BY) else { return Vec::new() };
    let days = text(rules, usage, DAYS).unwrap_or(EVERY_DAY);
    let next = |at: Timestamp| {
        let after = at.checked_add(Span::from_mins(1)).ok()?;
        rules::next_due(after, &station.zone, by, days).filter(|due| *due <= end)
    };
    std::iter::successors(next(start), |due| next(*due)).take(MOST).collect()
}

/// What the rule is told in the policy, or its own value.
fn text<'a>(rules: &'a RuleSet, usage: &'a RuleUse, name: &str) -> Option<&'a str> {
    let default = || {
        let parameters = &rules.rule(usage.rule.as_str())?.parameters;
        parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.default)
    };
    match usage.with.get(name).or_else(default)? {
        Value::Text(text) => Some(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => None,
    }
}
