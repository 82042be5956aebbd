//! The engine by its methods: literal times, small stations, real rules.

mod adjusting;
mod allotting;
mod anything;
mod bounding;
mod changing;
mod charging;
mod cycling;
mod deciding;
mod doubting;
mod following;
mod giving_up;
mod halves;
mod hubs;
mod layers;
mod modes;
mod naming;
mod planning;
mod power;
mod property;
mod proving;
mod readying;
mod restarting;
mod safety;
mod searching;
mod shadowing;
mod signals;
mod silence;
mod switching;
mod things;
mod unknown;
mod unplaced;
mod wandering;
mod world;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{Ending, Engine, Remembered, Step};
use crate::model::{
    Author, BatteryReport, DeviceName, HubLocation, Level, Mode, ModeKind, OnExit, Order, Policy, PortId,
    PortPlan, Power, RuleName, RuleUse, Seen, Socket, Span, Station, StationName, SwitchKind, SwitchProblem,
    Timestamp, Version,
};
use crate::rules::{RuleSet, RuleSource};

const KEEP_BETWEEN: &str = r#"//! Keep the battery between two levels.
let low  = param("low", 20);
let high = param("high", 80);
if battery.level <= low  { charge(`${battery.level}% is at or under ${low}%`); }
if battery.level >= high { rest(`${battery.level}% is at or over ${high}%`); }
"#;

/// A guard that fails for devices named `broken`, and rests hot ones.
const GUARD: &str = r#"//! Fails on purpose.
if device.name.len() == 6 && device.name.ends_with("oken") { let x = battery.temp; }
if battery.has_temp && battery.temp >= 42.0 { rest("hot"); }
"#;

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
}

pub(super) fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(super) fn port(number: u16) -> PortId {
    PortId::new(number).unwrap()
}

pub(super) fn device(name: &str) -> DeviceName {
    DeviceName::new(name).unwrap()
}

pub(super) fn rules() -> Arc<RuleSet> {
    static RULES: OnceLock<Arc<RuleSet>> = OnceLock::new();
    let source = |name: &str, text: &str| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    };
    let sources = [source("keep-between", KEEP_BETWEEN), source("guard", GUARD)];
    let compile = || Arc::new(RuleSet::compile(&sources).unwrap_or_else(|problems| panic!("{problems:?}")));
    Arc::clone(RULES.get_or_init(compile))
}

pub(super) fn usage(rule: &str) -> RuleUse {
    RuleUse { rule: RuleName::new(rule).unwrap(), with: BTreeMap::new() }
}

/// Ports 1 and 2 with devices `phone` and `tablet`, port 3 without a device; hold 3 min, silent after 45 min.
pub(super) fn station() -> Station {
    let policy = Arc::new(Policy { guards: Vec::new(), rules: vec![usage("keep-between")] });
    let plan = |number: u16, name: Option<&str>| PortPlan {
        id: port(number),
        socket: Socket::new(HubLocation::new("5-2").unwrap(), u8::try_from(number).unwrap()).unwrap(),
        device: name.map(device),
        serial: None,
        care: Arc::new(crate::model::Care { policy: Arc::clone(&policy), ..crate::model::Care::default() }),
    };
    let plans = [plan(1, Some("phone")), plan(2, Some("tablet")), plan(3, None)];
    Station {
        title: "Desk".to_owned(),
        topic: "smartcharger".to_owned(),
        ports: plans.into_iter().map(|plan| (plan.id, Arc::new(plan))).collect(),
        version: Version::new("0123456789ab"),
        ..Station::new(StationName::new("desk").unwrap(), SwitchKind::Simulated)
    }
}

pub(super) fn engine() -> Engine {
    Engine::new(Arc::new(station()), rules(), Remembered::default(), at(0))
}

/// An engine whose hub was read: all ports on.
pub(super) fn engine_that_saw_all_on() -> Engine {
    let mut engine = engine();
    engine.tick(at(0));
    engine.seen(&[reading(1, Power::On), reading(2, Power::On), reading(3, Power::On)], at(0));
    engine
}

pub(super) fn reading(number: u16, power: Power) -> Seen {
    Seen::new(port(number), None, Some(power), None)
}

pub(super) fn done(order: &Order) -> Seen {
    Seen::new(order.port, Some(order.id), Some(order.power), None)
}

pub(super) fn failed(order: &Order, power: Option<Power>) -> Seen {
    let problem = Some(SwitchProblem::Timeout(15));
    Seen::new(order.port, Some(order.id), power, problem)
}

pub(super) fn report(number: u16, level: i64) -> BatteryReport {
    BatteryReport {
        device: None,
        port: port(number),
        level: Level::new(level).unwrap(),
        charging: None,
        temperature: None,
        measured_at: None,
    }
}

pub(super) fn mode(kind: ModeKind, until: Option<Timestamp>) -> Mode {
    Mode { kind, until, by: Author::Rest(None), ..Mode::default() }
}

pub(super) fn codes(step: &Step) -> Vec<&'static str> {
    step.events.iter().map(|event| event.kind.code()).collect()
}

/// Plays every due tick from `from` to `to`; gives all orders, answered as done at once.
pub(super) fn run(engine: &mut Engine, from: Timestamp, to: Timestamp) -> Vec<Order> {
    let mut orders = Vec::new();
    let mut now = from;
    while now <= to {
        let step = engine.tick(now);
        let seen: Vec<Seen> = step.orders.iter().map(done).collect();
        orders.extend(step.orders);
        if !step.read.is_empty() {
            let powers = engine.view().ports.clone();
            let readings: Vec<Seen> = step
                .read
                .iter()
                .filter_map(|(id, _)| Some(Seen::new(*id, None, powers.get(id)?.actual, None)))
                .collect();
            engine.seen(&readings, now);
        }
        let more = engine.seen(&seen, now);
        orders.extend(more.orders);
        now = engine.next_due().max(now.checked_add(Span::from_millis(1)).unwrap());
    }
    orders
}

pub(super) fn restart(engine: &Engine, now: Timestamp) -> Engine {
    let ports = engine.view().ports.iter().map(|(id, port)| (*id, port.memory.clone())).collect();
    let last_decision =
        engine.view().ports.values().filter_map(|port| Some(port.decision.as_ref()?.id)).max();
    let memory = engine.view().memory.clone();
    let remembered = Remembered { ports, station: memory, last_decision: last_decision.unwrap_or_default() };
    Engine::new(Arc::clone(&engine.view().station), rules(), remembered, now)
}
