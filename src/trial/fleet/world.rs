//! The clock of a fleet: faults first, then batteries, then what devices say, then whoever charges them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    faults::Faults,
    file::{Fleet, Member},
    meter::Meter,
    service::Service,
};
use crate::{
    model::{
        BatteryReport, Care, Celsius, Level, Policy, PortId, PortPlan, Power, RuleName, RuleUse, Span,
        Station, Timestamp, Value,
    },
    rules::RuleSet,
    simulation::{Device, Reading},
    trial::care::Point,
};

/// What the engine may do in its own time between two moments: each port of a large station is switched once, and looked at
/// once.
const TURNS: usize = 512;

/// Where clients of old asked for power, and where they had enough, percent.
const ASKS_AT: u8 = 20;
const ENOUGH_AT: u8 = 80;

/// Who charges the devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charger {
    /// The service, with the station and the rules as they are.
    Service,
    /// Nobody: all ports are always on.
    AlwaysOn,
    /// The service with nothing but the rule `keep-between`, 20 to 80 %: no deadlines, no budget, nobody asks.
    Between,
    /// Each device for itself: at 20 % its app asks for power, at 80 % it asks for none. Nothing else.
    Client,
}

impl Charger {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Service, Self::AlwaysOn, Self::Between, Self::Client];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "this service",
            Self::AlwaysOn => "always on",
            Self::Between => "20–80 only",
            Self::Client => "client threshold",
        }
    }
}

/// How a device was at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Its battery, as it really was.
    pub point: Point,
    /// The power of its port.
    pub power: Power,
    /// True when it was in its port.
    pub present: bool,
    /// True when power at its port would have charged it: it is there, its cable works, and the mains do.
    pub chargeable: bool,
}

/// The course of one device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// How it was, in the order of time.
    pub moments: Vec<Moment>,
    /// When its port was switched; the mains do not count.
    pub switches: Vec<Timestamp>,
    /// Its cable is dead at some time.
    pub dead_cable: bool,
}

/// The life of a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// The course of each device, by port.
    pub courses: BTreeMap<PortId, Course>,
    /// For how long more had power than the station's limits allow.
    pub over_budget: Span,
    /// How often that began.
    pub times_over: u32,
}

/// Lives through a fleet. Same arguments, same answer. A fleet whose days lie out of reach has no life.
pub fn live(station: &Arc<Station>, rules: &Arc<RuleSet>, fleet: &Fleet, charger: Charger) -> Life {
    let start = station.zone.to_ambiguous_timestamp(fleet.start).compatible();
    let length = Span::from_hours(24 * i64::from(fleet.days));
    let end = start.as_ref().ok().and_then(|start| start.checked_add(length).ok());
    let (Ok(start), Some(end)) = (start, end) else {
        return Life { courses: BTreeMap::new(), over_budget: Span::ZERO, times_over: 0 };
    };
    let mut world = World::new(station, rules, fleet, charger, start);
    let mut now = start;
    world.meet(now);
    while now < end {
        let next = now.checked_add(fleet.step).unwrap_or(end).min(end);
        world.pass_busily(now, next);
        world.meet(next);
        now = next;
    }
    let (over_budget, times_over) = world.meter.over(end);
    let courses = world.units.into_iter().map(|(id, unit)| (id, unit.course)).collect();
    Life { courses, over_budget, times_over }
}

struct Unit {
    device: Device,
    wear: f64,
    course: Course,
    /// What comes late, and when.
    late: Vec<(Timestamp, BatteryReport)>,
}

enum Hand {
    Service(Box<Service>),
    Client,
    Nobody,
}

struct World<'f> {
    station: &'f Arc<Station>,
    fleet: &'f Fleet,
    faults: Faults,
    start: Timestamp,
    hand: Hand,
    /// People ask for devices.
    asks: bool,
    /// Who was asked for and not charged yet, for the service does not run.
    waiting: Vec<(PortId, Timestamp)>,
    meter: Meter,
    cut: bool,
    last: Timestamp,
    units: BTreeMap<PortId, Unit>,
}

