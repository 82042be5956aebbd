//! The set of rules in shadow: what it changes, what was counted, where it differs.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::wire::Time;
use super::{DiagnosticOut, decision::FactsOut, edit::EditBody};
use crate::{
    controller::{Directory, PortState},
    history::Stored,
    model::{
        DeviceName, FileKind, Layer, PortId, RuleName, ShadowDecision, ShadowId, ShadowSide, ShadowTally,
        StationName, Verdict,
    },
    workshop::{Changed, Shadow},
};

/// What shall be asked in shadow.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"edits\": […]}")]
#[oai(rename = "ShadowWish", example)]
pub(in crate::http) struct ShadowIn {
    /// The files that shall be others than those at work, 1 to 64.
    pub(in crate::http) edits: Vec<EditBody>,
}

impl Example for ShadowIn {
    fn example() -> Self {
        let text = "//! Keep the battery between two levels.\nif battery.level <= 30 { charge(\"low\"); }\n";
        let edit =
            EditBody { kind: FileKind::Rule, name: "keep-between".to_owned(), text: Some(text.to_owned()) };
        Self { edits: vec![edit] }
    }
}

/// What was counted.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ShadowTally")]
pub(in crate::http) struct TallyOut {
    /// How often both sets of rules were asked.
    compared: u64,
    /// How often they did not decide the same.
    differed: u64,
    /// How often they began not to decide the same; each of these is among the decisions.
    differences: u64,
    /// At how many of these the port would have been on instead of off, or off instead of on.
    switches: u64,
    /// How often a rule of the shadow failed.
    failures: u64,
    /// When they last began not to decide the same.
    #[oai(nullable)]
    last: Option<Time>,
}

impl From<ShadowTally> for TallyOut {
    fn from(tally: ShadowTally) -> Self {
        let ShadowTally { compared, differed, differences, switches, failures, last, differs: _ } = tally;
        Self { compared, differed, differences, switches, failures, last: last.map(Time) }
    }
}

/// What one of the two sets of rules decided.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ShadowSide")]
pub(in crate::http) struct SideOut {
    /// What it wants.
    verdict: Verdict,
    /// Why.
    reason: String,
    /// Who decided.
    by: Layer,
    /// The rule that decided, if one did.
    #[oai(nullable)]
    rule: Option<RuleName>,
    /// The line in it, from 1.
    #[oai(nullable)]
    line: Option<u32>,
}

impl From<&ShadowSide> for SideOut {
    fn from(side: &ShadowSide) -> Self {
        let ShadowSide { verdict, reason, by, rule, line } = side.clone();
        Self { verdict, reason, by, rule, line }
    }
}

/// A decision from which the shadow differs.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ShadowDecision")]
pub(in crate::http) struct ShadowDecisionOut {
    /// When it began to differ.
    at: Time,
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device that was in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// What counted.
    active: SideOut,
    /// What the shadow would have decided.
    shadow: SideOut,
    /// True when the port would have been on instead of off, or off instead of on.
    switches: bool,
    /// What the rules at work saw.
    facts: FactsOut,
}

impl From<&ShadowDecision> for ShadowDecisionOut {
    fn from(decision: &ShadowDecision) -> Self {
        Self {
            at: decision.at.into(),
            station: decision.station.clone(),
            port: decision.port,
            device: decision.device.clone(),
            active: (&decision.active).into(),
            shadow: (&decision.candidate).into(),
            switches: decision.switches,
            facts: FactsOut::from(&*decision.facts),
        }
    }
}

/// Decisions from which the shadow differs, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "ShadowDecisions")]
pub(in crate::http) struct ShadowDecisionsOut {
    /// The decisions.
    decisions: Vec<ShadowDecisionOut>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    next: Option<i64>,
}

impl ShadowDecisionsOut {
    /// A page of `limit` rows, out of one row more than that if there is one.
    pub(in crate::http) fn new(mut found: Vec<Stored<ShadowDecision>>, limit: usize) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().map(|row| row.number).filter(|_| more);
        Self { decisions: found.iter().map(|row| (&row.value).into()).collect(), next }
    }
}

/// How the shadow does at one port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PortShadow")]
pub(in crate::http) struct PortShadowOut {
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// What was counted.
    tally: TallyOut,
    /// Set while the two sets of rules do not decide the same: what they said when that began.
    #[oai(nullable)]
    differs: Option<ShadowDecisionOut>,
    /// What went wrong with a rule of the shadow when it was last asked.
    #[oai(nullable)]
    failure: Option<String>,
}

/// A set of rules in shadow: asked beside the one at work, deciding nothing.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Shadow")]
pub(in crate::http) struct ShadowOut {
    /// Its number.
    id: ShadowId,
    /// When it was started.
    started_at: Time,
    /// Who started it.
    by: String,
    /// Version of the files at work.
    over: String,
    /// Version of the files as they would be; null: they do not check any more, and it waits until they do.
    #[oai(nullable)]
    version: Option<String>,
    /// Why they do not check.
    problems: Vec<DiagnosticOut>,
    /// Files that it changes and that somebody else has changed since it was started: it cannot be promoted.
    overtaken: Vec<String>,
    /// What it changes.
    edits: Vec<EditBody>,
    /// What was counted, in all ports together.
    total: TallyOut,
    /// What was counted in each port.
    ports: Vec<PortShadowOut>,
    /// The last decisions from which it differs, the newest first.
    decisions: Vec<ShadowDecisionOut>,
}

impl ShadowOut {
    /// Puts together what runs, what the stations have counted and the last decisions.
    pub(in crate::http) fn new(
        shadow: &Shadow,
        directory: &Directory,
        last: &[Stored<ShadowDecision>],
    ) -> Self {
        let (mut ports, mut total) = (Vec::new(), ShadowTally::default());
        for (name, station) in directory.stations().iter() {
            let view = station.view();
            if view.shadow.as_ref().is_none_or(|candidate| candidate.id != shadow.id) {
                continue;
            }
            for state in view.ports.values() {
                if let Some((port, tally)) = port(name, state) {
                    ports.push(port);
                    total = total.and(tally);
                }
            }
        }
        Self {
            id: shadow.id,
            started_at: shadow.at.into(),
            by: shadow.by.to_string(),
            over: shadow.over.to_string(),
            version: shadow.version.as_ref().map(ToString::to_string),
            problems: shadow.problems.iter().map(DiagnosticOut::from).collect(),
            overtaken: shadow.overtaken.clone(),
            edits: shadow.edits.iter().map(EditBody::from).collect(),
            total: total.into(),
            ports,
            decisions: last.iter().map(|row| (&row.value).into()).collect(),
        }
    }
}

fn port(station: &StationName, state: &PortState) -> Option<(PortShadowOut, ShadowTally)> {
    let shadow = state.shadow.as_deref()?;
    let shown = PortShadowOut {
        station: station.clone(),
        port: state.plan.id,
        device: state.device().cloned(),
        tally: shadow.tally.into(),
        differs: shadow.difference.as_deref().map(ShadowDecisionOut::from),
        failure: shadow.failure.clone(),
    };
    Some((shown, shadow.tally))
}

/// What came of a promotion.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Promoted")]
pub(in crate::http) struct PromotedOut {
    /// The version of the files that is at work now.
    version: String,
    /// The files that were written or removed.
    files: Vec<String>,
}

impl From<&Changed> for PromotedOut {
    fn from(changed: &Changed) -> Self {
        Self { version: changed.state.active.version.to_string(), files: changed.files.clone() }
    }
}
