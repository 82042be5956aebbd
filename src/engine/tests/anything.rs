//! Whatever people, devices and the hub do, with a power budget: each decision is by the strongest layer that applies.

use proptest::prelude::*;

use super::allotting::{change_port, engine_of, limited};
use super::world::{Way, World};
use super::*;
use crate::engine::PortState;
use crate::model::{Care, Celsius, Decision, Layer, ProbeFor, Safeguard, Verdict};

#[derive(Clone, Debug)]
enum Input {
    /// Level, whether it charges, degrees, and how many seconds ago that was.
    Report(u16, i64, Option<bool>, Option<u8>, Option<i64>),
    PortMode(u16, Mode),
    DeviceMode(u16, Mode),
    StationMode(Mode),
    Probe(u16, bool),
    Port(u16, Way),
    Switch(u16, bool),
    Wait(i64),
    Reload,
    Restart,
    Clock(i64),
}

/// A device without a battery.
const LAMP: u16 = 4;

fn any_mode() -> impl Strategy<Value = Mode> {
    (0usize..5, 5i64..=100, proptest::option::of(1i64..2000), any::<bool>()).prop_map(
        |(kind, level, until, unplugged)| {
            let kind = ModeKind::ALL[kind];
            let has_level = matches!(kind, ModeKind::Once | ModeKind::Hold);
            let level = Level::new(level).ok().filter(|_| has_level);
            let unplugged = unplugged && until.is_none() && kind != ModeKind::Auto;
            Mode { level, unplugged, ..mode(kind, until.map(at)) }
        },
    )
}

fn input() -> impl Strategy<Value = Input> {
    let level = prop_oneof![2 => 0i64..25, 1 => 25i64..=100];
    let degrees = proptest::option::of(prop_oneof![20u8..38, 38u8..48]);
    let age = proptest::option::of(0i64..3600);
    let ways = prop_oneof![
        3 => Just(Way::Obeys),
        1 => Just(Way::Stuck),
        1 => Just(Way::Hangs),
        1 => Just(Way::HangsOnOrders),
        1 => Just(Way::Away),
    ];
    prop_oneof![
        8 => (1u16..5, level, proptest::option::of(any::<bool>()), degrees, age)
            .prop_map(|(p, level, charging, degrees, age)| Input::Report(p, level, charging, degrees, age)),
        2 => (1u16..5, any_mode()).prop_map(|(p, mode)| Input::PortMode(p, mode)),
        1 => (1u16..5, any_mode()).prop_map(|(p, mode)| Input::DeviceMode(p, mode)),
        1 => any_mode().prop_map(Input::StationMode),
        1 => (1u16..5, any::<bool>()).prop_map(|(p, on)| Input::Probe(p, on)),
        1 => (1u16..5, ways).prop_map(|(p, way)| Input::Port(p, way)),
        1 => (1u16..5, any::<bool>()).prop_map(|(p, on)| Input::Switch(p, on)),
        6 => prop_oneof![0i64..60, 60i64..1800, 1800i64..20_000].prop_map(Input::Wait),
        1 => Just(Input::Reload),
        1 => Just(Input::Restart),
        1 => (-100_000i64..100_000).prop_map(Input::Clock),
    ]
}

fn files() -> Station {
    let mut station = limited(4, 2);
    change_port(&mut station, LAMP, |plan| {
        plan.care = Arc::new(Care { battery: false, ..(*plan.care).clone() });
    });
    station
}

