//! Devices that are plugged, swapped and named at random: nobody is in two places, nobody is lost, nobody shouts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::things::{again, home, plugged, told};
use super::*;
use crate::model::ProbeFor;

#[derive(Clone, Debug)]
enum Input {
    Plug(usize, usize),
    Swap(usize, usize),
    Read(Vec<bool>),
    Name(u16, Option<usize>),
    Report(u16, i64),
    Unplaced(usize),
    Intend(u16, i64),
    Probe(u16, Option<i64>),
    Mode(u16, bool),
    Reload(usize),
    Restart(usize),
    Wait(i64),
}

const SHOWN: [&str; 9] = ["X1", "X2", "X3", "Z1", "Z2", "-", "!", "?", "X1"];
const NAMES: [&str; 6] = ["phone", "tablet", "watch", "lamp", "guest", "other"];

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => (0usize..5, 0usize..SHOWN.len()).prop_map(|(p, what)| Input::Plug(p, what)),
        3 => (0usize..5, 0usize..5).prop_map(|(a, b)| Input::Swap(a, b)),
        5 => proptest::collection::vec(any::<bool>(), 5).prop_map(Input::Read),
        2 => (1u16..7, proptest::option::of(0usize..NAMES.len())).prop_map(|(p, n)| Input::Name(p, n)),
        2 => (1u16..6, 0i64..=100).prop_map(|(p, level)| Input::Report(p, level)),
        1 => (0usize..NAMES.len()).prop_map(Input::Unplaced),
        1 => (1u16..7, -5i64..1000).prop_map(|(p, length)| Input::Intend(p, length)),
        1 => (1u16..7, proptest::option::of(-5i64..1000)).prop_map(|(p, length)| Input::Probe(p, length)),
        1 => (1u16..6, any::<bool>()).prop_map(|(p, off)| Input::Mode(p, off)),
        1 => (0usize..4).prop_map(Input::Reload),
        1 => (0usize..4).prop_map(Input::Restart),
        2 => (-500i64..5_000).prop_map(Input::Wait),
    ]
}

/// The files as they may become: as they were, a port less, serial numbers exchanged, none at all.
fn files(choice: usize) -> Station {
    let mut station = home();
    let mut change = |number: u16, serial: Option<&str>| {
        let mut plan = (*station.ports[&port(number)]).clone();
        plan.serial = serial.map(str::to_owned);
        station.ports.insert(port(number), Arc::new(plan));
    };
    match choice {
        1 => drop(station.ports.remove(&port(2))),
        2 => {
            change(1, Some("X2"));
            change(2, Some("X1"));
        }
        3 => (1..=3).for_each(|number| change(number, None)),
        _ => {}
    }
    station
}

struct World {
    engine: Engine,
    sockets: [&'static str; 5],
    now: i64,
}

impl World {
    fn reading(&self, ports: &[bool]) -> Vec<Seen> {
        let all = (1..).zip(self.sockets).zip(ports).filter(|(_, is_read)| **is_read);
        all.map(|((number, what), _)| super::things::shows(number, what)).collect()
    }

    /// Orders are checked and carried out; what is plugged in shows where there is power, which others may give too.
    fn obey(&mut self, step: Step) {
        let mut orders = step.orders;
        while !orders.is_empty() {
            check_orders(&self.engine, &orders);
            let seen: Vec<Seen> = orders
                .iter()
                .filter(|order| self.engine.view().ports.contains_key(&order.port))
                .map(|order| match order.power {
                    Power::Off => done(order),
                    Power::On => {
                        let what = self.sockets[usize::from(order.port.get()) - 1];
                        Seen { plugged: plugged(if what == "!" { "-" } else { what }), ..done(order) }
                    }
                })
                .collect();
            orders = self.engine.seen(&seen, seconds(self.now)).orders;
        }
    }

