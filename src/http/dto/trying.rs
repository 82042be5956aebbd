//! An edit that is tried, and what it would change.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::wire::Time;
use super::{DiagnosticOut, edit::EditBody};
use crate::{
    model::{DecisionId, DeviceName, FileKind, PortId, RuleName, StationName, Verdict},
    workshop::{
        Decided, NamedPort, Otherwise, Outlook, Past, PolicyDifference, PortWeek, Tried, VerdictChange,
    },
};

/// An edit to be tried.
#[derive(Debug, Deserialize, Object)]
#[serde(
    deny_unknown_fields,
    expecting = "a JSON object such as {\"edits\": [{\"kind\": \"rule\", \"name\": \"keep-between\", \"text\": \"…\"}]}"
)]
#[oai(rename = "TryWish", example)]
pub(in crate::http) struct TryIn {
    /// The files as they shall be; all others stay as they are.
    pub(in crate::http) edits: Vec<EditBody>,
    /// True: `edits` are all files, the others shall not be there.
    #[serde(default)]
    #[oai(default)]
    pub(in crate::http) complete: bool,
    /// The version to compare with; the one at work when it is left out. Then `edits` may be empty.
    #[serde(default)]
    pub(in crate::http) against: Option<String>,
    /// Decisions of this last time are decided again, `1 min` to `366 days`; `7 days` when it is left out.
    #[serde(default)]
    pub(in crate::http) since: Option<String>,
    /// So many days are simulated, 0 to 28; 7 when it is left out.
    #[serde(default)]
    #[oai(validator(maximum(value = "28")))]
    pub(in crate::http) days: Option<u8>,
}

impl Example for TryIn {
    fn example() -> Self {
        let text = "//! Keep the battery over a level.\nif battery.level <= 30 { charge(`${battery.level}% is low`); }\n";
        let edit =
            EditBody { kind: FileKind::Rule, name: "keep-between".to_owned(), text: Some(text.to_owned()) };
        Self {
            edits: vec![edit],
            complete: false,
            against: None,
            since: Some("7 days".to_owned()),
            days: Some(7),
        }
    }
}

/// What an edit would change. Nothing was changed.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Tried")]
pub(in crate::http) struct TriedOut {
    /// The version that it was compared with.
    before: String,
    /// The version that the edit would make.
    after: String,
    /// What somebody should look at. An error is a test that fails: with it the files would not be taken.
    warnings: Vec<DiagnosticOut>,
    /// What changes beside the policies, in words: `desk: port 7 is new`.
    stations: Vec<String>,
    /// Policies that come to another verdict in some situations.
    policies: Vec<PolicyOut>,
    /// Policies that are written otherwise and come to the same in every situation.
    unchanged: usize,
    /// Policies of which too little could be tried: too many policies, or too many situations.
    left_out: usize,
    /// Decisions that would have been otherwise.
    past: PastOut,
    /// The simulated days, for ports to which they would be other days.
    week: WeekOut,
}

impl From<&Tried> for TriedOut {
    fn from(tried: &Tried) -> Self {
        Self {
            before: tried.before.as_str().to_owned(),
            after: tried.after.as_str().to_owned(),
            warnings: tried.warnings.iter().map(DiagnosticOut::from).collect(),
            stations: tried.differences.stations.clone(),
            policies: tried.differences.policies.iter().map(PolicyOut::from).collect(),
            unchanged: tried.differences.unchanged,
            left_out: tried.differences.left_out,
            past: PastOut::from(&tried.past),
            week: WeekOut {
                days: tried.week.days,
                ports: tried.week.ports.iter().map(PortWeekOut::from).collect(),
                same: tried.week.same,
                left_out: tried.week.left_out,
            },
        }
    }
}

/// The answer of `POST /api/v1/rules/try`, for a command line that found it out without a service.
pub fn tried_json(tried: &Tried) -> serde_json::Value {
    // INVARIANT: an object of texts and numbers always serialises.
    serde_json::to_value(TriedOut::from(tried)).unwrap_or_default()
}

/// What changes for some ports that are treated alike.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PolicyDifference")]
struct PolicyOut {
    /// The station.
    station: StationName,
    /// The ports.
    ports: Vec<NamedPortOut>,
    /// What changes, the most frequent first.
    changes: Vec<ChangeOut>,
    /// Limits that are not told exactly, and how far off they may be: `time of day to 30 min`.
    rough: Vec<String>,
}

impl From<&PolicyDifference> for PolicyOut {
    fn from(policy: &PolicyDifference) -> Self {
        let named = |named: &NamedPort| NamedPortOut { port: named.port, device: named.device.clone() };
        Self {
            station: policy.station.clone(),
            ports: policy.ports.iter().map(named).collect(),
            changes: policy.changes.iter().map(ChangeOut::from).collect(),
            rough: policy.rough.clone(),
        }
    }
}

/// A port and the device that the file puts there.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "NamedPort")]
struct NamedPortOut {
    /// The port.
    port: PortId,
    /// The device.
    #[oai(nullable)]
    device: Option<DeviceName>,
}

