//! Decisions of the past, decided again from the facts that were recorded with them.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{difference::Setup, policy::is_of_unknown};
use crate::model::{
    Care, Decision, DecisionId, DeviceName, Facts, Layer, PortId, RuleName, Station, StationName, Timestamp,
    Verdict,
};

/// So many differences are told; the others are counted.
const TOLD: usize = 200;

/// What was, or would be, decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What the port is to do.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The rule, if one decided.
    pub rule: Option<RuleName>,
    /// The line in it, from 1.
    pub line: Option<u32>,
}

/// Decisions in a row about one port that would be otherwise in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Otherwise {
    /// The station.
    pub station: StationName,
    /// The port.
    pub port: PortId,
    /// The device that was in it.
    pub device: Option<DeviceName>,
    /// The number of the first of them.
    pub id: DecisionId,
    /// When the first was made.
    pub from: Timestamp,
    /// When the last was made.
    pub to: Timestamp,
    /// How many there are.
    pub decisions: usize,
    /// What the first came to.
    pub was: Decided,
    /// What it would come to.
    pub would: Decided,
}

/// What became of all decisions that were decided again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// Decisions that were decided again.
    pub decisions: usize,
    /// Of them, those with another verdict.
    pub differing: usize,
    /// Of the others, those that another rule or another line would have made.
    pub by_others: usize,
    /// Decisions that no rule made: people, silence, a device or station that is gone.
    pub passed_over: usize,
    /// What would be otherwise, the latest first.
    pub otherwise: Vec<Otherwise>,
    /// Rows of differences that are not told, as there are too many.
    pub left_out: usize,
}

/// Decides again, decision by decision, from the latest to the earliest.
#[derive(Clone, Debug, Default)]
pub struct Replaying {
    replay: Replay,
    /// The row of differences that each port is in.
    open: BTreeMap<(StationName, PortId), Open>,
}

/// The row of differences that a port is in.
#[derive(Clone, Debug)]
struct Open {
    /// Its place among those that are told; `None`: it is not told.
    told: Option<usize>,
    key: (Option<DeviceName>, Kind, Kind),
}

/// What makes two decisions the same in a row: reasons may differ, they tell of levels.
type Kind = (Verdict, Option<RuleName>);

impl Replaying {
    /// Compares what was recorded with what these rules say to the same facts.
    pub fn again(&mut self, decision: &Decision, now: &Setup) {
        let Some(would) = decide(decision, now, None) else { return self.pass_over(decision) };
        let failed = decision.failures.iter().any(|failure| failure.guard);
        let was = Decided {
            verdict: if decision.by == Layer::Budget { Verdict::Charge } else { decision.verdict },
            reason: decision.reason.clone(),
            rule: decision.rule.clone(),
            line: decision.line,
        };
        // A guard that failed several times in a row rests the port: that hangs on what was before, not on the facts.
        if failed && would.guard_failed {
            return self.note(decision, was.clone(), was);
        }
        self.note(decision, was, would.decided);
    }

    /// Compares what one setup says with what the other says, to the same facts.
    pub fn between(&mut self, decision: &Decision, before: &Setup, after: &Setup) {
        let was = decide(decision, before, None);
        let would = decide(decision, after, Some(before));
        match (was, would) {
            (Some(was), Some(would)) => self.note(decision, was.decided, would.decided),
            _ => self.pass_over(decision),
        }
    }

    /// What was found.
    pub fn finish(self) -> Replay {
        self.replay
    }

    fn pass_over(&mut self, decision: &Decision) {
        self.replay.passed_over += 1;
        self.open.remove(&(decision.station.clone(), decision.port));
    }

    fn note(&mut self, decision: &Decision, was: Decided, would: Decided) {
        self.replay.decisions += 1;
        let place = (decision.station.clone(), decision.port);
        if was.verdict == would.verdict {
            self.replay.by_others += usize::from((&was.rule, was.line) != (&would.rule, would.line));
            self.open.remove(&place);
            return;
        }
        self.replay.differing += 1;
        let key =
            (decision.device.clone(), (was.verdict, was.rule.clone()), (would.verdict, would.rule.clone()));
        if let Some(open) = self.open.get(&place).filter(|open| open.key == key) {
            if let Some(row) = open.told.and_then(|row| self.replay.otherwise.get_mut(row)) {
                row.decisions += 1;
                (row.from, row.id, row.was, row.would) = (decision.at, decision.id, was, would);
            }
            return;
        }
        let told = (self.replay.otherwise.len() < TOLD).then_some(self.replay.otherwise.len());
        self.open.insert(place, Open { told, key });
        if told.is_none() {
            self.replay.left_out += 1;
            return;
        }
        self.replay.otherwise.push(Otherwise {
            station: decision.station.clone(),
            port: decision.port,
            device: decision.device.clone(),
            id: decision.id,
            from: decision.at,
            to: decision.at,
            decisions: 1,
            was,
            would,
        });
    }
}

