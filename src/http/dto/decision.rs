//! Decisions, and what they were made from.

use poem_openapi::{
    Object,
    types::{Any, Example},
};
use serde::Serialize;

use super::super::wire::Time;
use super::{DeadlineFactOut, SignalFactOut, port::BatteryOut};
use crate::model::{
    Decision, DecisionId, DeviceName, Facts, Layer, Opinion, PortId, RuleFailure, RuleName, Safeguard,
    Spells, StationName, Timestamp, Verdict,
};

/// What was decided for one port, by whom and why.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Decision", example)]
pub(in crate::http) struct DecisionOut {
    /// Its number, rising within a station.
    id: DecisionId,
    /// When.
    at: Time,
    /// The station.
    station: StationName,
    /// The port.
    port: PortId,
    /// The device that was in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// `charge`: the port has power; `rest`: it has none; `keep`: it stays as it is.
    verdict: Verdict,
    /// Why, in words.
    reason: String,
    /// Who decided: `safety`, `mode` (a person), `policy` (a guard or a rule), `budget` (the power supply: others have power
    /// before it), or `nobody`.
    by: Layer,
    /// Why, where `safety` decided.
    #[oai(nullable)]
    safeguard: Option<Safeguard>,
    /// The rule that decided, if one did.
    #[oai(nullable)]
    rule: Option<RuleName>,
    /// The line in `rules/<rule>.rhai`, from 1.
    #[oai(nullable)]
    line: Option<u32>,
    /// Version of the files that decided.
    version: String,
}

impl From<&Decision> for DecisionOut {
    fn from(decision: &Decision) -> Self {
        Self {
            id: decision.id,
            at: decision.at.into(),
            station: decision.station.clone(),
            port: decision.port,
            device: decision.device.clone(),
            verdict: decision.verdict,
            reason: decision.reason.clone(),
            by: decision.by,
            safeguard: decision.safeguard,
            rule: decision.rule.clone(),
            line: decision.line,
            version: decision.version.as_str().to_owned(),
        }
    }
}

impl Example for DecisionOut {
    #[expect(clippy::expect_used, reason = "literals, checked by the test that writes the OpenAPI document")]
    fn example() -> Self {
        Self {
            id: 1_795_356_300_000_000,
            at: Time(Timestamp::from_second(1_795_356_300).expect("a time")),
            station: StationName::new("desk").expect("a name"),
            port: PortId::new(3).expect("a number"),
            device: DeviceName::new("pixel-7").ok(),
            verdict: Verdict::Rest,
            reason: "85% is at or over 80%".to_owned(),
            by: Layer::Policy,
            safeguard: None,
            rule: RuleName::new("keep-between").ok(),
            line: Some(6),
            version: "0f3a9c51d2e4".to_owned(),
        }
    }
}

/// A decision with everything that explains it.
#[derive(Clone, Debug, Serialize, Object)]
pub(in crate::http) struct DecisionDetail {
    #[serde(flatten)]
    #[oai(flatten)]
    decision: DecisionOut,
    /// What the policy saw; null when there was no report yet to decide by.
    #[oai(nullable)]
    facts: Option<FactsOut>,
    /// The rules that failed on the way.
    failures: Vec<FailureOut>,
    /// What the rules that came too late would have said, computed now from the facts by the version that decided.
    overruled: Vec<OpinionOut>,
    /// The version that `overruled` was computed by; null when the files that decided are not kept any more.
    #[oai(nullable)]
    overruled_version: Option<String>,
}

impl DecisionDetail {
    /// Puts a decision and what it overruled together; `asked` is the version that was asked, if one was.
    pub(in crate::http) fn new(decision: &Decision, overruled: &[Opinion], asked: Option<&str>) -> Self {
        Self {
            decision: decision.into(),
            facts: decision.facts.as_deref().map(FactsOut::from),
            failures: decision.failures.iter().map(FailureOut::from).collect(),
            overruled: overruled.iter().map(OpinionOut::from).collect(),
            overruled_version: asked.map(str::to_owned),
        }
    }
}

