//! The engine and the ways into it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use imbl::OrdMap;

use super::budget::supply::Supply;
use super::devices::full::{is_full, step_of};
use super::devices::known::Places;
use super::hub::release::Release;
use super::layers::adjusting::Fits;
use super::layers::doubt::Weighed;
use super::planning::Planning;
use super::state::{PortState, View};
use crate::model::{
    Battery, BatteryReport, Counts, Decision, DecisionId, DeviceName, Event, EventKind, HubLocation, Order,
    OrderId, PortId, PortMemory, Record, ReportRejected, Seen, Socket, Span, Station, StationMemory,
    Timestamp,
};
use crate::rules::RuleSet;

/// A device's clock may be ahead by this much; what it measured then counts as measured now.
const CLOCK_TOLERANCE: Span = Span::from_mins(5);
/// A port is looked at again after this long even if nothing happened: rules look at the clock.
pub(super) const LOOK_AGAIN: Span = Span::from_secs(60);
/// So many ports at most are looked at in one tick, so that reports never wait long behind a tick:
/// 64 policies of three rules cost about a millisecond.
const PORTS_PER_TICK: usize = 64;

/// What is to be done after one input. The controller does it; the engine never does.
#[derive(Debug, Default)]
pub struct Step {
    /// The decision made for the port that the input was about.
    pub decision: Option<Arc<Decision>>,
    /// Ports to switch.
    pub orders: Vec<Order>,
    /// Ports to read; empty: none.
    pub read: Vec<(PortId, Socket)>,
    /// What the outside may learn.
    pub events: Vec<Event>,
    /// What history writes down.
    pub records: Vec<Record>,
}

/// What goes on after a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remembered {
    /// The ports.
    pub ports: BTreeMap<PortId, PortMemory>,
    /// What is of no port.
    pub station: StationMemory,
    /// The number of the last decision; 0 when there was none.
    pub last_decision: DecisionId,
}

/// One station's state. The only owner of it; see the module for what it must never do.
#[derive(Debug)]
pub struct Engine {
    pub(super) view: View,
    pub(super) due: BTreeSet<(Timestamp, PortId)>,
    pub(super) read_due: Timestamp,
    pub(super) read_sent: Option<Timestamp>,
    /// When the last look after a switch is due.
    pub(super) second_look: Timestamp,
    /// Where the hub really is, as told last.
    pub(super) hub_at: Option<HubLocation>,
    /// Readings on their way that were asked for before sockets changed.
    pub(super) stale_readings: u32,
    pub(super) releasing: BTreeMap<Socket, Release>,
    /// What is remembered of ports that the files do not have now, with the device that was in each.
    pub(super) gone: BTreeMap<PortId, (Option<DeviceName>, PortMemory)>,
    /// Who is known, and who is where.
    pub(super) places: Places,
    /// How uses of rules with values that people set were found.
    pub(super) fits: Fits,
    /// The same of the rules in shadow.
    pub(super) shadow_fits: Fits,
    /// The files have changed, and the rules in shadow were not made anew yet.
    pub(super) shadow_is_old: bool,
    /// The power budget.
    pub(super) supply: Supply,
    /// When devices are to be ready.
    pub(super) planning: Planning,
    pub(super) last_now: Timestamp,
    next_decision: DecisionId,
    next_order: OrderId,
}

