//! Which device is to be ready when, and when its port charges for that.
//!
//! `due` knows when, `place` where there is room, `claim` what a device needs; here both come together, whenever a report,
//! a mode, a deadline or the files change, and once a minute.

mod claim;
mod due;
mod place;

use std::{collections::BTreeMap, sync::Arc};

use super::core::{Engine, LOOK_AGAIN, Step, later};
use super::state::{PortState, View};
use crate::model::{
    Budget, Care, Deadline, EventKind, Planned, Policy, PortId, Record, Span, Timestamp, Told,
};
use crate::rules::RuleSet;

use claim::{Standing, load, planned, standing};
pub use due::{Source, sources, within};
pub use place::{Claim, Load, Place, place};

/// A station with more ports is planned as a whole only every so often: a thousand ports cost some milliseconds.
const SMALL: usize = 64;
const LARGE_AGAIN: Span = Span::from_secs(15);

/// Who was told to be late is told to make it again once it is early by so much, so that a percent more or less says nothing.
const AGAIN: Span = Span::from_mins(5);

/// Why what was said on a topic was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTold {
    /// No deadline of the station is about this topic.
    #[error(
        "no deadline of this station is about the topic `{0}`: name it in the station file, deadlines: [(topic: \"{0}\")]"
    )]
    UnknownTopic(String),
    /// It is no time.
    #[error("{0}")]
    NoTime(String),
    /// It is over already.
    #[error(
        "`{text}` is past, it is {now} now: nothing was changed; send a time to come, or nothing to have no deadline"
    )]
    Past {
        /// What was said.
        text: String,
        /// The station's own time, to the minute.
        now: String,
    },
}

/// What the engine keeps for planning.
#[derive(Debug, Default)]
pub(super) struct Planning {
    known: BTreeMap<PortId, Known>,
    /// The deadlines of which it was told that they will be missed.
    late: BTreeMap<PortId, Timestamp>,
    /// When the next plan of the whole station is due; `None`: at once.
    due: Option<Timestamp>,
    /// When the last one was made.
    made: Option<Timestamp>,
    /// Counts what others said.
    told: u64,
}

/// The next deadlines of a port, and what they were found by.
#[derive(Debug)]
struct Known {
    care: Arc<Care>,
    policy: Arc<Policy>,
    rules: Arc<RuleSet>,
    told: u64,
    since: Timestamp,
    until: Timestamp,
    sources: Vec<Source>,
    next: Vec<(Deadline, f64)>,
    asked: bool,
}

impl Planning {
    /// Everything is looked at again.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.due = None;
    }

    /// The next deadlines of a port, with the minutes to be ready earlier.
    fn next(
        &mut self,
        id: PortId,
        port: &PortState,
        view: &View,
        now: Timestamp,
    ) -> (&[(Deadline, f64)], bool) {
        let known = self.known.get(&id).filter(|known| {
            Arc::ptr_eq(&known.care, port.care())
                && Arc::ptr_eq(&known.policy, port.policy())
                && Arc::ptr_eq(&known.rules, &view.rules)
                && known.told == self.told
                && (known.since..known.until).contains(&now)
        });
        if known.is_none() {
            let known = Known::find(port, view, self.known.remove(&id), self.told, now);
            self.known.insert(id, known);
        }
        self.known.get(&id).map_or((&[], false), |known| (&known.next, known.asked))
    }
}

impl Known {
    fn find(port: &PortState, view: &View, before: Option<Self>, told: u64, now: Timestamp) -> Self {
        let (care, policy, rules) = (port.care(), port.policy(), &view.rules);
        let before = before.filter(|before| {
            Arc::ptr_eq(&before.care, care)
                && Arc::ptr_eq(&before.policy, policy)
                && Arc::ptr_eq(&before.rules, rules)
        });
        let (sources, asked) = before.map_or_else(
            || (due::sources(care, policy, rules), rules.begins_by_plan(policy)),
            |before| (before.sources, before.asked),
        );
        let from = due::minute(now);
        let next = sources.iter().filter_map(|source| {
            let next = source.next(from, &view.station.zone, &view.memory.told)?;
            Some((next, source.spare))
        });
        let next: Vec<(Deadline, f64)> = next.collect();
        let first = next.iter().map(|(next, _)| later(next.at, Span::from_mins(1))).min();
        // A change of the zone's rules, or a calendar's horizon, is seen a day later at most.
        let until = later(now, Span::from_hours(24)).min(first.unwrap_or(Timestamp::MAX));
        let (care, policy, rules) = (Arc::clone(care), Arc::clone(policy), Arc::clone(rules));
        Self { care, policy, rules, told, since: now, until, sources, next, asked }
    }
}

