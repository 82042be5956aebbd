//! A set of rules that is asked beside the one at work. What it says is compared, counted and written down.
//!
//! Must never change what a port is wanted to be, and costs nothing when there is none. Both sets see the same facts;
//! only what the station file itself says of a device may differ. What a person or safety decides is not compared: no
//! policy is asked then.

use std::{collections::BTreeMap, sync::Arc};

use super::adjusting::Tuned;
use super::judge::{Judgement, by_policy};
use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{
    Care, DeviceFacts, DeviceName, Facts, HistoryFacts, PortId, Power, Record, ShadowDecision, ShadowId,
    ShadowSide, ShadowTally, Span, Station, Timestamp, Verdict,
};
use crate::rules::RuleSet;

/// Counts that have only grown are written this often: a restart may cost so much of them.
const WRITE_EVERY: Span = Span::from_mins(10);

/// What runs in shadow.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its number.
    pub id: ShadowId,
    station: Arc<Station>,
    rules: Arc<RuleSet>,
    homes: BTreeMap<DeviceName, PortId>,
}

impl Candidate {
    /// The station of this name as it would be.
    pub fn new(id: ShadowId, station: Arc<Station>, rules: Arc<RuleSet>) -> Self {
        let homes = station.ports.iter().filter_map(|(id, port)| Some((port.device.clone()?, *id)));
        Self { id, homes: homes.collect(), station, rules }
    }

    /// How the device in a port would be treated; `None`: the candidate has no such port.
    fn care(&self, port: &PortState) -> Option<&Arc<Care>> {
        let home = port.device().and_then(|device| self.homes.get(device)).unwrap_or(&port.plan.id);
        self.station.ports.get(home).map(|port| &port.care)
    }
}

/// How the shadow does at one port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortShadow {
    /// What was counted.
    pub tally: ShadowTally,
    /// Set while the two do not decide the same: what they said when that began.
    pub difference: Option<Arc<ShadowDecision>>,
    /// What went wrong with a rule of the shadow, if its last answer was none.
    pub failure: Option<String>,
    tuned: Option<Tuned>,
    guard_failures: u32,
    written_at: Option<Timestamp>,
}

impl Engine {
    /// Takes another set of rules in shadow, or the same one anew, or none. After new files nothing is compared until this. `tallies` are the counts from before; those
    /// that this engine has itself count more.
    pub fn shadow(
        &mut self,
        candidate: Option<Arc<Candidate>>,
        mut tallies: BTreeMap<PortId, ShadowTally>,
        now: Timestamp,
    ) -> Step {
        let mut step = Step::default();
        self.follow_clock(now);
        let same = self.view.shadow.as_ref().map(|old| old.id) == candidate.as_ref().map(|new| new.id);
        for id in self.view.ports.keys().copied().collect::<Vec<_>>() {
            if !same {
                self.write_tally(id, &mut step);
            }
            let present = self.view.ports.get(&id).and_then(|port| port.shadow.clone()).filter(|_| same);
            let shadow = candidate.is_some().then(|| match present {
                Some(present) => Arc::new(PortShadow { tuned: None, ..(*present).clone() }),
                None => {
                    let tally = tallies.remove(&id).unwrap_or_default();
                    Arc::new(PortShadow { tally, written_at: Some(now), ..PortShadow::default() })
                }
            });
            self.change(id, |port| port.shadow = shadow);
            self.schedule(id, now);
        }
        self.shadow_fits.forget();
        self.shadow_is_old = false;
        self.view.shadow = candidate;
        step
    }