struct Again {
    decided: Decided,
    guard_failed: bool,
}

/// Asks the policy that the port of a decision has in `setup`. `recorded_by` knows how the device was treated when the facts
/// were recorded: what the files say otherwise since counts. `None` when no policy decided, or none would.
fn decide(decision: &Decision, setup: &Setup, recorded_by: Option<&Setup>) -> Option<Again> {
    let by_policy = match decision.by {
        Layer::Policy => true,
        Layer::Nobody => !is_of_unknown(decision),
        Layer::Safety => decision.failures.iter().any(|failure| failure.guard),
        // Then the rule wanted power, and did not get it yet.
        Layer::Budget => decision.rule.is_some(),
        Layer::Mode => false,
    };
    let facts = decision.facts.as_ref().filter(|_| by_policy)?;
    let care = care(setup, decision)?;
    let facts = match recorded_by.and_then(|before| self::care(before, decision)) {
        Some(before) => treated(facts, before, care),
        None => Arc::clone(facts),
    };
    let answer = setup.rules.decide(&decision.adjusted.over(&care.policy), &facts);
    let guard_failed = answer.failed_guard.is_some();
    let decided = match (answer.opinion, answer.failed_guard) {
        (Some(opinion), _) => Decided {
            verdict: opinion.verdict,
            reason: opinion.reason,
            rule: Some(opinion.rule),
            line: Some(opinion.line),
        },
        (None, Some(guard)) => kept(format!("guard `{guard}` fails: kept as it is")),
        (None, None) => kept("no rule has an opinion".to_owned()),
    };
    Some(Again { decided, guard_failed })
}

fn kept(reason: String) -> Decided {
    Decided { verdict: Verdict::Keep, reason, rule: None, line: None }
}

/// The facts as they would be with another care; what is the same in both is left as it was recorded.
fn treated(facts: &Arc<Facts>, before: &Care, after: &Care) -> Arc<Facts> {
    let same_rate = before.charge_per_hour.total_cmp(&after.charge_per_hour).is_eq();
    if same_rate && before.kind == after.kind && before.tags == after.tags {
        return Arc::clone(facts);
    }
    let mut facts = (**facts).clone();
    if !same_rate {
        facts.history.charge_per_hour = after.charge_per_hour;
    }
    facts.device.kind.clone_from(&after.kind);
    facts.device.tags.clone_from(&after.tags);
    Arc::new(facts)
}

