//! Hubs that vanish, come back, or are elsewhere.

use super::world::{Way, World, hub};
use super::*;

fn all(world: &mut World, way: Way) {
    for number in [1, 2, 3] {
        world.set(number, way);
    }
}

#[test]
fn a_hub_that_vanishes_is_one_event_for_all_its_ports() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.forget();
    all(&mut world, Way::Away);
    world.wait(2400);
    assert_eq!((world.told(0, "hub_missing"), world.events.len()), (1, 1), "{:?}", world.events);
    assert_eq!(world.last("hub_missing"), r#"{"code":"hub_missing","hub":"5-2"}"#);
    assert!(world.engine.view().hubs_missing.get(&hub("5-2")).is_some());
    assert_eq!(world.port(1).actual, None, "not known is not off");
    assert_eq!(world.port(1).problem, Some(SwitchProblem::HubMissing(hub("5-2"))));
}

#[test]
fn a_missing_hub_is_given_no_orders_and_no_alarm_comes() {
    let mut world = World::new();
    all(&mut world, Way::Away);
    world.wait(61);
    world.forget();
    world.mode(1, ModeKind::Off);
    world.wait(86_400);
    let codes: Vec<_> = world.events.iter().map(|event| event.kind.code()).collect();
    let trouble = ["switch_failed", "alarm", "unreadable", "hub_missing"];
    assert!(!codes.iter().any(|code| trouble.contains(code)), "{codes:?}");
    assert!(world.orders.is_empty());
}

#[test]
fn a_hub_that_is_back_is_brought_to_what_is_wanted_at_once() {
    let mut world = World::new();
    world.report(1, 85, None);
    all(&mut world, Way::Away);
    world.wait(61);
    all(&mut world, Way::Obeys);
    world.switch(1, Power::On);
    world.forget();
    world.wait(60);
    assert_eq!((world.told(0, "hub_back"), world.told(1, "drift")), (1, 0));
    assert_eq!(world.power[&port(1)], Power::Off, "within the hold time of the rule");
    assert!(world.engine.view().hubs_missing.is_empty());
    assert_eq!(world.port(1).problem, None);
}

#[test]
fn a_hub_that_vanishes_with_an_order_on_its_way_fails_nothing() {
    let mut world = World::new();
    let step = world.engine.report(&report(1, 85), world.now).unwrap();
    all(&mut world, Way::Away);
    world.act(step);
    assert_eq!((world.told(0, "hub_missing"), world.told(1, "switch_failed")), (1, 0));
    assert_eq!(world.engine.view().counts.failed, 1, "it was not verified");
    world.wait(600);
    all(&mut world, Way::Obeys);
    world.wait(61);
    assert_eq!((world.power[&port(1)], world.told(0, "hub_back")), (Power::Off, 1));
    assert_eq!((world.told(0, "hub_missing"), world.told(1, "alarm")), (1, 0));
}

#[test]
fn a_hub_that_vanishes_and_never_answers_its_order_is_waited_for() {
    let mut world = World::new();
    world.set(1, Way::Swallows);
    world.report(1, 85, None);
    all(&mut world, Way::Away);
    world.wait(900);
    all(&mut world, Way::Obeys);
    world.wait(61);
    assert_eq!(world.power[&port(1)], Power::Off);
    assert_eq!((world.told(0, "hub_missing"), world.told(0, "hub_back")), (1, 1));
}

#[test]
fn a_reading_that_an_order_has_overtaken_says_nothing_of_the_hub() {
    let mut world = World::new();
    world.set(1, Way::Swallows);
    world.report(1, 85, None);
    world.set(1, Way::Away);
    world.wait(120);
    world.set(1, Way::Obeys);
    world.wait(600);
    assert_eq!(world.told(0, "hub_missing"), world.told(0, "hub_back"));
    assert_eq!((world.engine.view().hubs_missing.len(), world.power[&port(1)]), (0, Power::Off));
}

