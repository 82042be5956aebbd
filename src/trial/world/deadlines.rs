//! When a device is to be ready.

use crate::{
    engine::{sources, within},
    model::{PortId, Span, Station, Timestamp},
    rules::RuleSet,
};

/// So many of one source at most: one for each day of the longest simulation.
const MOST: usize = 401;

/// The moments, from `start` on for `length`, at which the device of this port is to be ready by its station file and by
/// the rule `ready-by` of its policy; empty when nobody wants it to be. What others say on topics is not known here.
pub fn deadlines(
    station: &Station,
    rules: &RuleSet,
    port: PortId,
    start: Timestamp,
    length: Span,
) -> Vec<Timestamp> {
    let Some(port) = station.ports.get(&port) else { return Vec::new() };
    let sources = sources(&port.care, &port.care.policy, rules);
    let all = sources.iter().flat_map(|source| within(source, start, length, &station.zone, MOST));
    let mut moments: Vec<Timestamp> = all.map(|deadline| deadline.at).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}
