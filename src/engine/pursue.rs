//! Wanted against actual: orders what differs, believes only what the hub shows, tries again with growing pauses.

use super::core::{Engine, Step, later};
use super::state::{InFlight, PortState};
use crate::model::{EventKind, Layer, Order, PortId, Power, Record, Seen, Span, SwitchProblem, Timestamp};

/// An order or a reading that was not answered for so long is taken as lost. Longer than the usb task's own limits
/// together when `time_limit` is the longest allowed, 30 s: twice that for the lock, five calls that hang, a reading.
pub(super) const ANSWER_LIMIT: Span = Span::from_secs(300);
/// After a switch the hub is read once more: some kernels and hubs switch the power back a moment later.
const SECOND_LOOK: Span = Span::from_secs(5);
/// First pause after a failed order; it triples with each failure, up to the longest.
const FIRST_PAUSE: Span = Span::from_secs(5);
/// Drifts are counted over this time.
const DRIFTS_WITHIN: Span = Span::from_mins(10);
/// The longest pause between tries, and the pause while a hub cannot be read.
const LONGEST_PAUSE: Span = Span::from_mins(10);

impl Engine {
    /// Compares and orders. Says when to look again where something has to be waited for.
    pub(super) fn pursue(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        self.give_up_lost_order(id, now);
        let Some(port) = self.view.ports.get(&id) else { return };
        let until = port.memory.mode.until;
        let wait = match self.next_move(port, now) {
            Move::Rest => None,
            Move::Wait(at) => Some(at),
            Move::Order(power) => {
                self.order(id, power, now, step);
                Some(later(now, ANSWER_LIMIT))
            }
        };
        for at in [wait, until].into_iter().flatten() {
            let due = self.view.ports.get(&id).map(|port| port.due);
            if due.is_some_and(|due| at < due) {
                self.schedule(id, at);
            }
        }
    }

    fn next_move(&self, port: &PortState, now: Timestamp) -> Move {
        if let Some(order) = &port.order {
            return Move::Wait(later(order.at, ANSWER_LIMIT));
        }
        let (Some(wanted), Some(actual)) = (port.memory.wanted, port.actual) else {
            // Unknown: readings come at start, after failures and every `poll`; nothing is assumed.
            return Move::Rest;
        };
        if wanted == actual {
            return Move::Rest;
        }
        if let Some(at) = port.retry_at.filter(|at| now < *at) {
            return Move::Wait(at);
        }
        match self.hold_ends(port).filter(|end| now < *end) {
            Some(end) => Move::Wait(end),
            None => Move::Order(wanted),
        }
    }

    /// Until when a rule may not switch this port again. People and safety are not held.
    fn hold_ends(&self, port: &PortState) -> Option<Timestamp> {
        let by = port.decision.as_ref().map(|decision| decision.by);
        match by {
            Some(Layer::Mode | Layer::Safety) => None,
            Some(Layer::Policy | Layer::Nobody) | None => {
                port.memory.switched_at.map(|at| later(at, self.view.station.min_hold))
            }
        }
    }

    fn order(&mut self, id: PortId, power: Power, now: Timestamp, step: &mut Step) {
        let order_id = self.next_order_id();
        let socket = self.change(id, |port| {
            port.order = Some(InFlight { id: order_id, power, at: now });
            port.plan.socket.clone()
        });
        if let Some(socket) = socket {
            step.orders.push(Order { id: order_id, port: id, socket, power });
        }
    }

    /// Asks for a reading of every port, unless one is on its way.
    pub(super) fn read_all(&mut self, now: Timestamp, step: &mut Step) {
        self.read_due = later(now, self.view.station.poll);
        let waiting = self.read_sent.is_some_and(|sent| now < later(sent, ANSWER_LIMIT));
        if waiting || self.view.ports.is_empty() {
            return;
        }
        self.read_sent = Some(now);
        step.read = self.view.ports.iter().map(|(id, port)| (*id, port.plan.socket.clone())).collect();
    }

    fn give_up_lost_order(&mut self, id: PortId, now: Timestamp) {
        let order = self.view.ports.get(&id).and_then(|port| port.order.as_ref());
        if order.is_some_and(|order| later(order.at, ANSWER_LIMIT) <= now) {
            self.change(id, |port| port.order = None);
        }
    }

