//! The policy that a decision was made with.

use std::sync::Arc;

use crate::{
    engine::UNKNOWN_DEVICE,
    model::{Decision, Layer, Opinion, Policy, Station},
    rules::RuleSet,
};

/// The guards and rules that were asked for a decision, with the values that people had set over those of the file.
///
/// They are those of the port whose file entry names the device, for a device takes its rules with it; else those of the
/// port where it was decided. `station` must be the station as its file was then. Nobody is asked at a port that
/// it does not have.
pub fn policy_of(station: &Station, decision: &Decision) -> Arc<Policy> {
    let home = decision.device.as_ref().and_then(|device| {
        let mut ports = station.ports.values();
        ports.find(|port| port.device.as_ref() == Some(device))
    });
    let port = home.or_else(|| station.ports.get(&decision.port));
    port.map(|port| decision.adjusted.over(&port.care.policy)).unwrap_or_default()
}

/// True when no rule was asked, as nobody knows what is plugged in.
pub(super) fn is_of_unknown(decision: &Decision) -> bool {
    let not_asked = matches!(decision.by, Layer::Nobody | Layer::Safety);
    not_asked && decision.reason.starts_with(UNKNOWN_DEVICE)
}

/// The opinions that a decision overruled, computed from its recorded facts by the rules and the station that decided.
pub fn overruled(rules: &RuleSet, station: &Station, decision: &Decision) -> Vec<Opinion> {
    let Some(facts) = &decision.facts else { return Vec::new() };
    let policy = policy_of(station, decision);
    // Where a person, the service or the power supply decided, the rule that would have decided was overruled too.
    let first = rules
        .decide(&policy, facts)
        .opinion
        .filter(|_| decision.rule.is_none() || decision.by == Layer::Budget);
    first.into_iter().chain(rules.overruled(&policy, facts)).collect()
}
