//! Wanted against actual: holds, failures, drift, unknown states.

use super::*;
use crate::model::EventKind;

#[test]
fn nothing_is_switched_before_the_hub_was_read() {
    let mut engine = engine();
    let step = engine.report(&report(1, 85), at(0)).unwrap();
    assert!(step.orders.is_empty());
    let tick = engine.tick(at(0));
    assert_eq!(tick.read.len(), 3, "all ports in one request");
    let read = engine.seen(&[reading(1, Power::On)], at(0));
    assert_eq!(read.orders.len(), 1);
}

#[test]
fn one_order_at_a_time_for_a_port() {
    let mut engine = engine_that_saw_all_on();
    assert_eq!(engine.report(&report(1, 85), at(1)).unwrap().orders.len(), 1);
    assert!(engine.report(&report(1, 86), at(1)).unwrap().orders.is_empty());
    assert!(engine.set_mode(port(1), mode(ModeKind::On, None), at(1)).unwrap().orders.is_empty());
}

#[test]
fn the_last_wish_is_ordered_when_the_first_order_is_answered() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.set_mode(port(1), mode(ModeKind::On, None), at(1)).unwrap();
    let step = engine.seen(&[done(&off.orders[0])], at(1));
    assert_eq!(step.orders[0].power, Power::On);
}

#[test]
fn a_rule_waits_for_the_hold_time_and_a_person_does_not() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    assert!(engine.report(&report(1, 15), at(2)).unwrap().orders.is_empty());
    assert!(run(&mut engine, at(2), seconds(239)).is_empty());
    let orders = run(&mut engine, seconds(239), seconds(241));
    assert_eq!(orders.len(), 1);
    let by_hand = engine.set_mode(port(1), mode(ModeKind::Off, None), seconds(242)).unwrap();
    assert_eq!(by_hand.orders.len(), 1);
}

#[test]
fn a_failed_order_is_tried_again_with_growing_pauses() {
    let mut engine = engine_that_saw_all_on();
    let mut order = engine.report(&report(1, 85), seconds(0)).unwrap().orders.remove(0);
    let mut now = seconds(0);
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let step = engine.seen(&[failed(&order, Some(Power::On))], now);
        assert!(codes(&step).contains(&"switch_failed"));
        assert!(step.orders.is_empty());
        let before = now;
        order = loop {
            now = engine.next_due().max(now);
            if let Some(order) = engine.tick(now).orders.pop() {
                break order;
            }
        };
        pauses.push(now.duration_since(before).as_secs());
    }
    assert_eq!(pauses, [5, 15, 45, 135]);
    let step = engine.seen(&[done(&order)], now);
    assert!(codes(&step).contains(&"switched"));
    let port = engine.view().ports.get(&port(1)).unwrap();
    assert_eq!((port.failures, &port.problem), (0, &None));
}

#[test]
fn an_unknown_outcome_is_read_again_never_assumed() {
    let mut engine = engine_that_saw_all_on();
    let order = engine.report(&report(1, 85), at(1)).unwrap().orders.remove(0);
    engine.seen(&[failed(&order, None)], at(1));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().actual, None);
    let step = engine.tick(engine.next_due());
    assert_eq!(step.read.len(), 3);
    let step = engine.seen(&[reading(1, Power::Off)], at(2));
    assert!(step.orders.is_empty(), "it had been switched after all");
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().problem, None);
}

#[test]
fn drift_is_told_and_mended() {
    let mut engine = engine_that_saw_all_on();
    let order = engine.report(&report(1, 85), at(1)).unwrap().orders.remove(0);
    engine.seen(&[done(&order)], at(1));
    engine.report(&report(1, 85), at(10)).unwrap();
    let step = engine.seen(&[reading(1, Power::On)], at(10));
    assert!(codes(&step).contains(&"drift"));
    assert_eq!(step.orders[0].power, Power::Off);
}

#[test]
fn a_port_that_others_switch_again_and_again_is_told() {
    let mut engine = engine_that_saw_all_on();
    let mut order = engine.report(&report(1, 85), at(0)).unwrap().orders.remove(0);
    let mut times = Vec::new();
    for minute in [0, 3, 6, 20] {
        engine.seen(&[done(&order)], at(minute));
        let step = engine.seen(&[reading(1, Power::On)], at(minute + 3));
        times.extend(step.events.iter().filter_map(|event| match event.kind {
            EventKind::Drift { times, .. } => Some(times),
            _ => None,
        }));
        let mut orders = step.orders;
        while orders.is_empty() {
            orders = engine.tick(engine.next_due().max(at(minute + 3))).orders;
        }
        order = orders[0].clone();
    }
    assert_eq!(times, [1, 2, 3, 1]);
}

#[test]
fn after_a_switch_the_hub_is_read_once_more() {
    let mut engine = engine_that_saw_all_on();
    let order = engine.report(&report(1, 85), seconds(1)).unwrap().orders.remove(0);
    engine.seen(&[done(&order)], seconds(2));
    assert_eq!(engine.next_due(), seconds(6));
    assert!(!engine.tick(seconds(6)).read.is_empty());
}

#[test]
fn a_lost_order_is_given_again() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 85), seconds(0)).unwrap();
    let mut now = seconds(0);
    let again = loop {
        now = engine.next_due().max(now);
        let step = engine.tick(now);
        if !step.read.is_empty() {
            engine.seen(&[reading(1, Power::On)], now);
        }
        if let Some(order) = step.orders.into_iter().next() {
            break order;
        }
        assert!(now < seconds(400), "the order was never given again");
    };
    assert_eq!((again.port, again.power), (port(1), Power::Off));
}

#[test]
fn ports_that_have_power_are_counted() {
    let mut engine = engine_that_saw_all_on();
    assert_eq!(engine.view().ports_on, 3);
    let order = engine.report(&report(1, 85), at(1)).unwrap().orders.remove(0);
    engine.seen(&[done(&order)], at(1));
    assert_eq!(engine.view().ports_on, 2);
    engine.seen(&[Seen::new(port(2), None, None, None)], at(1));
    assert_eq!(engine.view().ports_on, 1);
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_up() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1000)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1000));
    // A day back.
    let low = engine.report(&report(1, 15), at(-440)).unwrap();
    assert!(low.orders.is_empty(), "the hold time is counted from now");
    let orders = run(&mut engine, at(-440), at(-436));
    assert_eq!(
        orders.iter().map(|order| (order.port, order.power)).collect::<Vec<_>>(),
        [(port(1), Power::On)]
    );
}

#[test]
fn numbers_of_decisions_rise_over_a_restart_with_the_clock_set_back() {
    let mut engine = engine_that_saw_all_on();
    let before = engine.report(&report(1, 50), at(1000)).unwrap().decision.unwrap().id;
    let mut engine = restart(&engine, at(0));
    assert!(engine.report(&report(1, 50), at(0)).unwrap().decision.unwrap().id > before);
}