/// How the device of a decision is treated: as the file entry that names it says, else as that of its port.
fn care<'a>(setup: &'a Setup, decision: &Decision) -> Option<&'a Care> {
    let station: &Station = setup.stations.get(&decision.station)?;
    let device = decision.device.as_ref();
    let named =
        device.and_then(|device| station.ports.values().find(|port| port.device.as_ref() == Some(device)));
    named.or_else(|| station.ports.get(&decision.port)).map(|port| port.care.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            Adjustment, Adjustments, Author, Battery, DeviceFacts, HistoryFacts, Level, PortFacts,
            StationFacts, Value, Version,
        },
        trial::difference::tests::{KEEP, port, rules, setup, usage},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_767_571_200 + minute * 60).unwrap()
    }

    /// A decision about a phone in port 1, made at this minute with this level.
    fn decision(minute: i64, level: i64, verdict: Verdict, rule: Option<&str>) -> Decision {
        let station = StationName::new("desk").unwrap();
        let (port, device) = (PortId::new(1).unwrap(), DeviceName::new("phone-1").unwrap());
        let facts = Facts {
            at: at(minute),
            zone: jiff::tz::TimeZone::UTC,
            station: StationFacts { name: station.clone(), ports_on: 1 },
            port: PortFacts { number: port, on: true, since: None },
            device: DeviceFacts { name: device.clone(), kind: String::new(), tags: Vec::new() },
            battery: Battery {
                level: Level::new(level).unwrap(),
                charging: None,
                temperature: None,
                measured_at: at(minute),
            },
            holder: None,
            history: HistoryFacts { charge_per_hour: 40.0, ..HistoryFacts::default() },
            deadline: None,
            signals: BTreeMap::new(),
        };
        Decision {
            id: minute,
            at: at(minute),
            station,
            port,
            device: Some(device),
            verdict,
            reason: format!("recorded at {level}"),
            by: if rule.is_some() { Layer::Policy } else { Layer::Nobody },
            safeguard: None,
            rule: rule.map(|rule| RuleName::new(rule).unwrap()),
            line: rule.map(|_| 5),
            version: Version::new("1"),
            facts: Some(Arc::new(facts)),
            failures: Vec::new(),
            adjusted: Arc::default(),
        }
    }

    fn with_low(low: i64) -> Setup {
        let uses = [usage("keep-between", &[("low", Value::Int(low))])];
        setup(rules(&[("keep-between", KEEP)]), &[port(1, &[], &uses)])
    }

    #[test]
    fn decisions_in_a_row_that_differ_in_the_same_way_are_one_row() {
        let mut replaying = Replaying::default();
        for (minute, level) in [(50, 40), (40, 24), (30, 23), (20, 26), (10, 22)] {
            replaying.again(&decision(minute, level, Verdict::Keep, None), &with_low(25));
        }
        let found = replaying.finish();
        assert_eq!((found.decisions, found.differing), (5, 3));
        let rows: Vec<_> = found.otherwise.iter().map(|row| (row.from, row.to, row.decisions)).collect();
        assert_eq!(rows, [(at(30), at(40), 2), (at(10), at(10), 1)]);
        let row = &found.otherwise[0];
        assert_eq!((row.was.verdict, row.was.reason.as_str()), (Verdict::Keep, "recorded at 23"));
        assert_eq!(
            (row.would.verdict, row.would.reason.as_str()),
            (Verdict::Charge, "23% is at or under 25%")
        );
    }

    #[test]
    fn an_edit_is_not_blamed_for_what_changed_before_it() {
        // Recorded by rules of long ago; both of today say the same.
        let old = decision(10, 22, Verdict::Rest, Some("keep-between"));
        let mut replaying = Replaying::default();
        replaying.between(&old, &with_low(25), &with_low(30));
        replaying.between(
            &decision(5, 28, Verdict::Rest, Some("keep-between")),
            &with_low(25),
            &with_low(30),
        );
        let found = replaying.finish();
        assert_eq!((found.decisions, found.differing), (2, 1));
        assert_eq!(found.otherwise[0].from, at(5));
    }

    #[test]
    fn values_that_people_had_set_lie_over_the_files() {
        let set = Adjustment { value: Value::Int(10), by: Author::Mqtt, at: at(0) };
        let of_rule = BTreeMap::from([("low".to_owned(), set)]);
        let adjusted = Adjustments(BTreeMap::from([(RuleName::new("keep-between").unwrap(), of_rule)]));
        let recorded = Decision { adjusted: Arc::new(adjusted), ..decision(10, 22, Verdict::Keep, None) };
        let mut replaying = Replaying::default();
        replaying.again(&recorded, &with_low(25));
        assert_eq!(replaying.finish().differing, 0);
    }

    #[test]
    fn what_waited_for_power_is_compared_by_what_the_rule_wanted() {
        let waits = Decision { by: Layer::Budget, ..decision(10, 22, Verdict::Rest, Some("keep-between")) };
        let mut replaying = Replaying::default();
        replaying.again(&waits, &with_low(25));
        replaying.again(&Decision { rule: None, line: None, ..waits.clone() }, &with_low(25));
        let found = replaying.finish();
        assert_eq!((found.decisions, found.differing, found.passed_over), (1, 0, 1));
        let mut replaying = Replaying::default();
        replaying.again(&waits, &with_low(20));
        let row = &replaying.finish().otherwise[0];
        assert_eq!((row.was.verdict, row.would.verdict), (Verdict::Charge, Verdict::Keep));
    }

    #[test]
    fn what_no_rule_decided_is_passed_over() {
        let person = Decision { by: Layer::Mode, ..decision(10, 22, Verdict::Keep, None) };
        let silent = Decision { by: Layer::Safety, ..decision(9, 22, Verdict::Charge, None) };
        let elsewhere =
            Decision { station: StationName::new("attic").unwrap(), ..decision(8, 22, Verdict::Keep, None) };
        let early = Decision { facts: None, ..decision(7, 22, Verdict::Keep, None) };
        let mut replaying = Replaying::default();
        for decision in [&person, &silent, &elsewhere, &early] {
            replaying.again(decision, &with_low(25));
        }
        let found = replaying.finish();
        assert_eq!((found.decisions, found.passed_over), (0, 4));
    }
}
