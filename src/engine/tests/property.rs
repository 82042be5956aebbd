//! Whatever comes in, in whatever order: some things never happen.

use std::collections::BTreeMap;

use proptest::prelude::*;

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
        (1u16..5, 0u8..3, proptest::option::of(0i64..500)).prop_map(|(p, m, u)| Input::Mode(p, m, u)),
        (0usize..4, 0u8..4).prop_map(|(o, a)| Input::Answer(o, a)),
        (1u16..5, 0u8..3).prop_map(|(p, a)| Input::Reading(p, a)),
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
                    let kind = [ModeKind::Auto, ModeKind::On, ModeKind::Off][usize::from(kind)];
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
            let on = engine.view().ports.values().filter(|p| p.actual == Some(Power::On)).count();
            prop_assert_eq!(engine.view().ports_on as usize, on);
            prop_assert!(engine.next_due() > at(-1));
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
