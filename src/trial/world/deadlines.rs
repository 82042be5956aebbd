//! When a device is to be ready.

use crate::{
    model::{PortId, Span, Station, Timestamp, Value},
    rules::RuleSet,
};
use jiff::civil::Time;

/// The rule that promises to be ready.
const READY_BY: &str = "ready-by";
/// Its parameter that says when.
const BY: &str = "by";
/// So many at most: one for each day of the longest simulation.
const MOST: usize = 401;

/// The moments, from `start` on for `length`, at which the rule `ready-by` of this port's policy wants the device to be
/// ready; empty when the policy has no such rule.
pub fn deadlines(
    station: &Station,
    rules: &RuleSet,
    port: PortId,
    start: Timestamp,
    length: Span,
) -> Vec<Timestamp> {
    let Some(by) = ready_by(station, rules, port) else { return Vec::new() };
    let end = start.checked_add(length).unwrap_or(Timestamp::MAX);
    let first = station.zone.to_datetime(start).date();
    let days = first.series(jiff::Span::new().days(1));
    let moments = days.take(MOST).map_while(|day| {
        let moment = station.zone.to_ambiguous_timestamp(day.to_datetime(by)).compatible().ok()?;
        (moment <= end).then_some(moment)
    });
    moments.filter(|moment| *moment > start).collect()
}

/// What `ready-by` is told in the policy of this port, or its own value.
fn ready_by(station: &Station, rules: &RuleSet, port: PortId) -> Option<Time> {
    let policy = &station.ports.get(&port)?.care.policy;
    let usage = policy.rules.iter().chain(&policy.guards).find(|usage| usage.rule.as_str() == READY_BY)?;
    let default = || {
        let parameters = &rules.rule(READY_BY)?.parameters;
        parameters.iter().find(|parameter| parameter.name == BY).map(|parameter| &parameter.default)
    };
    match usage.with.get(BY).or_else(default)? {
        Value::Text(text) => Time::strptime("%H:%M", text).ok(),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => None,
    }
}