impl Engine {
    /// Plans the whole station if that is due.
    pub(super) fn plan_in_time(&mut self, now: Timestamp, step: &mut Step) {
        if self.planning.due.is_none_or(|due| due <= now) {
            self.plan_all(now, step);
        }
    }

    /// Plans anew what a change of one port concerns: the port, and where power is shared all others.
    pub(super) fn plan_port(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let alone = !self.view.station.budget.bound.contains_key(&id);
        if alone {
            let standing = self.view.ports.get(&id).cloned().and_then(|port| self.standing(id, &port, now));
            let claims: Vec<Claim> = standing.iter().filter_map(|one| one.claim.clone()).collect();
            let places = place(now, &claims, &[], &self.view.station.budget);
            let planned = standing.map(|one| planned(&one, places.get(&id), &self.view, now));
            self.keep_plan(id, planned, now, step);
        } else if self.view.ports.len() <= SMALL {
            self.plan_all(now, step);
        } else {
            self.plan_soon(now);
        }
    }

    /// Plans a large station soon, however much happens until then.
    fn plan_soon(&mut self, now: Timestamp) {
        let soon = self.planning.made.map_or(now, |made| later(made, LARGE_AGAIN));
        self.planning.due = self.planning.due.map(|due| due.min(soon));
    }

    /// Plans all ports together.
    pub(super) fn plan_all(&mut self, now: Timestamp, step: &mut Step) {
        let ports = self.view.ports.clone();
        let standing: Vec<(PortId, Option<Standing>)> =
            ports.iter().map(|(id, port)| (*id, self.standing(*id, port, now))).collect();
        let budget = &self.view.station.budget;
        let bound = ports.iter().filter(|(id, _)| budget.bound.contains_key(id));
        let loads: BTreeMap<PortId, Load> =
            bound.filter_map(|(id, port)| Some((*id, load(&self.view, port)?))).collect();
        let claims = standing.iter().filter_map(|(_, one)| one.as_ref()?.claim.clone());
        // Who has power anyway waits for nobody.
        let has_power = |claim: &Claim| {
            loads.get(&claim.port).is_some_and(|load| load.until.is_none_or(|until| until >= claim.at))
        };
        let (powered, claims): (Vec<Claim>, Vec<Claim>) = claims.partition(has_power);
        let begun = |claim: Claim| Claim { begun: claim.begun.or(Some(now)), ..claim };
        let powered: Vec<Claim> = powered.into_iter().map(begun).collect();
        let loads: Vec<Load> = loads.into_values().collect();
        let mut places = place(now, &claims, &loads, budget);
        places.extend(place(now, &powered, &[], &Budget::default()));
        for (id, standing) in standing {
            let planned = standing.map(|one| planned(&one, places.get(&id), &self.view, now));
            self.keep_plan(id, planned, now, step);
        }
        if self.view.plan.keys().any(|id| !ports.contains_key(id)) {
            let plan = self.view.plan.iter().filter(|(id, _)| ports.contains_key(*id));
            self.view.plan = plan.map(|(id, planned)| (*id, Arc::clone(planned))).collect();
            self.planning.known.retain(|id, _| ports.contains_key(id));
            self.planning.late.retain(|id, _| ports.contains_key(id));
        }
        self.planning.made = Some(now);
        self.planning.due = Some(later(now, LOOK_AGAIN));
    }

    /// What counts next for a port.
    fn standing(&mut self, id: PortId, port: &PortState, now: Timestamp) -> Option<Standing> {
        let (next, asked) = self.planning.next(id, port, &self.view, now);
        if next.is_empty() {
            return None;
        }
        standing((&self.view, port), next, asked, self.view.plan.get(&id).map(|before| &**before), now)
    }