    /// Asks the shadow what the policy at work was asked, and notes where it differs.
    pub(in crate::engine) fn compare(
        &mut self,
        id: PortId,
        judgement: &Judgement,
        now: Timestamp,
        step: &mut Step,
    ) {
        let Some(candidate) = self.view.shadow.clone() else { return };
        let Some(facts) = judgement.facts.as_ref().filter(|_| judgement.by_rules && !self.shadow_is_old)
        else {
            return;
        };
        let Some(port) = self.view.ports.get(&id).cloned() else { return };
        let (Some(care), Some(shadow)) = (candidate.care(&port), &port.shadow) else { return };
        let mut shadow = (**shadow).clone();
        let policy = if port.memory.adjusted.is_empty() {
            shadow.tuned = None;
            Arc::clone(&care.policy)
        } else {
            let adjusted = &port.memory.adjusted;
            if !shadow.tuned.as_ref().is_some_and(|tuned| tuned.is_of(&care.policy, adjusted)) {
                let check = |usage: &_| self.shadow_fits.check(&candidate.rules, usage);
                shadow.tuned = Some(Tuned::new(&care.policy, adjusted, check));
            }
            shadow.tuned.as_ref().map_or(&care.policy, |tuned| &tuned.policy).clone()
        };
        let answer = candidate.rules.decide(&policy, &as_cared(facts, care));
        let failed = answer.failed_guard.is_some();
        let other = by_policy(answer, &port, shadow.guard_failures);
        shadow.guard_failures = if failed { shadow.guard_failures.saturating_add(1) } else { 0 };
        shadow.failure =
            other.failures.first().map(|failure| format!("{}: {}", failure.rule, failure.message));
        shadow.tally.compared += 1;
        shadow.tally.failures += u64::from(shadow.failure.is_some());
        let differs = (judgement.verdict != other.verdict).then_some((judgement.verdict, other.verdict));
        let changed = std::mem::replace(&mut shadow.tally.differs, differs) != differs;
        shadow.tally.differed += u64::from(differs.is_some());
        if differs.is_none() {
            shadow.difference = None;
        } else if changed || shadow.difference.is_none() {
            let difference = Arc::new(self.difference(&candidate, &port, (judgement, &other), facts));
            if changed {
                shadow.tally.differences += 1;
                shadow.tally.switches += u64::from(difference.switches);
                shadow.tally.last = Some(now);
                step.records.push(Record::ShadowDecision(Arc::clone(&difference)));
            }
            shadow.difference = Some(difference);
        }
        let due = shadow.written_at.is_none_or(|at| now.duration_since(at).abs() >= WRITE_EVERY);
        if changed || due {
            shadow.written_at = Some(now);
        }
        self.change(id, |port| port.shadow = Some(Arc::new(shadow)));
        if changed || due {
            self.write_tally(id, step);
        }
    }

    fn difference(
        &self,
        candidate: &Candidate,
        port: &PortState,
        (active, other): (&Judgement, &Judgement),
        facts: &Arc<Facts>,
    ) -> ShadowDecision {
        let present = port.memory.wanted.unwrap_or(Power::On);
        ShadowDecision {
            shadow: candidate.id,
            at: facts.at,
            station: self.view.station.name.clone(),
            port: port.plan.id,
            device: port.device().cloned(),
            switches: power(active.verdict, present) != power(other.verdict, present),
            active: side(active),
            candidate: side(other),
            facts: Arc::clone(facts),
        }
    }

    /// Writes all counts down, before the end.
    pub(in crate::engine) fn write_tallies(&self, step: &mut Step) {
        for id in self.view.ports.keys() {
            self.write_tally(*id, step);
        }
    }

    fn write_tally(&self, port: PortId, step: &mut Step) {
        let Some(candidate) = &self.view.shadow else { return };
        let shadow = self.view.ports.get(&port).and_then(|port| port.shadow.as_ref());
        if let Some(tally) = shadow.map(|shadow| shadow.tally) {
            let (shadow, station) = (candidate.id, self.view.station.name.clone());
            step.records.push(Record::ShadowTally { shadow, station, port, tally });
        }
    }
}

/// What the port would be after a verdict, when it was wanted to be `present` before.
fn power(verdict: Verdict, present: Power) -> Power {
    match verdict {
        Verdict::Charge => Power::On,
        Verdict::Rest => Power::Off,
        Verdict::Keep => present,
    }
}

fn side(judgement: &Judgement) -> ShadowSide {
    ShadowSide {
        verdict: judgement.verdict,
        reason: judgement.reason.clone(),
        by: judgement.by,
        rule: judgement.rule.clone(),
        line: judgement.line,
    }
}

/// The same facts with what the candidate's file says of the device.
fn as_cared(facts: &Arc<Facts>, care: &Care) -> Arc<Facts> {
    #[expect(clippy::float_cmp, reason = "both are copies of what a file says, not results of arithmetic")]
    let same = facts.device.kind == care.kind
        && facts.device.tags == care.tags
        && facts.history.charge_per_hour == care.charge_per_hour;
    if same {
        return Arc::clone(facts);
    }
    let name = facts.device.name.clone();
    Arc::new(Facts {
        device: DeviceFacts { name, kind: care.kind.clone(), tags: care.tags.clone() },
        history: HistoryFacts { charge_per_hour: care.charge_per_hour, ..facts.history.clone() },
        ..(**facts).clone()
    })
}