#[test]
fn a_hub_that_is_missing_at_the_start_is_told() {
    let mut engine = engine();
    let step = engine.tick(at(0));
    let away: Vec<Seen> = step
        .read
        .iter()
        .map(|(id, _)| Seen::new(*id, None, None, Some(SwitchProblem::HubMissing(hub("5-2")))))
        .collect();
    assert_eq!(codes(&engine.seen(&away, at(0))), ["hub_missing"]);
    assert_eq!(codes(&engine.seen(&away, at(1))), Vec::<&str>::new());
    let back = engine.seen(&[reading(1, Power::On)], at(2));
    assert_eq!(codes(&back), ["hub_back"]);
}

#[test]
fn ports_of_other_hubs_go_on() {
    let mut world = World::new();
    world.set(1, Way::Away);
    world.wait(61);
    world.report(2, 85, None);
    assert_eq!(world.power[&port(2)], Power::Off);
    world.report(1, 85, None);
    world.wait(61);
    assert_eq!(world.told(0, "hub_back"), 0, "a port of another hub is no sign of this one");
    assert_eq!(world.power[&port(1)], Power::On);
}

#[test]
fn a_missing_hub_that_cannot_even_be_asked_for_is_still_missing() {
    let mut world = World::new();
    all(&mut world, Way::Away);
    world.wait(61);
    all(&mut world, Way::Hangs);
    world.wait(120);
    assert_eq!(world.told(0, "hub_back"), 0);
    all(&mut world, Way::Obeys);
    world.wait(61);
    assert_eq!(world.told(0, "hub_back"), 1);
}

#[test]
fn a_hub_that_comes_back_is_a_reason_to_try_at_once() {
    let mut world = World::new();
    world.set(1, Way::Stuck);
    world.report(1, 85, None);
    world.wait(600);
    assert!(world.port(1).alarm.is_some());
    all(&mut world, Way::Away);
    world.wait(61);
    all(&mut world, Way::Obeys);
    world.wait(61);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::Off, 1));
}

#[test]
fn a_hub_that_crashes_at_each_order_is_left_alone_in_the_end() {
    let mut world = World::new();
    for _ in 0..6 * 60 {
        world.report(1, 85, None);
        world.wait(30);
        if world.power[&port(1)] == Power::Off {
            all(&mut world, Way::Away);
            world.wait(61);
            world.switch(1, Power::On);
            all(&mut world, Way::Obeys);
        }
    }
    assert_eq!((world.told(1, "alarm"), world.told(1, "switch_failed"), world.told(1, "drift")), (1, 0, 0));
    assert!((5..=5 + 4).contains(&world.ordered(1)), "{} orders in three hours", world.ordered(1));
}

#[test]
fn a_hub_that_no_port_waits_for_is_forgotten() {
    let mut world = World::new();
    all(&mut world, Way::Away);
    world.wait(61);
    let mut moved = station();
    for number in [1, 2, 3] {
        let mut plan = (*moved.ports[&port(number)]).clone();
        plan.socket = Socket::new(hub("5-2.4"), u8::try_from(number).unwrap()).unwrap();
        moved.ports.insert(port(number), Arc::new(plan));
    }
    world.reload(moved);
    assert!(world.engine.view().hubs_missing.is_empty());
    assert_eq!((world.told(0, "hub_missing"), world.told(0, "hub_back")), (1, 1), "what begins ends");
}

#[test]
fn a_missing_hub_is_still_missing_when_its_ports_get_other_numbers() {
    let mut world = World::new();
    all(&mut world, Way::Away);
    world.wait(61);
    let mut renumbered = station();
    let plans = std::mem::take(&mut renumbered.ports);
    for (plan, number) in plans.values().zip([7, 8, 9]) {
        let plan = PortPlan { id: port(number), ..(**plan).clone() };
        renumbered.ports.insert(plan.id, Arc::new(plan));
        world.set(number, Way::Away);
    }
    world.reload(renumbered);
    world.wait(61);
    assert_eq!((world.told(0, "hub_missing"), world.told(0, "hub_back")), (1, 0));
    assert_eq!(world.engine.view().hubs_missing.len(), 1);
    for number in [7, 8, 9] {
        world.switch(number, Power::On);
        world.set(number, Way::Obeys);
    }
    world.wait(61);
    assert_eq!((world.told(0, "hub_missing"), world.told(0, "hub_back")), (1, 1));
}