/// What one rule said.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Opinion")]
pub(in crate::http) struct OpinionOut {
    /// What it wanted.
    verdict: Verdict,
    /// Why.
    reason: String,
    /// The rule.
    rule: RuleName,
    /// The line in it, from 1.
    line: u32,
}

impl From<&Opinion> for OpinionOut {
    fn from(opinion: &Opinion) -> Self {
        Self {
            verdict: opinion.verdict,
            reason: opinion.reason.clone(),
            rule: opinion.rule.clone(),
            line: opinion.line,
        }
    }
}

/// A rule that could not answer.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "RuleFailure")]
pub(in crate::http) struct FailureOut {
    /// The rule.
    rule: RuleName,
    /// True when it was asked as a guard.
    guard: bool,
    /// What went wrong.
    message: String,
    /// The line, from 1, where known.
    #[oai(nullable)]
    line: Option<u32>,
}

impl From<&RuleFailure> for FailureOut {
    fn from(failure: &RuleFailure) -> Self {
        Self {
            rule: failure.rule.clone(),
            guard: failure.guard,
            message: failure.message.clone(),
            line: failure.line,
        }
    }
}

/// Everything that the policy saw.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Facts")]
pub(in crate::http) struct FactsOut {
    /// The moment of the decision.
    at: Time,
    /// The station's time zone.
    zone: String,
    /// How many ports of the station had power.
    ports_on: u32,
    /// Whether the port had power.
    port_on: bool,
    /// Since when; null when that was before the service started to look.
    #[oai(nullable)]
    port_since: Option<Time>,
    /// The device.
    device: DeviceName,
    /// What kind of thing it is; may be empty.
    kind: String,
    /// Its tags.
    tags: Vec<String>,
    /// Its last report.
    battery: BatteryOut,
    /// The rule that brought the port into that state.
    #[oai(nullable)]
    holder: Option<RuleName>,
    /// How fast the device charges by the station file, percent points per hour.
    charge_per_hour: f64,
    /// How fast it charges by its own reports, percent points per hour at full pace, for each 10 %; null before enough was
    /// seen.
    #[oai(nullable)]
    learned_per_hour: Option<Vec<f64>>,
    /// How sure that is, percent.
    sure: u8,
    /// What it uses without power by its own reports, percent points per hour; null before enough was seen.
    #[oai(nullable)]
    drain_per_hour: Option<f64>,
    /// Since when the level has been at or above which percent: pairs of percent and time.
    level_since: Any<Spells>,
    /// Since when the temperature has been at or above which degree: pairs of degree and time.
    temperature_since: Any<Spells>,
    /// When the device was last at 100 %; null when that was not known.
    #[oai(nullable)]
    full_at: Option<Time>,
    /// The numbers from elsewhere that were known.
    signals: Vec<SignalFactOut>,
    /// The deadline that counted next; null when there was none.
    #[oai(nullable)]
    deadline: Option<DeadlineFactOut>,
}

impl From<&Facts> for FactsOut {
    fn from(facts: &Facts) -> Self {
        Self {
            at: facts.at.into(),
            zone: facts.zone.iana_name().unwrap_or("UTC").to_owned(),
            ports_on: facts.station.ports_on,
            port_on: facts.port.on,
            port_since: facts.port.since.map(Time),
            device: facts.device.name.clone(),
            kind: facts.device.kind.clone(),
            tags: facts.device.tags.clone(),
            battery: BatteryOut::from(&facts.battery),
            holder: facts.holder.clone(),
            charge_per_hour: facts.history.charge_per_hour,
            learned_per_hour: facts.history.paces.map(|paces| paces.per_hour().to_vec()),
            sure: facts.history.sure,
            drain_per_hour: facts.history.drain_per_hour,
            level_since: Any(facts.history.level.clone()),
            temperature_since: Any(facts.history.temperature.clone()),
            full_at: facts.history.full_at.map(Time),
            signals: SignalFactOut::all(&facts.signals),
            deadline: facts.deadline.as_ref().map(DeadlineFactOut::from),
        }
    }
}