impl Engine {
    /// Begins with what was remembered. Nothing is switched before the hub was read once.
    ///
    /// Decisions are numbered from the microseconds of `now`, or after the last one where that is more: the last
    /// second before a crash may be forgotten, and its numbers are not given again.
    pub fn new(
        station: Arc<Station>,
        rules: Arc<RuleSet>,
        mut remembered: Remembered,
        now: Timestamp,
    ) -> Self {
        let ports: OrdMap<PortId, Arc<PortState>> = station
            .ports
            .iter()
            .map(|(id, plan)| {
                let memory = remembered.ports.remove(id).unwrap_or_default();
                (*id, Arc::new(PortState::new(Arc::clone(plan), memory, now)))
            })
            .collect();
        let due = ports.keys().map(|id| (now, *id)).collect();
        let view = View {
            station,
            memory: remembered.station,
            rules,
            shadow: None,
            ports,
            devices: OrdMap::new(),
            ports_on: 0,
            hubs_missing: OrdMap::new(),
            unplaced: OrdMap::new(),
            plan: OrdMap::new(),
            counts: Counts::default(),
            signals: Arc::default(),
            started_at: now,
        };
        let mut engine = Self {
            view,
            due,
            read_due: now,
            read_sent: None,
            second_look: now,
            hub_at: None,
            stale_readings: 0,
            releasing: BTreeMap::new(),
            gone: BTreeMap::new(),
            places: Places::default(),
            fits: Fits::default(),
            shadow_fits: Fits::default(),
            shadow_is_old: false,
            supply: Supply::default(),
            planning: Planning::default(),
            last_now: now,
            next_decision: now.as_microsecond().max(remembered.last_decision),
            next_order: 1,
        };
        engine.forget_the_future(now);
        engine.begin_with(remembered.ports);
        engine.begin_supply();
        engine
    }

    /// The picture of now.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// When [`Engine::tick`] has something to do next.
    pub fn next_due(&self) -> Timestamp {
        let port = self.due.first().map(|(at, _)| *at);
        [port, self.release_due(), self.station_mode_due(), self.supply_due()]
            .into_iter()
            .flatten()
            .fold(self.read_due, Timestamp::min)
    }

    /// Takes a report and decides. Refused reports change nothing.
    pub fn report(&mut self, report: &BatteryReport, now: Timestamp) -> Result<Step, ReportRejected> {
        self.follow_clock(now);
        let id = self.place_of(report)?;
        let port = self.view.ports.get(&id).ok_or_else(|| ReportRejected::UnknownPort {
            station: self.view.station.name.to_string(),
            port: id,
        })?;
        let measured_at = self.accept_time(report.measured_at, port.memory.battery.as_ref(), now)?;
        let battery = Battery {
            level: report.level,
            charging: report.charging,
            temperature: report.temperature,
            measured_at,
        };
        let mut step = Step::default();
        let doubled = report.measured_at.is_some() && port.memory.battery.as_ref() == Some(&battery);
        let was_silent = self.change(id, |port| port.hear(measured_at, now));
        let weighed = self.change(id, |port| {
            let weighed = port.weigh(&battery, now);
            if weighed != Weighed::SetAside {
                port.take(&battery);
            }
            weighed
        });
        self.tell(&mut step, id, now, EventKind::Reported { level: battery.level.percent() });
        if was_silent == Some(true) {
            self.tell(&mut step, id, now, EventKind::Heard);
        }
        let weighed = weighed.unwrap_or(Weighed::Plain);
        self.tell_weighed(id, weighed, battery.level, now, &mut step);
        // Sent twice, as MQTT does where an answer got lost, it is one report.
        if !doubled {
            step.records.push(Record::Report {
                station: self.view.station.name.clone(),
                port: id,
                device: self.device_name(id).to_string(),
                received_at: now,
                battery,
                power: self.view.ports.get(&id).and_then(|port| port.actual),
            });
        }
        if weighed.proves(report.charging) {
            self.prove(id, now, &mut step);
        }
        if weighed.teaches() {
            self.learn_rates(id);
        }
        self.plan_port(id, now, &mut step);
        self.judge(id, now, true, &mut step);
        Ok(step)
    }

    /// The port that a report is about: its device may have been plugged in elsewhere while the report waited.
    fn place_of(&self, report: &BatteryReport) -> Result<PortId, ReportRejected> {
        let Some(device) = &report.device else { return Ok(report.port) };
        let place = self.view.devices.get(device).copied();
        place.ok_or_else(|| ReportRejected::UnknownDevice(device.clone()))
    }