#[test]
fn a_clock_that_is_set_back_makes_no_hub_missing_in_the_future() {
    let mut world = World::new();
    world.wait(3600);
    all(&mut world, Way::Away);
    world.wait(61);
    world.set_clock(at(0));
    assert_eq!(world.engine.view().hubs_missing.get(&hub("5-2")), Some(&at(0)));
}

#[test]
fn a_wish_that_was_never_met_is_held_also_over_a_hub_that_was_away() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait(60);
    assert!(world.engine.report(&report(1, 15), world.now).unwrap().orders.is_empty(), "held");
    all(&mut world, Way::Away);
    world.wait(61);
    all(&mut world, Way::Obeys);
    world.forget();
    world.wait(30);
    assert_eq!((world.told(0, "hub_back"), world.ordered(1)), (1, 0));
    world.wait(60);
    assert_eq!(world.power[&port(1)], Power::On);
}

#[test]
fn a_socket_on_its_way_back_to_power_says_nothing_of_a_missing_hub() {
    let mut world = World::new();
    world.report(1, 85, None);
    let mut smaller = station();
    smaller.ports.remove(&port(1));
    world.set(1, Way::Away);
    world.forget();
    world.reload(smaller);
    world.wait(36_000);
    assert_eq!((world.told(0, "hub_missing"), world.told(1, "switch_failed")), (0, 1), "{:?}", world.events);
    assert!(world.last("switch_failed").contains("given up"));
}

fn seen_at(number: u16, at: Option<&str>) -> Seen {
    Seen { hub_at: at.map(hub), ..reading(number, Power::On) }
}

/// A station whose hub has a model, at `5-2`.
fn with_a_model() -> Engine {
    let mut station = station();
    let model = crate::model::HubModel {
        name: crate::model::ModelName::new("four").unwrap(),
        title: "Four".to_owned(),
        chips: BTreeMap::from([(crate::model::ChipPath::default(), 4)]),
        ids: Vec::new(),
        ports: BTreeMap::new(),
        rows: Vec::new(),
        chain: std::collections::BTreeSet::new(),
        never: None,
        cautions: Vec::new(),
        boards: Vec::new(),
    };
    station.hub = Some(Arc::new(crate::model::HubPlan { model: Arc::new(model), at: hub("5-2") }));
    Engine::new(Arc::new(station), rules(), Remembered::default(), at(0))
}

#[test]
fn a_hub_that_moved_is_told_once_per_change() {
    let mut engine = with_a_model();
    let here = [seen_at(1, None), seen_at(2, None), seen_at(3, None)];
    let there = [seen_at(1, Some("6-2")), seen_at(2, Some("6-2")), seen_at(3, None)];
    assert_eq!(codes(&engine.seen(&here, at(0))), Vec::<&str>::new());
    let step = engine.seen(&there, at(1));
    assert_eq!(codes(&step), ["hub_moved"], "port 3 is in another hub");
    assert_eq!(step.events[0].port, None);
    let told = serde_json::to_string(&step.events[0].kind).unwrap();
    assert_eq!(told, r#"{"code":"hub_moved","hub":"5-2","to":"6-2"}"#);
    assert_eq!(codes(&engine.seen(&there, at(2))), Vec::<&str>::new());
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().hub_at, Some(hub("6-2")));
    let unread = Seen::new(port(1), None, None, Some(SwitchProblem::Busy(3)));
    assert!(!codes(&engine.seen(&[unread], at(3))).contains(&"hub_moved"), "not seen is not moved");
    let step = engine.seen(&here, at(4));
    assert_eq!(codes(&step), ["hub_moved"]);
    let told = serde_json::to_string(&step.events[0].kind).unwrap();
    assert_eq!(told, r#"{"code":"hub_moved","hub":"5-2","to":"5-2"}"#);
}

#[test]
fn a_hub_that_was_plugged_in_elsewhere_with_its_ports_on_is_nobody_s_hand() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.set_mode(port(1), mode(ModeKind::Off, None), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    engine.seen(&[reading(1, Power::Off)], at(2));
    let moved = Seen { hub_at: Some(hub("6-2")), ..reading(1, Power::On) };
    let step = engine.seen(&[moved], at(3));
    assert!(!codes(&step).contains(&"drift"), "{:?}", codes(&step));
    assert_eq!(step.orders[0].power, Power::Off);
}
