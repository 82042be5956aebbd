//! Rows of history as lines of comma-separated values.

use super::super::csv::line;
use crate::{
    history::StoredSwitch,
    model::{Decision, DeviceName, Power, RuleName, Safeguard, Session},
};

pub(in crate::http) const DECISION_HEAD: [&str; 11] = [
    "at",
    "station",
    "port",
    "device",
    "id",
    "verdict",
    "reason",
    "decided_by",
    "safeguard",
    "rule",
    "version",
];

/// A decision without its facts.
pub(in crate::http) fn decision_line(decision: &Decision) -> String {
    line([
        &*decision.at.to_string(),
        decision.station.as_str(),
        &decision.port.to_string(),
        decision.device.as_ref().map(DeviceName::as_str).unwrap_or_default(),
        &decision.id.to_string(),
        decision.verdict.as_str(),
        &decision.reason,
        decision.by.as_str(),
        decision.safeguard.map(Safeguard::as_str).unwrap_or_default(),
        decision.rule.as_ref().map(RuleName::as_str).unwrap_or_default(),
        decision.version.as_str(),
    ])
}

pub(in crate::http) const SWITCH_HEAD: [&str; 7] =
    ["at", "station", "port", "wanted", "seen", "problem", "reason"];

/// A switch and what was seen afterwards.
pub(in crate::http) fn switch_line(switch: &StoredSwitch) -> String {
    line([
        &*switch.at.to_string(),
        switch.station.as_str(),
        &switch.port.to_string(),
        switch.wanted.as_str(),
        switch.seen.map(Power::as_str).unwrap_or_default(),
        switch.problem.as_deref().unwrap_or_default(),
        &switch.reason,
    ])
}

pub(in crate::http) const SESSION_HEAD: [&str; 10] = [
    "began_at",
    "ended_at",
    "plugged_at",
    "station",
    "port",
    "device",
    "from_level",
    "to_level",
    "hottest",
    "minutes_above_80",
];

/// A stretch of charging.
pub(in crate::http) fn session_line(session: &Session) -> String {
    line([
        &*session.began_at.to_string(),
        &session.ended_at.to_string(),
        &session.plugged_at.map(|at| at.to_string()).unwrap_or_default(),
        session.station.as_str(),
        &session.port.to_string(),
        session.device.as_str(),
        &session.from.percent().to_string(),
        &session.to.percent().to_string(),
        &session.hottest.map(|degrees| f64::from(degrees).to_string()).unwrap_or_default(),
        &format!("{:.1}", session.minutes_above_80),
    ])
}