    fn play(&mut self, input: Input) -> Step {
        let now = seconds(self.now);
        match input {
            Input::Plug(p, what) => self.sockets[p] = SHOWN[what],
            Input::Swap(a, b) => self.sockets.swap(a, b),
            Input::Read(ports) => {
                let reading = self.reading(&ports);
                return self.engine.seen(&reading, now);
            }
            Input::Name(p, name) => {
                let name = name.map(|name| device(NAMES[name]));
                return self.engine.name_device(port(p), name, &Author::Mqtt, now).unwrap_or_default();
            }
            Input::Report(p, level) => return self.engine.report(&report(p, level), now).unwrap_or_default(),
            Input::Unplaced(name) => {
                let level = Level::new(50).unwrap();
                let battery =
                    crate::model::Battery { level, charging: None, temperature: None, measured_at: now };
                return self.engine.hear_unplaced(device(NAMES[name]), battery, now);
            }
            Input::Intend(p, length) => {
                return self.engine.intend_probe(port(p), off_for(length), now).unwrap_or_default();
            }
            Input::Probe(p, length) => {
                return self.engine.probe(port(p), length.map(off_for), now).unwrap_or_default();
            }
            Input::Mode(p, off) => {
                let kind = if off { ModeKind::Off } else { ModeKind::Auto };
                return self.engine.set_mode(port(p), mode(kind, None), now).unwrap_or_default();
            }
            Input::Reload(choice) => return self.engine.reload(Arc::new(files(choice)), rules(), now),
            Input::Restart(choice) => self.engine = again(&self.engine, files(choice), now),
            Input::Wait(span) => {
                self.now += span;
                return self.engine.tick(seconds(self.now));
            }
        }
        Step::default()
    }
}

fn off_for(length: i64) -> ProbeFor {
    ProbeFor { power: Power::Off, length: Span::from_secs(length) }
}

/// What nobody knows is switched off by people and searches only.
fn check_orders(engine: &Engine, orders: &[Order]) {
    for order in orders.iter().filter(|order| order.power == Power::Off) {
        let port = engine.view().ports.get(&order.port).unwrap();
        let is_asked_for = port.memory.mode.kind == ModeKind::Off || port.search().is_some();
        assert!(port.unknown().is_none() || is_asked_for, "port {}: {:?}", order.port, port.unknown());
    }
}

/// What holds at any time.
fn check(engine: &Engine) {
    let view = engine.view();
    let mut names = BTreeSet::new();
    for (id, port) in &view.ports {
        if let Some(device) = port.device() {
            assert!(names.insert(device.clone()), "{device} is in two ports");
            assert_eq!(view.devices.get(device), Some(id));
            assert!(!view.unplaced.contains_key(device), "{device} is searched for, and in port {id}");
        }
        if let Some(probe) = &port.memory.probe {
            // Ten minutes; a clock that is corrected by seconds moves nothing.
            assert!(probe.until <= engine.last_now.checked_add(Span::from_mins(11)).unwrap());
        }
        let home = view.ports.values().find(|home| home.plan.device.as_ref() == port.device());
        let care = home.filter(|_| port.device().is_some()).map_or(&port.plan.care, |home| &home.plan.care);
        assert_eq!(port.care(), care, "port {id} has another's care");
        assert!(!(port.unknown().is_some() && port.device().is_some()));
    }
    assert_eq!(names.len(), view.devices.len());
    for port in view.ports.values() {
        let Some(filed) = &port.plan.device else { continue };
        // Who is not to be found has somebody else in its place, or something that it is not.
        let contradicted = port.device().is_some()
            || port.memory.named.is_some()
            || port.memory.thing.as_ref().is_some_and(|thing| thing.serial.is_some());
        assert!(view.devices.contains_key(filed) || contradicted, "{filed} is lost");
    }
}

proptest! {
    #[test]
    fn nobody_is_in_two_places_or_lost_and_what_repeats_is_not_told_again(
        inputs in proptest::collection::vec(input(), 1..60)
    ) {
        let engine = super::things::start(home());
        let mut world = World { engine, sockets: ["X1", "X2", "X3", "-", "-"], now: 0 };
        for input in inputs {
            let step = world.play(input);
            check(&world.engine);
            world.obey(step);
            check(&world.engine);
        }
        let all = world.reading(&[true; 5]);
        for _ in 0..2 {
            world.now += 60;
            world.engine.seen(&all, seconds(world.now));
        }
        for _ in 0..3 {
            world.now += 60;
            let before = world.engine.view().devices.clone();
            let step = world.engine.seen(&all, seconds(world.now));
            prop_assert_eq!(told(&step), Vec::<String>::new());
            let memories = step.records.iter().filter(|r| matches!(r, crate::model::Record::Memory { .. }));
            prop_assert_eq!(memories.count(), 0);
            prop_assert_eq!(&before, &world.engine.view().devices);
        }
        for (number, what) in (1u16..).zip(world.sockets) {
            let Some(port) = world.engine.view().ports.get(&port(number)) else { continue };
            prop_assert_eq!(&port.plugged, &plugged(what));
        }
        // Whoever is shown in one port only, and is known, is there.
        for (serial, device) in &world.engine.places.by_serial {
            let ports = world.engine.view().ports.iter();
            let shown: Vec<_> = ports.filter(|(_, p)| p.plugged.serial() == Some(serial)).collect();
            if let [(id, _)] = &shown[..]
                && !world.engine.places.cloned.contains(serial)
            {
                prop_assert_eq!(world.engine.view().devices.get(device), Some(*id));
            }
        }
    }
}

#[test]
fn a_thousand_devices_in_reverse_are_a_thousand_moves_and_the_same_reading_again_is_nothing() {
    let count = 1_000;
    let mut station = home();
    let plan = (*station.ports[&port(1)]).clone();
    let plan = |number: u16| PortPlan {
        id: port(number),
        device: Some(device(&format!("device-{number}"))),
        serial: Some(format!("S{number}")),
        ..plan.clone()
    };
    station.ports = (1..=count).map(|number| (port(number), Arc::new(plan(number)))).collect();
    let mut engine = super::things::start(station);
    let reading: Vec<Seen> =
        (1..=count).map(|n| super::things::shows(n, &format!("S{}", count + 1 - n))).collect();
    let step = engine.seen(&reading, seconds(1));
    assert_eq!(told(&step).len(), usize::from(count));
    assert_eq!(engine.view().devices.get(&device("device-1")), Some(&port(count)));
    let step = engine.seen(&reading, seconds(60));
    assert!(step.events.is_empty() && step.records.is_empty());
}