/// Does it; gives the decision that answers it, if one does.
fn happen(world: &mut World, input: Input) -> Option<Arc<Decision>> {
    let now = world.now;
    let ago = |seconds: i64| now.checked_sub(Span::from_secs(seconds)).unwrap();
    let step = match input {
        Input::Report(p, level, charging, degrees, age) => {
            let temperature = degrees.and_then(|degrees| Celsius::new(f64::from(degrees)).ok());
            let measured_at = age.map(ago);
            let report = BatteryReport { charging, temperature, measured_at, ..report(p, level) };
            world.engine.report(&report, now).unwrap_or_default()
        }
        Input::PortMode(p, mode) => world.engine.set_mode(port(p), mode, now).unwrap(),
        Input::DeviceMode(p, mode) => {
            let name = device(&format!("d{p}"));
            world.engine.set_device_mode(&name, mode, now).map(|(_, step)| step).unwrap_or_default()
        }
        Input::StationMode(mode) => world.engine.set_station_mode(mode, now),
        Input::Probe(p, on) => {
            let power = if on { Power::On } else { Power::Off };
            let probe = ProbeFor { power, length: Span::from_mins(2) };
            world.engine.probe(port(p), Some(probe), now).unwrap()
        }
        Input::Port(p, way) => {
            world.set(p, way);
            Step::default()
        }
        Input::Switch(p, on) => {
            world.switch(p, if on { Power::On } else { Power::Off });
            Step::default()
        }
        Input::Wait(seconds) => {
            world.wait(seconds);
            Step::default()
        }
        Input::Reload => world.engine.reload(Arc::new(files()), rules(), now),
        Input::Restart => {
            world.restart();
            Step::default()
        }
        Input::Clock(seconds) => {
            world.set_clock(now.checked_add(Span::from_secs(seconds)).unwrap());
            Step::default()
        }
    };
    let decision = step.decision.clone();
    world.act(step);
    world.wait(0);
    decision
}

/// What is wanted of a port by whoever is strongest, as far as that is not for rules to say; `by`: its layer.
fn strongest(world: &World, port: &PortState) -> Option<(Power, Layer, Option<Safeguard>)> {
    let safety = &world.engine.view().station.safety;
    if !port.care().battery {
        return Some((Power::On, Layer::Safety, Some(Safeguard::NoBattery)));
    }
    let battery = port.memory.battery.as_ref();
    let fresh = battery.filter(|battery| world.now.duration_since(battery.measured_at) < Span::from_mins(45));
    let degrees = fresh.and_then(|battery| battery.temperature);
    if degrees.is_some_and(|degrees| degrees >= safety.too_hot) {
        return Some((Power::Off, Layer::Safety, Some(Safeguard::TooHot)));
    }
    if degrees.is_none_or(|degrees| degrees > safety.cool_again) && port.memory.safe.hot.is_some() {
        return Some((Power::Off, Layer::Safety, Some(Safeguard::TooHot)));
    }
    if let Some(search) = port.search() {
        return Some((search.power, Layer::Mode, None));
    }
    if battery.is_some_and(|battery| battery.level < safety.floor) && !port.silent {
        return Some((Power::On, Layer::Safety, Some(Safeguard::Floor)));
    }
    let (_, mode) = world.engine.view().held_by(port)?;
    match mode.kind {
        // Just over the floor it is charged on.
        _ if port.memory.safe.low_since.is_some() => None,
        ModeKind::On => Some((Power::On, Layer::Mode, None)),
        ModeKind::Off => Some((Power::Off, Layer::Mode, None)),
        ModeKind::Auto | ModeKind::Once | ModeKind::Hold => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_strongest_layer_that_applies_decides(inputs in proptest::collection::vec(input(), 1..60)) {
        let mut world = World::of(engine_of(files()));
        for input in inputs {
            let said = format!("{input:?}");
            if let Some(decision) = happen(&mut world, input) {
                let port = world.engine.view().ports.get(&decision.port).unwrap();
                if let Some((power, by, safeguard)) = strongest(&world, port) {
                    let waits = decision.by == Layer::Budget;
                    prop_assert!(waits || decision.by == by, "{said}: {decision:?}");
                    prop_assert!(!waits || power == Power::On, "{said}: {decision:?}");
                    prop_assert_eq!(decision.safeguard, safeguard, "{}", said);
                    let charges = decision.verdict == Verdict::Charge;
                    prop_assert!(waits || charges == (power == Power::On), "{said}: {decision:?}");
                }
            }
            for (id, port) in &world.engine.view().ports {
                if let Some((power, by, _)) = strongest(&world, port) {
                    prop_assert_eq!(port.memory.wanted, Some(power), "{}: port {} by {:?}", said, id, by);
                }
                if port.waits.is_some() {
                    prop_assert_eq!(port.memory.wanted, Some(Power::On), "{}: port {} waits", said, id);
                }
            }
            prop_assert_eq!(world.told(LAMP, "silent"), 0);
        }
    }
}
