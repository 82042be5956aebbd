//! Wanted against actual: orders what differs, one order at a time for a port, and asks for readings.

use crate::engine::core::{Engine, Step, later};
use crate::engine::state::{InFlight, PortState};
use crate::model::{Layer, ModeKind, Order, PortId, Power, Seen, Span, SwitchProblem, Timestamp};

/// An order or a reading that was not answered for so long is taken as lost. Longer than the usb task's own limits
/// together when `time_limit` is the longest allowed, 30 s: twice that for the lock, five calls that hang, a reading.
pub(in crate::engine) const ANSWER_LIMIT: Span = Span::from_secs(300);
/// After a switch the hub is read once more: some kernels and hubs switch the power back a moment later.
const SECOND_LOOK: Span = Span::from_secs(4);

impl Engine {
    /// Compares and orders. Says when to look again where something has to be waited for.
    pub(in crate::engine) fn pursue(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        self.give_up_lost_order(id, now, step);
        self.follow_alarm(id, now, step);
        let Some(port) = self.view.ports.get(&id) else { return };
        let search = port.memory.probe.as_ref().map(|probe| probe.until);
        let until = port.modes_due();
        let wait = match self.next_move(port, now) {
            Move::Rest => None,
            Move::Wait(at) => Some(at),
            Move::Order(Power::On) if !self.may_rise(port, now) => {
                self.block(id);
                None
            }
            Move::Order(power) => {
                self.order(id, power, now, step);
                Some(later(now, ANSWER_LIMIT))
            }
        };
        for at in [wait, until, search].into_iter().flatten() {
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
        let (Some(wanted), Some(actual)) = (port.target(), port.actual) else {
            // Unknown: readings come at start, after failures and every `poll`; nothing is assumed.
            return Move::Rest;
        };
        if wanted == actual && !(port.half && wanted == Power::On) {
            return Move::Rest;
        }
        if let Some(at) = port.retry_at.filter(|at| now < *at) {
            return Move::Wait(at);
        }
        match self.hold_ends(port).filter(|end| now < *end) {
            Some(end) => Move::Wait(end),
            None if wanted == Power::Off && !self.may_be_switched_off(port, now) => Move::Rest,
            None => Move::Order(wanted),
        }
    }

    /// What people and searches want is done. Rules may have wanted it of the device before this one: a port that is looked
    /// at in a moment anyway is decided about first, and what nobody knows is never switched off.
    fn may_be_switched_off(&self, port: &PortState, now: Timestamp) -> bool {
        let is_held = self.view.held_by(port).is_some_and(|(_, mode)| mode.kind == ModeKind::Off)
            || port.search().is_some_and(|probe| probe.power == Power::Off);
        is_held || (port.due > now && port.unknown().is_none())
    }

    /// Until when a rule may not switch this port again. People and safety are not held, nor is mending.
    fn hold_ends(&self, port: &PortState) -> Option<Timestamp> {
        if port.unheld || port.half {
            return None;
        }
        let by = port.decision.as_ref().map(|decision| decision.by);
        match by {
            _ if port.searched => None,
            Some(Layer::Mode | Layer::Safety | Layer::Budget) => None,
            Some(Layer::Policy | Layer::Nobody) | None => {
                port.memory.switched_at.map(|at| later(at, self.view.station.min_hold))
            }
        }
    }

    fn order(&mut self, id: PortId, power: Power, now: Timestamp, step: &mut Step) {
        let order_id = self.next_order_id();
        if power == Power::On {
            self.rises(id, now);
        }
        let socket = self.change(id, |port| {
            port.order = Some(InFlight { id: order_id, power, at: now });
            port.plan.socket.clone()
        });
        if let Some(socket) = socket {
            step.orders.push(Order { id: order_id, port: id, socket, power });
        }
    }

    /// Asks for a reading of every port, unless one is on its way.
    pub(in crate::engine) fn read_all(&mut self, now: Timestamp, step: &mut Step) {
        let again = later(now, self.view.station.poll);
        let waiting = self.read_sent.is_some_and(|sent| now < later(sent, ANSWER_LIMIT));
        self.read_due = if self.second_look > now { again.min(self.second_look) } else { again };
        if self.view.ports.is_empty() {
            return;
        }
        if waiting {
            // What is on its way may have been read before the switch that this look is for.
            self.read_due = self.read_due.min(later(now, SECOND_LOOK));
            return;
        }
        self.read_sent = Some(now);
        step.read = self.view.ports.iter().map(|(id, port)| (*id, port.plan.socket.clone())).collect();
    }

    /// Asks for a reading a moment from now.
    pub(in crate::engine) fn look_again(&mut self, now: Timestamp) {
        self.second_look = later(now, SECOND_LOOK);
        self.read_due = self.read_due.min(self.second_look);
    }

    /// An order without an answer may have been carried out or not: the state is not known any more.
    fn give_up_lost_order(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let order = self.view.ports.get(&id).and_then(|port| port.order.clone());
        let Some(order) = order.filter(|order| later(order.at, ANSWER_LIMIT) <= now) else { return };
        let waited = ANSWER_LIMIT.as_secs().unsigned_abs();
        let lost = Seen::new(id, Some(order.id), None, Some(SwitchProblem::Timeout(waited)));
        self.set_actual(&lost, now);
        self.not_switched(&lost, order.power, now, step);
    }
}

enum Move {
    Rest,
    Wait(Timestamp),
    Order(Power),
}
