//! Whatever comes in, in whatever order: some things never happen.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::{Way, World};
use super::*;

#[derive(Clone, Debug)]
enum Input {
    Report(u16, i64),
    Mode(u16, u8, Option<i64>),
    Answer(usize, u8),
    Reading(u16, u8),
    Wait(i64),
    Reload,
    Restart,
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        (1u16..5, 0i64..=100).prop_map(|(p, l)| Input::Report(p, l)),
        (1u16..5, 0u8..5, proptest::option::of(0i64..500)).prop_map(|(p, m, u)| Input::Mode(p, m, u)),
        (0usize..4, 0u8..4).prop_map(|(o, a)| Input::Answer(o, a)),
        (1u16..5, 0u8..5).prop_map(|(p, a)| Input::Reading(p, a)),
        (0i64..10_000).prop_map(Input::Wait),
        Just(Input::Reload),
        Just(Input::Restart),
    ]
}

fn seen_power(choice: u8) -> Option<Power> {
    match choice {
        0 => Some(Power::On),
        1 => Some(Power::Off),
        _ => None,
    }
}

/// What the world outside the engine knows: which orders it has been given and not answered.
#[derive(Default)]
struct Outside {
    open: BTreeMap<PortId, (Order, Timestamp)>,
}

impl Outside {
    fn take(&mut self, step: &Step, now: Timestamp) {
        let mut ports = std::collections::BTreeSet::new();
        for order in &step.orders {
            assert!((1..=3).contains(&order.port.get()), "an unknown port was ordered");
            assert!(ports.insert(order.port), "two orders for one port in one step");
            if let Some((_, given)) = self.open.get(&order.port) {
                assert!(
                    now.duration_since(*given) >= Span::from_secs(180),
                    "two orders in flight for one port"
                );
            }
            self.open.insert(order.port, (order.clone(), now));
        }
    }
}

proptest! {
    #[test]
    fn never_two_orders_in_flight_never_an_unknown_port_never_a_panic(
        inputs in proptest::collection::vec(input(), 1..60)
    ) {
        let mut engine = engine();
        let mut outside = Outside::default();
        let mut now = at(0);
        for input in inputs {
            let step = match input {
                Input::Report(p, level) => engine.report(&report(p, level), now).unwrap_or_default(),
                Input::Mode(p, kind, until) => {
                    let kind = ModeKind::ALL[usize::from(kind)];
                    engine.set_mode(port(p), mode(kind, until.map(at)), now).unwrap_or_default()
                }
                Input::Answer(nth, choice) => {
                    let answered = outside.open.keys().nth(nth).copied();
                    match answered.and_then(|id| outside.open.remove(&id)) {
                        Some((order, _)) if choice == 3 => engine.seen(&[done(&order)], now),
                        Some((order, _)) => engine.seen(&[failed(&order, seen_power(choice))], now),
                        None => Step::default(),
                    }
                }
                Input::Reading(p, choice) => {
                    let seen = Seen::new(port(p), None, seen_power(choice), None);
                    engine.seen(&[seen], now)
                }
                Input::Wait(s) => {
                    now = now.checked_add(Span::from_secs(s)).unwrap();
                    engine.tick(now)
                }
                Input::Reload => engine.reload(Arc::new(station()), rules(), now),
                Input::Restart => {
                    engine = restart(&engine, now);
                    outside.open.clear();
                    Step::default()
                }
            };
            outside.take(&step, now);
            let on = engine.view().ports.values().filter(|port| port.has_power()).count();
            prop_assert_eq!(engine.view().ports_on as usize, on);
            let minute = now.checked_add(Span::from_secs(60)).unwrap();
            prop_assert!(engine.next_due() <= minute, "the hub is read once a minute, whatever happens");
        }
    }

    #[test]
    fn a_tick_never_leaves_itself_due_for_ever(inputs in proptest::collection::vec(input(), 1..20)) {
        let mut engine = engine();
        let mut now = at(0);
        for input in inputs {
            if let Input::Report(p, level) = input {
                drop(engine.report(&report(p, level), now));
            }
            now = now.checked_add(Span::from_secs(7)).unwrap();
            engine.tick(now);
            prop_assert!(engine.next_due() > now, "due again at the moment that was just served");
        }
    }
}

