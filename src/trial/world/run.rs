//! The clock of a simulation: batteries first, then reports, then the engine, then the hub.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::DateTime;

use super::{
    scenario::{Scenario, SignalCourse},
    track::{Run, Sample, Switched, Track},
};
use crate::{
    engine::{Engine, Remembered, Step},
    model::{
        BatteryReport, Decision, DeviceName, EventKind, PortId, Power, Record, Seen, SignalName, Span,
        Station, Timestamp,
    },
    rules::RuleSet,
    simulation::{Device, DeviceModel},
};

/// What the engine may ask of the hub and be answered within one moment, before that waits for the next one: an order, a
/// reading, and what follows from them. More would be an engine that goes in circles.
const ANSWERS: usize = 16;

/// Ticks at one moment: enough for some thousand ports, at 64 a tick.
const TICKS: usize = 64;

/// Runs the real engine on a clock of its own against batteries that do not exist. Same arguments, same answer.
pub fn run(station: &Arc<Station>, rules: &Arc<RuleSet>, scenario: &Scenario) -> Run {
    let mut world = World::new(station, rules, scenario);
    world.hear(&scenario.signals, scenario.start);
    let (end, stride) = (later(scenario.start, scenario.lasting()), scenario.stride());
    world.live(scenario.start);
    world.sample(scenario.start);
    let (mut now, mut step, keeps_each) = (scenario.start, 0_u64, scenario.keeps_each());
    while now < end {
        let next = later(now, stride).min(end);
        world.pass(now, next);
        world.hear(&scenario.signals, next);
        world.live(next);
        step += 1;
        if step.is_multiple_of(keeps_each) || next == end {
            world.sample(next);
        }
        now = next;
    }
    Run { ports: world.units.into_iter().map(|(id, unit)| (id, unit.track)).collect() }
}

fn later(at: Timestamp, by: Span) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A device and what has become of it.
struct Unit {
    device: Device,
    track: Track,
}

struct World {
    station: Arc<Station>,
    engine: Engine,
    /// What the hub shows.
    power: BTreeMap<PortId, Power>,
    units: BTreeMap<PortId, Unit>,
    /// When each number from elsewhere was said last, by the local clock.
    heard: BTreeMap<SignalName, DateTime>,
}

impl World {
    fn new(station: &Arc<Station>, rules: &Arc<RuleSet>, scenario: &Scenario) -> Self {
        let local = station.zone.to_datetime(scenario.start);
        let kept = usize::try_from(scenario.steps() / scenario.keeps_each() + 2).unwrap_or(0);
        let unit = |(id, model): (&PortId, &DeviceModel)| {
            let plan = station.ports.get(id)?;
            let name = plan.device.clone().unwrap_or_else(|| DeviceName::anonymous(*id));
            // Ports of one station live by different numbers.
            let seed = scenario.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(id.get()));
            let device = Device::new(model.clone(), seed, local);
            let samples = Vec::with_capacity(kept);
            let track = Track { device: name, samples, switches: Vec::new(), decisions: Vec::new() };
            Some((*id, Unit { device, track }))
        };
        Self {
            station: Arc::clone(station),
            engine: Engine::new(
                Arc::clone(station),
                Arc::clone(rules),
                Remembered::default(),
                scenario.start,
            ),
            power: station.ports.keys().map(|id| (*id, Power::On)).collect(),
            units: scenario.devices.iter().filter_map(unit).collect(),
            heard: BTreeMap::new(),
        }
    }

    /// Lets time pass for the batteries.
    fn pass(&mut self, from: Timestamp, to: Timestamp) {
        let local = self.station.zone.to_datetime(from);
        let dt = to.duration_since(from);
        for (id, unit) in &mut self.units {
            unit.device.step(self.power.get(id) == Some(&Power::On), local, dt);
        }
    }

    /// Tells the engine the numbers from elsewhere that were said since it was told last.
    fn hear(&mut self, signals: &BTreeMap<SignalName, SignalCourse>, now: Timestamp) {
        for (name, course) in signals {
            let (said, value) = course.said(self.station.zone.to_datetime(now));
            if self.heard.get(name) != Some(&said) {
                self.heard.insert(name.clone(), said);
                self.engine.signal(name, value, false, now);
            }
        }
    }

    /// All that happens at one moment: reports, what the engine does about them and by itself, and what the hub shows.
    fn live(&mut self, now: Timestamp) {
        if self.engine.next_due() <= now
            && self.engine.view().ports.values().any(|port| port.actual.is_none())
        {
            // Nothing is switched before the hub was read once.
            self.tick(now);
        }
        let ids: Vec<PortId> = self.units.keys().copied().collect();
        for id in ids {
            let powered = self.power.get(&id) == Some(&Power::On);
            let reading = self.units.get_mut(&id).and_then(|unit| unit.device.report(powered));
            let Some(reading) = reading else { continue };
            let report = BatteryReport {
                device: None,
                port: id,
                level: reading.level,
                charging: Some(reading.charging),
                temperature: Some(reading.temperature),
                measured_at: None,
            };
            // A report about a port that there is, measured now, is always taken.
            if let Ok(step) = self.engine.report(&report, now) {
                self.act(step, now);
            }
        }
        self.tick(now);
    }

    /// Writes down how the devices are.
    fn sample(&mut self, now: Timestamp) {
        for (id, unit) in &mut self.units {
            let battery = unit.device.battery();
            unit.track.samples.push(Sample {
                at: now,
                level: battery.level(),
                temperature: battery.temperature(),
                power: self.power.get(id).copied().unwrap_or(Power::On),
                present: unit.device.is_present(),
            });
        }
    }

    fn tick(&mut self, now: Timestamp) {
        for _ in 0..TICKS {
            if self.engine.next_due() > now {
                break;
            }
            let step = self.engine.tick(now);
            self.act(step, now);
        }
    }

    /// Does what a step says, as a hub would that never fails.
    fn act(&mut self, step: Step, now: Timestamp) {
        let mut next = Some(step);
        for _ in 0..ANSWERS {
            let Some(step) = next.take() else { break };
            let seen = self.answers(&step);
            self.note(step);
            if seen.is_empty() {
                break;
            }
            next = Some(self.engine.seen(&seen, now));
        }
    }

    fn answers(&mut self, step: &Step) -> Vec<Seen> {
        let mut seen = Vec::with_capacity(step.orders.len() + step.read.len());
        for order in &step.orders {
            self.power.insert(order.port, order.power);
            seen.push(Seen::new(order.port, Some(order.id), Some(order.power), None));
        }
        let shown = |id: &PortId| Seen::new(*id, None, self.power.get(id).copied(), None);
        seen.extend(step.read.iter().map(|(id, _)| shown(id)));
        seen
    }

    /// Writes down what people may ask for.
    fn note(&mut self, step: Step) {
        for event in step.events {
            let EventKind::Switched { power, reason } = event.kind else { continue };
            if let Some(unit) = event.port.and_then(|id| self.units.get_mut(&id)) {
                unit.track.switches.push(Switched { at: event.at, power, reason });
            }
        }
        for record in step.records {
            let Record::Decision(decision) = record else { continue };
            if let Some(unit) = self.units.get_mut(&decision.port)
                && unit.track.decisions.last().is_none_or(|last| differs(last, &decision))
            {
                unit.track.decisions.push(decision);
            }
        }
    }
}

fn differs(last: &Decision, next: &Decision) -> bool {
    last.verdict != next.verdict || last.by != next.by || last.rule != next.rule
}