    /// When it was measured, unless that says nothing of now; `known`: the last report of the same device.
    pub(super) fn accept_time(
        &self,
        measured_at: Option<Timestamp>,
        known: Option<&Battery>,
        now: Timestamp,
    ) -> Result<Timestamp, ReportRejected> {
        let Some(measured_at) = measured_at else { return Ok(now) };
        let limit = self.view.station.silent_after;
        if measured_at.duration_since(now) > CLOCK_TOLERANCE {
            return Err(ReportRejected::Future { measured_at, now });
        }
        if now.duration_since(measured_at) > limit {
            return Err(ReportRejected::TooOld { measured_at, limit });
        }
        // A last report "after now" means that this host's clock was set back: then it cannot be compared.
        let known = known.map(|battery| battery.measured_at).filter(|known| *known <= now);
        match known {
            Some(known) if measured_at < known => Err(ReportRejected::Superseded { measured_at, known }),
            _ => Ok(measured_at.min(now)),
        }
    }

    /// What was seen on the hub.
    pub fn seen(&mut self, seen: &[Seen], now: Timestamp) -> Step {
        let mut step = Step::default();
        self.follow_clock(now);
        if seen.iter().any(|one| one.order.is_none()) {
            if self.stale_readings > 0 {
                self.stale_readings -= 1;
                return step;
            }
            self.read_sent = None;
        }
        self.follow_hubs(seen, now, &mut step);
        self.look_at_things(seen, now, &mut step);
        for one in seen {
            if !self.take_release(one, now, &mut step) {
                self.take_reading(one, now, &mut step);
            }
        }
        self.allot(now);
        self.serve(now, &mut step);
        step
    }

    /// Time has passed: modes that ended, devices that fell silent, retries, the next reading.
    /// Looks at so many ports at most; what is left is due at once again.
    pub fn tick(&mut self, now: Timestamp) -> Step {
        let mut step = Step::default();
        self.follow_clock(now);
        self.pursue_releases(now, &mut step);
        self.end_station_mode(now, &mut step);
        self.plan_in_time(now, &mut step);
        self.allot(now);
        for _ in 0..PORTS_PER_TICK {
            match self.due.first() {
                Some(&(at, id)) if at <= now => self.judge(id, now, false, &mut step),
                _ => break,
            }
        }
        self.allot(now);
        self.serve(now, &mut step);
        if self.read_due <= now {
            self.forget_unplaced(now);
            self.read_all(now, &mut step);
        }
        step
    }

    /// Tells what is about the whole station.
    pub(super) fn tell_all(&self, step: &mut Step, at: Timestamp, kind: EventKind) {
        step.events.push(Event { at, station: Some(self.view.station.name.clone()), port: None, kind });
    }

    pub(super) fn tell(&self, step: &mut Step, port: PortId, at: Timestamp, kind: EventKind) {
        step.events.push(Event { at, station: Some(self.view.station.name.clone()), port: Some(port), kind });
    }

    pub(super) fn remember(&self, id: PortId, step: &mut Step) {
        if let Some(port) = self.view.ports.get(&id) {
            let memory = Box::new(port.memory.clone());
            step.records.push(Record::Memory { station: self.view.station.name.clone(), port: id, memory });
        }
    }

    pub(super) fn schedule(&mut self, id: PortId, at: Timestamp) {
        if let Some(old) = self.change(id, |port| std::mem::replace(&mut port.due, at)) {
            self.due.remove(&(old, id));
            self.due.insert((at, id));
        }
    }

    pub(super) fn next_decision_id(&mut self) -> DecisionId {
        self.next_decision += 1;
        self.next_decision
    }

    pub(super) fn next_order_id(&mut self) -> OrderId {
        self.next_order += 1;
        self.next_order
    }
}

impl PortState {
    /// The last report is this one.
    fn take(&mut self, battery: &Battery) {
        let memory = &mut self.memory;
        memory.level.push(step_of(battery.level.percent()), battery.measured_at);
        match battery.temperature {
            Some(celsius) => {
                memory.temperature.push((celsius.degrees() * 2.0).floor() / 2.0, battery.measured_at);
            }
            None => memory.temperature.clear(),
        }
        if is_full(battery, memory) {
            memory.full_at = Some(battery.measured_at);
        }
        memory.battery = Some(battery.clone());
    }
}

/// Adds without overflow.
pub(super) fn later(at: Timestamp, by: Span) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