    /// Takes what was seen at one port.
    pub(super) fn take_reading(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&seen.port) else { return };
        let ordered = port.order.clone().filter(|order| Some(order.id) == seen.order);
        if ordered.is_none() && (seen.order.is_some() || port.order.is_some()) {
            // The answer to an order that was given up, or a reading that an order has overtaken.
            return;
        }
        let before = port.actual;
        self.set_actual(seen, now);
        match (ordered, seen.power) {
            (Some(order), Some(power)) if order.power == power => self.switched(seen.port, power, now, step),
            (Some(order), _) => self.not_switched(seen, order.power, now, step),
            (None, Some(power)) => self.read_back(seen.port, before, power, now, step),
            (None, None) => self.not_read(seen, now, step),
        }
        self.pursue(seen.port, now, step);
    }

    fn set_actual(&mut self, seen: &Seen, now: Timestamp) {
        let was = self.view.ports.get(&seen.port).and_then(|port| port.actual);
        self.change(seen.port, |port| {
            if seen.order.is_some() {
                port.order = None;
            }
            if port.actual != seen.power {
                port.actual_since = port.actual.is_some().then_some(now);
                port.actual = seen.power;
            }
        });
        let on = |power: Option<Power>| u32::from(power == Some(Power::On));
        self.view.ports_on = (self.view.ports_on + on(seen.power)).saturating_sub(on(was));
    }

    fn switched(&mut self, id: PortId, power: Power, now: Timestamp, step: &mut Step) {
        self.change(id, |port| {
            port.memory.switched_at = Some(now);
            port.problem = None;
            port.failures = 0;
            port.retry_at = None;
        });
        let reason = self.reason(id);
        self.record_switch(id, power, Some(power), None, now, step);
        self.tell(step, id, now, EventKind::Switched { power, reason });
        self.remember(id, step);
        self.read_due = self.read_due.min(later(now, SECOND_LOOK));
    }

    fn not_switched(&mut self, seen: &Seen, wanted: Power, now: Timestamp, step: &mut Step) {
        let problem = seen.problem.clone().unwrap_or(SwitchProblem::Refused(opposite(wanted)));
        let message = problem.to_string();
        let failures = self.change(seen.port, |port| {
            port.failures = port.failures.saturating_add(1);
            port.retry_at = Some(later(now, pause(port.failures)));
            port.problem = Some(problem.clone());
            port.failures
        });
        self.record_switch(seen.port, wanted, seen.power, Some(message.clone()), now, step);
        let kind = EventKind::SwitchFailed {
            wanted,
            message,
            problem: problem.code().to_owned(),
            failures: failures.unwrap_or_default(),
        };
        self.tell(step, seen.port, now, kind);
        if seen.power.is_none() {
            self.read_due = self.read_due.min(later(now, pause(failures.unwrap_or_default())));
        }
    }

    fn read_back(
        &mut self,
        id: PortId,
        before: Option<Power>,
        power: Power,
        now: Timestamp,
        step: &mut Step,
    ) {
        let wanted = self.change(id, |port| {
            if port.memory.wanted.is_none_or(|wanted| wanted == power) {
                port.problem = None;
                port.failures = 0;
            }
            port.memory.wanted
        });
        if let (Some(Some(wanted)), Some(before)) = (wanted, before)
            && before == wanted
            && power != wanted
        {
            let times = self.change(id, |port| port.count_drift(now)).unwrap_or(1);
            self.tell(step, id, now, EventKind::Drift { seen: power, wanted, times });
        }
    }

    fn not_read(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) {
        let Some(problem) = seen.problem.clone() else { return };
        let message = problem.to_string();
        let known = self.change(seen.port, |port| port.problem.replace(problem));
        if known.flatten().is_none() {
            self.tell(step, seen.port, now, EventKind::Unreadable { message });
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

impl PortState {
    /// One more drift; gives how many there were of late. A poll sees one at most, so the list stays short.
    fn count_drift(&mut self, now: Timestamp) -> u32 {
        self.drifts.retain(|at| now.duration_since(*at) < DRIFTS_WITHIN);
        self.drifts.push(now);
        u32::try_from(self.drifts.len()).unwrap_or(u32::MAX)
    }
}

enum Move {
    Rest,
    Wait(Timestamp),
    Order(Power),
}

fn opposite(power: Power) -> Power {
    match power {
        Power::On => Power::Off,
        Power::Off => Power::On,
    }
}

/// Pause before the next try after so many failures in a row: 5 s, 15 s, 45 s, … up to 10 minutes.
pub(super) fn pause(failures: u32) -> Span {
    let factor = 3_i32.saturating_pow(failures.saturating_sub(1).min(10));
    FIRST_PAUSE.checked_mul(factor).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}