impl<'f> World<'f> {
    fn new(
        station: &'f Arc<Station>,
        rules: &Arc<RuleSet>,
        fleet: &'f Fleet,
        charger: Charger,
        start: Timestamp,
    ) -> Self {
        let local = station.zone.to_datetime(start);
        let faults = Faults::new(&fleet.faults, &station.zone);
        let unit = |(id, member): (&PortId, &Member)| {
            station.ports.get(id)?;
            // Ports of one station live by different numbers, whoever charges them.
            let seed = fleet.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(id.get()));
            let device = Device::new(member.model.clone(), seed, local);
            let course = Course { dead_cable: faults.has_dead_cable(*id), ..Course::default() };
            Some((*id, Unit { device, wear: member.wear, course, late: Vec::new() }))
        };
        let units = fleet.devices.iter().filter_map(unit).collect();
        let hand = match charger {
            Charger::Service => Hand::Service(Box::new(Service::new(station, rules))),
            Charger::Between => Hand::Service(Box::new(Service::new(&thermostat(station), rules))),
            Charger::Client => Hand::Client,
            Charger::AlwaysOn => Hand::Nobody,
        };
        Self {
            station,
            fleet,
            faults,
            start,
            hand,
            asks: charger == Charger::Service,
            waiting: Vec::new(),
            meter: Meter::new(station, Power::On, start),
            cut: false,
            last: start,
            units,
        }
    }

    /// Lets time pass up to a moment, with what the engine does in its own time meanwhile.
    fn pass_busily(&mut self, from: Timestamp, to: Timestamp) {
        let mut now = from;
        for _ in 0..TURNS {
            let Hand::Service(service) = &mut self.hand else { break };
            let Some(due) = service.soon(now).filter(|due| *due < to) else { break };
            self.pass(now, due);
            now = due;
            if let Hand::Service(service) = &mut self.hand {
                service.tick(now);
            }
            self.settle(now);
        }
        self.pass(now, to);
    }

    /// Lets time pass for the batteries.
    fn pass(&mut self, from: Timestamp, to: Timestamp) {
        let local = self.station.zone.to_datetime(from);
        let lived = from.duration_since(self.start).as_secs_f64() / (f64::from(self.fleet.days) * 86_400.0);
        for (id, unit) in &mut self.units {
            let powered = self.meter.power(*id) == Power::On && !self.faults.is_dead(*id, from);
            unit.device.wear_to(1.0 - unit.wear / 100.0 * lived);
            unit.device.step(powered, local, to.duration_since(from));
        }
    }

    /// All that happens at one moment.
    fn meet(&mut self, now: Timestamp) {
        self.mains(now);
        if self.asks {
            self.demands(now);
        }
        let ids: Vec<PortId> = self.units.keys().copied().collect();
        for id in ids {
            self.hear(id, now);
        }
        if let Hand::Service(service) = &mut self.hand {
            service.tick(now);
        }
        self.settle(now);
        self.look(now);
        self.last = now;
    }

    /// The mains, and whether the service runs.
    fn mains(&mut self, now: Timestamp) {
        let cut = self.faults.is_cut(now);
        if cut != self.cut {
            self.cut = cut;
            let power = if cut { Power::Off } else { Power::On };
            for id in self.station.ports.keys() {
                self.meter.change(*id, power, now);
            }
        }
        if let Hand::Service(service) = &mut self.hand {
            if self.faults.is_down(now) {
                service.kill();
            } else {
                service.run(self.meter.powers(), now);
            }
        }
        self.settle(now);
    }

    /// What people ask for; of a service that does not run they ask again.
    fn demands(&mut self, now: Timestamp) {
        let date = self.station.zone.to_datetime(now).date();
        for demand in self.fleet.demands.iter().filter(|demand| demand.days.contains(date.weekday())) {
            let moment = |time| self.station.zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible();
            let (Ok(asked), Ok(due)) = (moment(demand.asked), moment(demand.due)) else { continue };
            if self.last < asked && asked <= now {
                self.waiting.push((demand.port, due));
            }
        }
        let Hand::Service(service) = &mut self.hand else { return };
        if self.asks && service.runs() {
            for (port, due) in self.waiting.drain(..) {
                service.ask(port, due, now);
            }
        }
        self.settle(now);
    }

    /// What a device says, now or late.
    fn hear(&mut self, id: PortId, now: Timestamp) {
        let dead = self.faults.is_dead(id, now);
        let powered = self.meter.power(id) == Power::On && !dead;
        let Some(unit) = self.units.get_mut(&id) else { return };
        let mut said = Vec::new();
        let reading = unit.device.report(powered).filter(|_| !self.faults.is_silent(id, now));
        if let Some(report) = reading.and_then(|reading| report(id, &reading, self.faults.heat(now), now)) {
            match self.faults.late(id, now) {
                None => said.push(report),
                Some(by) => {
                    let then = now.checked_add(by).unwrap_or(Timestamp::MAX);
                    unit.late.extend([(then, report.clone()), (then, report)]);
                }
            }
        }
        let (due, later) = std::mem::take(&mut unit.late).into_iter().partition(|(at, _)| *at <= now);
        unit.late = later;
        let due: Vec<(Timestamp, BatteryReport)> = due;
        // What is late was said before what is not.
        for report in due.into_iter().map(|(_, report)| report).chain(said) {
            self.tell(&report, now);
        }
    }

    fn tell(&mut self, report: &BatteryReport, now: Timestamp) {
        match &mut self.hand {
            Hand::Nobody => {}
            Hand::Service(service) => service.report(report, now),
            Hand::Client => {
                let wish = match report.level.percent() {
                    level if level <= ASKS_AT => Power::On,
                    level if level >= ENOUGH_AT => Power::Off,
                    _ => return,
                };
                // Without the mains nobody is asked.
                if !self.faults.is_down(now) {
                    self.switch(report.port, wish, now);
                }
            }
        }
        self.settle(now);
    }

    /// Does what the service has switched.
    fn settle(&mut self, now: Timestamp) {
        let Hand::Service(service) = &mut self.hand else { return };
        for (port, power) in service.switched() {
            self.switch(port, power, now);
        }
    }

    fn switch(&mut self, port: PortId, power: Power, now: Timestamp) {
        if self.meter.power(port) == power {
            return;
        }
        self.meter.change(port, power, now);
        if let Some(unit) = self.units.get_mut(&port) {
            unit.course.switches.push(now);
        }
    }

    /// Writes down how the devices are.
    fn look(&mut self, now: Timestamp) {
        let heat = self.faults.heat(now);
        for (id, unit) in &mut self.units {
            let battery = unit.device.battery();
            let temperature = battery.temperature() + if unit.device.is_present() { heat } else { 0.0 };
            let present = unit.device.is_present();
            unit.course.moments.push(Moment {
                point: Point { at: now, level: battery.level(), temperature: Some(temperature) },
                power: self.meter.power(*id),
                present,
                chargeable: present && !self.cut && !self.faults.is_dead(*id, now),
            });
        }
    }
}