/// One change of the verdict, and where it takes place.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "VerdictChange")]
struct ChangeOut {
    /// The whole sentence: `level 21–25: nothing → charge`.
    text: String,
    /// What it comes to now: `nothing`, `charge`, `rest`, `keep` or `guard fails`.
    from: String,
    /// What it would come to.
    to: String,
    /// Where: every condition must hold. Empty: everywhere.
    when: Vec<String>,
    /// Earlier rules that must have no opinion.
    unless: Vec<RuleName>,
    /// True when it changes in every situation of `when`; else in some, as `examples` show.
    exact: bool,
    /// Where exactly, for some values; empty when `exact`.
    examples: Vec<String>,
}

impl From<&VerdictChange> for ChangeOut {
    fn from(change: &VerdictChange) -> Self {
        Self {
            text: change.text.clone(),
            from: change.from.to_string(),
            to: change.to.to_string(),
            when: change.when.clone(),
            unless: change.unless.clone(),
            exact: change.exact,
            examples: change.examples.clone(),
        }
    }
}

/// Decisions of the past, decided again.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Replay")]
pub(in crate::http) struct PastOut {
    /// Decisions that were decided again.
    decisions: usize,
    /// Of them, those with another verdict.
    differing: usize,
    /// Of the others, those that another rule or another line would have made.
    by_others: usize,
    /// Decisions that no rule made: people, silence, a device or station that is gone.
    passed_over: usize,
    /// What would be otherwise, the latest first.
    otherwise: Vec<OtherwiseOut>,
    /// Rows of differences that are not told, as there are too many.
    left_out: usize,
    /// The earliest decision that was looked at.
    #[oai(nullable)]
    reaches_to: Option<Time>,
    /// True when there were more decisions than can be decided again in one go.
    cut: bool,
}

impl From<&Past> for PastOut {
    fn from(past: &Past) -> Self {
        let replay = &past.replay;
        Self {
            decisions: replay.decisions,
            differing: replay.differing,
            by_others: replay.by_others,
            passed_over: replay.passed_over,
            otherwise: replay.otherwise.iter().map(OtherwiseOut::from).collect(),
            left_out: replay.left_out,
            reaches_to: past.reaches_to.map(Time),
            cut: past.cut,
        }
    }
}

/// Decisions in a row about one port that would be otherwise in the same way.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Otherwise")]
struct OtherwiseOut {
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device that was in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// The number of the first of them.
    id: DecisionId,
    /// When the first was made.
    from: Time,
    /// When the last was made.
    to: Time,
    /// How many there are.
    decisions: usize,
    /// What the first came to.
    was: DecidedOut,
    /// What it would come to.
    would: DecidedOut,
}

impl From<&Otherwise> for OtherwiseOut {
    fn from(row: &Otherwise) -> Self {
        Self {
            station: row.station.clone(),
            port: row.port,
            device: row.device.clone(),
            id: row.id,
            from: row.from.into(),
            to: row.to.into(),
            decisions: row.decisions,
            was: DecidedOut::from(&row.was),
            would: DecidedOut::from(&row.would),
        }
    }
}

/// What was, or would be, decided.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Decided")]
struct DecidedOut {
    /// What the port is to do.
    verdict: Verdict,
    /// Why.
    reason: String,
    /// The rule, if one decided.
    #[oai(nullable)]
    rule: Option<RuleName>,
    /// The line in it, from 1.
    #[oai(nullable)]
    line: Option<u32>,
}

impl From<&Decided> for DecidedOut {
    fn from(decided: &Decided) -> Self {
        Self {
            verdict: decided.verdict,
            reason: decided.reason.clone(),
            rule: decided.rule.clone(),
            line: decided.line,
        }
    }
}

/// Simulated days with the files as they are and as they would be.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "SimulatedDays")]
struct WeekOut {
    /// How many days.
    days: u8,
    /// The ports for which they would be other days.
    ports: Vec<PortWeekOut>,
    /// Ports for which they are the same.
    same: usize,
    /// Ports that were not simulated, as there are too many.
    left_out: usize,
}

/// One port in the days that are, and in the days that would be.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PortDays")]
struct PortWeekOut {
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device that the file puts there, else a name made from the port.
    device: DeviceName,
    /// With the files as they are; null: there is no such port.
    #[oai(nullable)]
    before: Option<OutlookOut>,
    /// With the files as they would be; null: there is no such port any more.
    #[oai(nullable)]
    after: Option<OutlookOut>,
}

impl From<&PortWeek> for PortWeekOut {
    fn from(port: &PortWeek) -> Self {
        Self {
            station: port.station.clone(),
            port: port.port,
            device: port.device.clone(),
            before: port.before.as_ref().map(OutlookOut::from),
            after: port.after.as_ref().map(OutlookOut::from),
        }
    }
}

/// What becomes of one simulated device.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Outlook")]
struct OutlookOut {
    /// How often its port is switched.
    switches: u32,
    /// Hours in which its level is above 80 %.
    hours_above_80: f64,
    /// Hours in which it has power.
    hours_on: f64,
    /// The lowest level, percent.
    lowest: f64,
    /// The lowest level at the deadlines that its policy names; null: it names none.
    #[oai(nullable)]
    lowest_at_deadline: Option<f64>,
    /// How many deadlines there are.
    deadlines: usize,
}

impl From<&Outlook> for OutlookOut {
    fn from(outlook: &Outlook) -> Self {
        Self {
            switches: outlook.switches,
            hours_above_80: outlook.hours_above_80,
            hours_on: outlook.hours_on,
            lowest: outlook.lowest,
            lowest_at_deadline: outlook.lowest_at_deadline,
            deadlines: outlook.deadlines,
        }
    }
}
