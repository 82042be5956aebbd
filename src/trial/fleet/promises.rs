//! When which device of a fleet is to be ready, whoever asks for it.

use super::file::Fleet;
use crate::{
    engine::{sources, within},
    model::{PortId, Span, Station, Timestamp},
    rules::RuleSet,
};

/// A device is to be ready.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// Where it is.
    pub port: PortId,
    /// When.
    pub at: Timestamp,
    /// With which level, percent.
    pub level: f64,
}

/// So many moments of one deadline at most: one for each day of the longest simulation.
const MOST: usize = 401;

/// Everything that is promised while the fleet is lived through: deadlines of the station file, deadlines of `ready-by`,
/// and what people ask for. In the order of time; of one port and moment the highest level.
pub fn promises(fleet: &Fleet, station: &Station, rules: &RuleSet) -> Vec<Promise> {
    let Ok(start) = station.zone.to_ambiguous_timestamp(fleet.start).compatible() else { return Vec::new() };
    let length = Span::from_hours(24 * i64::from(fleet.days));
    let end = start.checked_add(length).unwrap_or(Timestamp::MAX);
    let mut all = Vec::new();
    for (id, plan) in &station.ports {
        let mut promise = |at: Timestamp, level: f64| {
            if at > start && at <= end {
                all.push(Promise { port: *id, at, level });
            }
        };
        for source in sources(&plan.care, &plan.care.policy, rules) {
            for deadline in within(&source, start, length, &station.zone, MOST) {
                promise(deadline.at, f64::from(deadline.level.percent()));
            }
        }
        for demand in fleet.demands.iter().filter(|demand| demand.port == *id) {
            for day in 0..=i64::from(fleet.days) {
                let date = fleet.start.date().saturating_add(jiff::Span::new().days(day));
                let due = station.zone.to_ambiguous_timestamp(date.to_datetime(demand.due)).compatible();
                if let Ok(at) = due
                    && demand.days.contains(date.weekday())
                {
                    promise(at, f64::from(demand.level.percent()));
                }
            }
        }
    }
    all.retain(|promise| fleet.devices.contains_key(&promise.port));
    all.sort_by(|a, b| (a.at, a.port).cmp(&(b.at, b.port)).then(b.level.total_cmp(&a.level)));
    all.dedup_by_key(|promise| (promise.at, promise.port));
    all
}