fn report(port: PortId, reading: &Reading, heat: f64, now: Timestamp) -> Option<BatteryReport> {
    let degrees = ((reading.temperature.degrees() + heat) * 10.0).round() / 10.0;
    Some(BatteryReport {
        device: None,
        port,
        level: Level::new(i64::from(reading.level.percent())).ok()?,
        charging: Some(reading.charging),
        temperature: Some(Celsius::new(degrees).ok()?),
        measured_at: Some(now),
    })
}

/// The same station with nothing but a thermostat.
fn thermostat(station: &Station) -> Arc<Station> {
    let rule = RuleName::new("keep-between").ok();
    let with = [("low", ASKS_AT), ("high", ENOUGH_AT)];
    let with = with.map(|(name, level)| (name.to_owned(), Value::Int(i64::from(level)))).into();
    let rules = rule.map(|rule| RuleUse { rule, with }).into_iter().collect();
    let policy = Arc::new(Policy { guards: Vec::new(), rules });
    let plain = |plan: &Arc<PortPlan>| {
        let care = Care { policy: Arc::clone(&policy), deadlines: Arc::default(), ..(*plan.care).clone() };
        Arc::new(PortPlan { care: Arc::new(care), ..(**plan).clone() })
    };
    let ports = station.ports.iter().map(|(id, plan)| (*id, plain(plan))).collect();
    Arc::new(Station { ports, budget: Arc::default(), ..station.clone() })
}
