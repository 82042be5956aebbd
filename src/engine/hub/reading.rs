//! What the hub shows, after an order and by itself. Nothing is believed but that: an answer that does not come, or
//! cannot be read, leaves the state unknown, never off.

use super::alarm::{TRIES, pause};
use crate::engine::core::{Engine, Step, later};
use crate::engine::state::PortState;
use crate::model::{EventKind, PortId, Power, Record, Seen, SwitchProblem, Timestamp};

impl Engine {
    /// Takes what was seen at one port.
    pub(in crate::engine) fn take_reading(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&seen.port) else { return };
        let ordered = port.order.clone().filter(|order| Some(order.id) == seen.order);
        if ordered.is_none() && (seen.order.is_some() || port.order.is_some()) {
            // The answer to an order that was given up, or a reading that an order has overtaken.
            return;
        }
        if ordered.is_none() && port.is_as_before(seen) {
            self.pursue(seen.port, now, step);
            return;
        }
        let before =
            Known { actual: port.actual, last: port.memory.steady.as_ref().map(|steady| steady.power) };
        self.set_actual(seen, now);
        let fault_changed = self.note_power(seen, now, step);
        match (ordered, seen.power) {
            (Some(order), Some(power)) if order.power == power && !seen.half => {
                self.switched(seen.port, power, now, step)
            }
            (Some(order), _) => self.not_switched(seen, order.power, now, step),
            (None, Some(power)) => self.read_back(seen, &before, power, now, step),
            (None, None) => self.not_read(seen, now, step),
        }
        if fault_changed {
            self.judge(seen.port, now, true, step);
        } else {
            self.follow_charging(seen.port, now, step);
            self.pursue(seen.port, now, step);
        }
    }

    pub(in crate::engine) fn set_actual(&mut self, seen: &Seen, now: Timestamp) {
        let had = self.view.ports.get(&seen.port).is_some_and(|port| port.has_power());
        let answered = seen.order.is_some();
        let rose = self.change(seen.port, |port| {
            let order = if answered { port.order.take() } else { None };
            if port.actual != seen.power {
                port.actual_since = port.actual.is_some().then_some(now);
                port.actual = seen.power;
            }
            port.half = seen.half;
            if seen.half {
                // Nobody wants half a port, so one that nobody has an opinion of is made whole.
                port.memory.wanted.get_or_insert(Power::On);
            }
            if seen.power.is_some() && port.hub_missing.take().is_some() {
                port.come_back();
            }
            port.unheld |= seen.power.is_some() && seen.power == port.target();
            order.is_some_and(|order| order.power == Power::On)
        });
        if rose == Some(true) {
            self.rises(seen.port, now);
        }
        self.recount(seen.port, had);
    }

    /// To be called after anything that may give a port power or take it away, with what it had before.
    pub(in crate::engine) fn recount(&mut self, id: PortId, had: bool) {
        let has = self.view.ports.get(&id).is_some_and(|port| port.has_power());
        self.view.ports_on = (self.view.ports_on + u32::from(has)).saturating_sub(u32::from(had));
    }

    fn switched(&mut self, id: PortId, power: Power, now: Timestamp, step: &mut Step) {
        self.change(id, |port| {
            port.memory.switched_at = Some(now);
            port.problem = None;
            port.failures = 0;
            port.retry_at = None;
            port.unread = false;
        });
        self.view.counts.verified += 1;
        let reason = self.reason(id);
        self.record_switch(id, power, Some(power), None, now, step);
        self.tell(step, id, now, EventKind::Switched { power, reason });
        self.remember(id, step);
        self.look_again(now);
    }

    pub(in crate::engine) fn not_switched(
        &mut self,
        seen: &Seen,
        wanted: Power,
        now: Timestamp,
        step: &mut Step,
    ) {
        let id = seen.port;
        let problem = seen.problem.clone().unwrap_or(SwitchProblem::Refused(opposite(wanted)));
        let message = problem.to_string();
        self.view.counts.failed += 1;
        self.record_switch(id, wanted, seen.power, Some(message.clone()), now, step);
        if let SwitchProblem::HubMissing(hub) = &problem {
            self.change(id, |port| port.lose_hub(hub));
            return;
        }
        let failed = self.change(id, |port| {
            port.fail(&problem, now);
            port.unread = false;
            (port.failures, port.resting)
        });
        let Some((failures, resting)) = failed else { return };
        if !resting {
            let problem = problem.code().to_owned();
            self.tell(step, id, now, EventKind::SwitchFailed { wanted, message, problem, failures });
        }
        if failures >= TRIES {
            self.give_up(id, wanted, &problem, now, step);
        }
        if seen.power.is_none() {
            self.read_due = self.read_due.min(later(now, pause(failures)));
        }
    }

    fn read_back(&mut self, seen: &Seen, before: &Known, power: Power, now: Timestamp, step: &mut Step) {
        let id = seen.port;
        let wanted = self.change(id, |port| {
            if std::mem::take(&mut port.unread) {
                // The pause was for readings that failed.
                port.retry_at = None;
            }
            if !seen.half && port.target().is_none_or(|wanted| wanted == power) {
                port.problem = None;
                port.failures = 0;
            }
            port.target()
        });
        let elsewhere = self.view.ports.get(&id).is_some_and(|port| port.hub_at != seen.hub_at);
        self.follow_place(seen, now, step);
        if elsewhere {
            // It was unplugged in between: nobody else has switched it.
            self.change(id, PortState::come_back);
            return;
        }
        if let Some(Some(wanted)) = wanted
            && before.last == Some(wanted)
            && power != wanted
        {
            self.drifted(id, power, before.actual.is_some(), now, step);
        }
    }

    fn not_read(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
        let Some(problem) = seen.problem.clone() else { return };
        let id = seen.port;
        if let SwitchProblem::HubMissing(hub) = &problem {
            self.change(id, |port| port.lose_hub(hub));
            return;
        }
        let message = problem.to_string();
        let read = self.change(id, |port| {
            let known = port.problem.replace(problem.clone());
            port.unread = true;
            let counts = port.is_unmet() && port.retry_at.is_none_or(|at| at <= now);
            if counts {
                port.fail(&problem, now);
            }
            (known.is_none() && !port.resting, counts.then_some(port.failures))
        });
        let Some((news, failures)) = read else { return };
        if news {
            self.tell(step, id, now, EventKind::Unreadable { message });
        }
        let wanted = self.view.ports.get(&id).and_then(|port| port.target());
        if let (Some(failures), Some(wanted)) = (failures, wanted) {
            if failures >= TRIES {
                self.give_up(id, wanted, &problem, now, step);
            } else {
                self.read_due = self.read_due.min(later(now, pause(failures)));
            }
        }
    }

    fn record_switch(
        &self,
        id: PortId,
        wanted: Power,
        seen: Option<Power>,
        problem: Option<String>,
        at: Timestamp,
        step: &mut Step,
    ) {
        let station = self.view.station.name.clone();
        let reason = self.reason(id);
        step.records.push(Record::Switch { station, port: id, at, wanted, seen, problem, reason });
    }

    fn reason(&self, id: PortId) -> String {
        let decision = self.view.ports.get(&id).and_then(|port| port.decision.clone());
        decision.map(|decision| decision.reason.clone()).unwrap_or_default()
    }
}

/// What was known of a port before a reading.
struct Known {
    /// Its power, if that was known.
    actual: Option<Power>,
    /// Its power when it was last known.
    last: Option<Power>,
}

impl PortState {
    /// True when a plain reading brings nothing new: so it is with nearly all of them, and they must cost nothing.
    fn is_as_before(&self, seen: &Seen) -> bool {
        seen.power.is_some()
            && seen.power == self.actual
            && seen.half == self.half
            && seen.hub_at == self.hub_at
            && self.problem.is_none()
            && self.failures == 0
            && self.suspect.is_none()
            && !self.unread
            && self.memory.steady.as_ref().map(|steady| steady.power) == self.actual
    }

    /// What is wanted is not what the port was when it was last seen.
    fn is_unmet(&self) -> bool {
        let last = self.memory.steady.as_ref().map(|steady| steady.power);
        self.target().is_some() && self.target() != last
    }
}

fn opposite(power: Power) -> Power {
    match power {
        Power::On => Power::Off,
        Power::Off => Power::On,
    }
}