/// What may happen to a station with its hub.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Report(u16, i64, Option<bool>),
    Mode(u16, u8),
    /// One port behaves like this from now on.
    Port(u16, Way),
    /// All ports do.
    Hub(Way),
    Switch(u16, bool),
    Wait(i64),
    Reload,
    Restart,
    ClockBack(i64),
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        3 => Just(Way::Obeys),
        1 => Just(Way::Stuck),
        1 => Just(Way::Hangs),
        1 => Just(Way::HangsOnOrders),
        1 => Just(Way::Away),
        1 => Just(Way::Swallows),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let charging = proptest::option::of(any::<bool>());
    prop_oneof![
        3 => (1u16..4, 0i64..=100, charging).prop_map(|(p, l, c)| Trouble::Report(p, l, c)),
        1 => (1u16..4, 0u8..5).prop_map(|(p, m)| Trouble::Mode(p, m)),
        2 => (1u16..4, way()).prop_map(|(p, w)| Trouble::Port(p, w)),
        2 => way().prop_map(Trouble::Hub),
        2 => (1u16..4, any::<bool>()).prop_map(|(p, on)| Trouble::Switch(p, on)),
        4 => prop_oneof![0i64..30, 30i64..600, 600i64..9_000].prop_map(Trouble::Wait),
        1 => Just(Trouble::Reload),
        1 => Just(Trouble::Restart),
        1 => (0i64..100_000).prop_map(Trouble::ClockBack),
    ]
}

fn happen(world: &mut World, trouble: Trouble) {
    match trouble {
        Trouble::Report(p, level, charging) => drop(world.report(p, level, charging)),
        Trouble::Mode(p, kind) => {
            world.mode(p, ModeKind::ALL[usize::from(kind)]);
        }
        Trouble::Port(p, way) => world.set(p, way),
        Trouble::Hub(way) => (1..4).for_each(|p| world.set(p, way)),
        Trouble::Switch(p, on) => world.switch(p, if on { Power::On } else { Power::Off }),
        Trouble::Wait(seconds) => world.wait(seconds),
        Trouble::Reload => world.reload(station()),
        Trouble::Restart => {
            world.events.clear();
            world.restart();
        }
        Trouble::ClockBack(seconds) => {
            let back = world.now.checked_sub(Span::from_secs(seconds)).unwrap();
            world.set_clock(back);
        }
    }
}

/// Of what begins and ends, nothing begins twice, and nothing ends that has not begun.
fn alternate(world: &World, of: u16, begins: &[&str], ends: &str) {
    let port = PortId::new(of).ok();
    let mut open = false;
    for event in world.events.iter().filter(|event| event.port == port) {
        let code = event.kind.code();
        if begins.contains(&code) {
            assert!(!open, "port {of}: {code} again");
            open = true;
        } else if code == ends {
            assert!(open, "port {of}: {ends} of nothing");
            open = false;
        }
    }
}

proptest! {
    // Each case plays hours.
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn in_the_end_every_port_is_as_wanted_and_nothing_was_told_twice(
        troubles in proptest::collection::vec(trouble(), 1..40)
    ) {
        let mut world = World::new();
        for trouble in troubles {
            happen(&mut world, trouble);
            let view = world.engine.view();
            let on = view.ports.values().filter(|port| port.has_power()).count();
            prop_assert_eq!(view.ports_on as usize, on);
            for port in view.ports.values() {
                let late = |at: &&Timestamp| world.now.duration_since(**at) < Span::from_mins(10);
                let fought = port.drifts.iter().filter(late).count() >= 5;
                prop_assert!(!fought || port.resting, "a fight goes on");
                prop_assert!(!port.resting || port.alarm.is_some());
            }
        }
        for number in 1..4 {
            world.set(number, Way::Obeys);
        }
        world.wait(300 + 3600 + 600 + 120);
        for (id, port) in &world.engine.view().ports {
            prop_assert_eq!(port.actual, world.power.get(id).copied());
            if let Some(wanted) = port.memory.wanted {
                prop_assert_eq!(port.actual, Some(wanted), "port {}", id);
                prop_assert_eq!(&port.problem, &None);
            }
            prop_assert_eq!(&port.alarm, &None);
        }
        prop_assert!(world.engine.view().hubs_missing.is_empty());
        alternate(&world, 0, &["hub_missing"], "hub_back");
        for number in 1..4 {
            alternate(&world, number, &["alarm"], "alarm_over");
            alternate(&world, number, &["power_leak", "not_charging"], "fault_over");
        }
    }
}
