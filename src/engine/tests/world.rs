//! Hubs that do as they are told, or not, and the time between: plays whole days in milliseconds.

use super::*;
use crate::model::{Event, FaultKind, Record, Session};

/// How a port behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It does as it is told.
    Obeys,
    /// It says that it was asked, and shows what it showed before.
    Stuck,
    /// No call comes to an end.
    Hangs,
    /// Readings come, orders do not come to an end.
    HangsOnOrders,
    /// Its hub is not there.
    Away,
    /// It takes an order and is never heard of again.
    Swallows,
}

/// An engine with its hub.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) now: Timestamp,
    pub(super) power: BTreeMap<PortId, Power>,
    pub(super) ways: BTreeMap<PortId, Way>,
    pub(super) events: Vec<Event>,
    pub(super) orders: Vec<(Timestamp, Order)>,
    pub(super) readings: usize,
    /// Stretches of charging that have ended.
    pub(super) sessions: Vec<Session>,
    /// Orders that were taken and never answered.
    open: BTreeMap<PortId, Timestamp>,
}

impl World {
    /// Every port on, read once, nothing told yet.
    pub(super) fn new() -> Self {
        Self::of(engine())
    }

    pub(super) fn of(engine: Engine) -> Self {
        let numbers: Vec<PortId> = engine.view().ports.keys().copied().collect();
        let mut world = Self {
            engine,
            now: at(0),
            power: numbers.iter().map(|id| (*id, Power::On)).collect(),
            ways: numbers.iter().map(|id| (*id, Way::Obeys)).collect(),
            events: Vec::new(),
            orders: Vec::new(),
            readings: 0,
            sessions: Vec::new(),
            open: BTreeMap::new(),
        };
        world.until(at(0));
        world
    }

    pub(super) fn set(&mut self, number: u16, way: Way) {
        self.ways.insert(port(number), way);
    }

    /// Somebody else switches a port.
    pub(super) fn switch(&mut self, number: u16, power: Power) {
        self.power.insert(port(number), power);
    }

    fn show(&self, id: PortId, order: Option<&Order>) -> Seen {
        let shown = self.power.get(&id).copied();
        let (power, problem) = match self.ways[&id] {
            Way::Obeys | Way::Stuck | Way::Swallows => (shown, None),
            Way::HangsOnOrders if order.is_none() => (shown, None),
            Way::Hangs | Way::HangsOnOrders => (None, Some(SwitchProblem::Timeout(15))),
            Way::Away => (None, Some(SwitchProblem::HubMissing(hub("5-2")))),
        };
        Seen::new(id, order.map(|order| order.id), power, problem)
    }

    /// Does what a step says, as a hub would.
    pub(super) fn act(&mut self, step: Step) {
        self.events.extend(step.events);
        self.sessions.extend(step.records.into_iter().filter_map(|record| match record {
            Record::Session(session) => Some(*session),
            _ => None,
        }));
        let mut answers = Vec::new();
        for order in step.orders {
            if let Some(given) = self.open.remove(&order.port) {
                let waited = self.now.duration_since(given);
                assert!(waited >= Span::from_secs(300), "two orders in flight for port {}", order.port);
            }
            if self.ways[&order.port] == Way::Obeys {
                self.power.insert(order.port, order.power);
            }
            if self.ways[&order.port] == Way::Swallows {
                self.open.insert(order.port, self.now);
            } else {
                answers.push(self.show(order.port, Some(&order)));
            }
            self.orders.push((self.now, order));
        }
        if !answers.is_empty() {
            let step = self.engine.seen(&answers, self.now);
            self.act(step);
        }
        if !step.read.is_empty() {
            self.readings += 1;
            let seen: Vec<Seen> = step.read.iter().map(|(id, _)| self.show(*id, None)).collect();
            let step = self.engine.seen(&seen, self.now);
            self.act(step);
        }
    }

    /// Plays all that is due until then.
    pub(super) fn until(&mut self, end: Timestamp) {
        let mut at_once = 0;
        loop {
            let due = self.engine.next_due().max(self.now);
            if due > end {
                break;
            }
            at_once = if due == self.now { at_once + 1 } else { 0 };
            assert!(at_once < 500, "it goes in circles at {due}");
            self.now = due;
            let step = self.engine.tick(due);
            self.act(step);
        }
        self.now = end;
    }

    /// Lets so many seconds pass.
    pub(super) fn wait(&mut self, seconds: i64) {
        self.until(self.now.checked_add(Span::from_secs(seconds)).unwrap());
    }

    pub(super) fn report(&mut self, number: u16, level: i64, charging: Option<bool>) -> String {
        self.report_measured(number, level, charging, None)
    }

    pub(super) fn report_measured(
        &mut self,
        number: u16,
        level: i64,
        charging: Option<bool>,
        measured_at: Option<Timestamp>,
    ) -> String {
        let report = BatteryReport { charging, measured_at, ..report(number, level) };
        let step = self.engine.report(&report, self.now).unwrap();
        let reason = step.decision.as_ref().unwrap().reason.clone();
        self.act(step);
        reason
    }

    pub(super) fn mode(&mut self, number: u16, kind: ModeKind) {
        let step = self.engine.set_mode(port(number), mode(kind, None), self.now).unwrap();
        self.act(step);
    }

    pub(super) fn reload(&mut self, station: Station) {
        let step = self.engine.reload(Arc::new(station), rules(), self.now);
        self.act(step);
    }

    /// The host's clock jumps.
    pub(super) fn set_clock(&mut self, now: Timestamp) {
        self.now = now;
        let ports = &self.engine.view().ports;
        self.open.retain(|id, _| ports.get(id).is_some_and(|port| port.is_switching()));
        for given in self.open.values_mut() {
            *given = (*given).min(now);
        }
        let step = self.engine.tick(now);
        self.act(step);
    }

    pub(super) fn restart(&mut self) {
        self.open.clear();
        self.engine = restart(&self.engine, self.now);
        self.until(self.now);
    }

    pub(super) fn port(&self, number: u16) -> &super::super::PortState {
        self.engine.view().ports.get(&port(number)).unwrap()
    }

    pub(super) fn fault(&self, number: u16) -> Option<FaultKind> {
        self.port(number).fault.as_ref().map(|fault| fault.kind)
    }

    /// How often this was told, of this port or (`0`) of the whole station.
    pub(super) fn told(&self, number: u16, code: &str) -> usize {
        let of = PortId::new(number).ok();
        self.events.iter().filter(|event| event.port == of && event.kind.code() == code).count()
    }

    /// The last event of this kind, as it is written.
    pub(super) fn last(&self, code: &str) -> String {
        let found = self.events.iter().rev().find(|event| event.kind.code() == code);
        serde_json::to_string(&found.unwrap().kind).unwrap()
    }

    /// Orders to one port.
    pub(super) fn ordered(&self, number: u16) -> usize {
        self.orders.iter().filter(|(_, order)| order.port == port(number)).count()
    }

    /// Forgets what was told and ordered.
    pub(super) fn forget(&mut self) {
        self.events.clear();
        self.orders.clear();
        self.readings = 0;
    }
}

pub(super) fn hub(location: &str) -> HubLocation {
    HubLocation::new(location).unwrap()
}
