//! The clock of a simulation: batteries first, then reports, then the engine, then the hub.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::DateTime;

use super::{
    scenario::{Scenario, SignalCourse},
    stage::Stage,
    track::{Run, Sample, Switched, Track},
};
use crate::{
    engine::Step,
    model::{
        BatteryReport, Decision, DeviceName, PortId, Power, Record, SignalName, Span, Station, Timestamp,
    },
    rules::RuleSet,
    simulation::{Device, DeviceModel},
};

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
    stage: Stage,
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
            stage: Stage::new(station, rules, scenario.start),
            units: scenario.devices.iter().filter_map(unit).collect(),
            heard: BTreeMap::new(),
        }
    }

    /// Lets time pass for the batteries.
    fn pass(&mut self, from: Timestamp, to: Timestamp) {
        let local = self.station.zone.to_datetime(from);
        let dt = to.duration_since(from);
        for (id, unit) in &mut self.units {
            unit.device.step(self.stage.power(*id) == Power::On, local, dt);
        }
    }

    /// Tells the engine the numbers from elsewhere that were said since it was told last.
    fn hear(&mut self, signals: &BTreeMap<SignalName, SignalCourse>, now: Timestamp) {
        for (name, course) in signals {
            let (said, value) = course.said(self.station.zone.to_datetime(now));
            if self.heard.get(name) != Some(&said) {
                self.heard.insert(name.clone(), said);
                self.stage.signal(name, value, now);
            }
        }
    }

    /// All that happens at one moment: reports, what the engine does about them and by itself, and what the hub shows.
    fn live(&mut self, now: Timestamp) {
        if self.stage.next_due() <= now && self.stage.view().ports.values().any(|port| port.actual.is_none())
        {
            // Nothing is switched before the hub was read once.
            self.tick(now);
        }
        let ids: Vec<PortId> = self.units.keys().copied().collect();
        for id in ids {
            let powered = self.stage.power(id) == Power::On;
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
            self.stage.report(&report, now, &mut |step| note(&mut self.units, step));
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
                power: self.stage.power(*id),
                present: unit.device.is_present(),
            });
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.stage.tick(now, &mut |step| note(&mut self.units, step));
    }
}

/// Writes down what people may ask for.
fn note(units: &mut BTreeMap<PortId, Unit>, step: Step) {
    for event in &step.events {
        if let Some(unit) = event.port.and_then(|id| units.get_mut(&id)) {
            unit.track.switches.extend(Switched::of(event));
        }
    }
    for record in step.records {
        let Record::Decision(decision) = record else { continue };
        if let Some(unit) = units.get_mut(&decision.port)
            && unit.track.decisions.last().is_none_or(|last| differs(last, &decision))
        {
            unit.track.decisions.push(decision);
        }
    }
}

fn differs(last: &Decision, next: &Decision) -> bool {
    last.verdict != next.verdict || last.by != next.by || last.rule != next.rule
}