    fn keep_plan(&mut self, id: PortId, planned: Option<Planned>, now: Timestamp, step: &mut Step) {
        let Some(planned) = planned else {
            if self.view.plan.contains_key(&id) {
                self.view.plan.remove(&id);
            }
            // It may come back before the deadline of which it was told.
            if self.planning.late.get(&id).is_some_and(|deadline| *deadline <= now) {
                self.planning.late.remove(&id);
            }
            return;
        };
        let deadline = planned.deadline.at;
        let late = self.planning.late.get(&id) == Some(&deadline);
        let early = planned.ready_at.is_some_and(|ready| deadline.duration_since(ready) >= AGAIN);
        let reached = planned.minutes <= 0.0;
        if !planned.in_time && !late {
            self.planning.late.insert(id, deadline);
            let kind = EventKind::WillNotMakeIt {
                deadline,
                level: planned.deadline.level.percent(),
                source: planned.deadline.source.to_string(),
                ready_at: planned.ready_at,
                message: planned.reason.clone(),
            };
            self.tell(step, id, now, kind);
        } else if planned.in_time && late && (early || reached) {
            self.planning.late.remove(&id);
            self.tell(step, id, now, EventKind::WillMakeItAgain { deadline });
        }
        if self.view.plan.get(&id).is_none_or(|before| **before != planned) {
            self.view.plan.insert(id, Arc::new(planned));
        }
    }

    /// Takes what others say on the topic of a deadline; nothing takes it back. The ports of the station are planned anew,
    /// and their rules see it at their next look, a minute later at most.
    pub fn deadline(&mut self, topic: &str, text: &str, now: Timestamp) -> Result<Step, NotTold> {
        self.follow_clock(now);
        if !self.view.station.deadline_topics().contains(topic) {
            return Err(NotTold::UnknownTopic(topic.chars().take(200).collect()));
        }
        let told = due::read(text, &self.view.station.zone).map_err(NotTold::NoTime)?;
        let mut step = Step::default();
        if self.view.memory.told.get(topic).copied() == told {
            return Ok(step);
        }
        if told.is_some_and(|told| matches!(told, Told::At(at) if at < due::minute(now))) {
            let now = self.view.station.zone.to_datetime(now).strftime("%F %H:%M").to_string();
            return Err(NotTold::Past { text: text.trim().to_owned(), now });
        }
        self.set_told(topic, told);
        self.planning.told = self.planning.told.wrapping_add(1);
        self.remember_station(&mut step);
        if self.view.ports.len() <= SMALL {
            self.plan_all(now, &mut step);
        } else {
            self.plan_soon(now);
        }
        Ok(step)
    }

    fn set_told(&mut self, topic: &str, told: Option<Told>) {
        match told {
            Some(told) => drop(self.view.memory.told.insert(topic.to_owned(), told)),
            None => drop(self.view.memory.told.remove(topic)),
        }
    }

    /// Forgets what was said on topics that no deadline is about any more.
    pub(super) fn forget_told(&mut self, step: &mut Step) {
        let station = Arc::clone(&self.view.station);
        let topics = station.deadline_topics();
        let before = self.view.memory.told.len();
        self.view.memory.told.retain(|topic, _| topics.contains(topic.as_str()));
        if self.view.memory.told.len() < before {
            self.remember_station(step);
        }
    }

    fn remember_station(&self, step: &mut Step) {
        let memory = Box::new(self.view.memory.clone());
        step.records.push(Record::StationMemory { station: self.view.station.name.clone(), memory });
    }
}

impl View {
    /// Why nothing is planned for a port, in words; `None` when something is.
    pub fn unplanned(&self, id: PortId) -> Option<&'static str> {
        let port = self.ports.get(&id).filter(|_| !self.plan.contains_key(&id))?;
        Some(if sources(port.care(), port.policy(), &self.rules).is_empty() {
            "it is not to be ready at any time"
        } else {
            claim::unplanned(port)
        })
    }
}

#[cfg(test)]
mod tests;
