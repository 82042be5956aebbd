//! A port that is switched for a moment to find its device: it always gets its power back.

use super::*;
use crate::model::{Layer, Probe, Record, Verdict};

fn off_until(end: Timestamp) -> Option<Probe> {
    Some(Probe { power: Power::Off, until: end })
}

/// Port 1 off for a search from 600 s to 605 s.
fn searched() -> Engine {
    let mut engine = engine_that_saw_all_on();
    let step = engine.probe(port(1), off_until(seconds(605)), seconds(600)).unwrap();
    engine.seen(&[done(&step.orders[0])], seconds(601));
    engine
}

#[test]
fn a_search_switches_at_once_and_is_written_down_first() {
    let mut engine = engine_that_saw_all_on();
    let by_rule = engine.report(&report(1, 15), seconds(599)).unwrap();
    assert!(by_rule.orders.is_empty());
    engine.set_mode(port(1), mode(ModeKind::On, None), seconds(599)).unwrap();
    let step = engine.probe(port(1), off_until(seconds(605)), seconds(600)).unwrap();
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::Off));
    let decision = step.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Rest, Layer::Mode));
    assert_eq!(decision.reason, "searched for its device: off until 08:10:05");
    let kept = step.records.iter().any(|record| match record {
        Record::Memory { memory, .. } => memory.probe == off_until(seconds(605)) && memory.is_asked_for(),
        _ => false,
    });
    assert!(kept);
    assert!(engine.probe(port(9), off_until(seconds(605)), seconds(600)).is_none());
}

#[test]
fn an_intent_is_written_down_and_switches_nothing() {
    let mut engine = engine_that_saw_all_on();
    let probe = off_until(seconds(605)).unwrap();
    let step = engine.intend_probe(port(1), probe, seconds(600)).unwrap();
    assert!(step.orders.is_empty() && engine.tick(seconds(601)).orders.is_empty());
    assert!(matches!(&step.records[..], [Record::Memory { memory, .. }] if memory.probe.is_some()));

    let mut after_a_crash = restart(&engine, seconds(602));
    let seen = after_a_crash.seen(&[reading(1, Power::Off)], seconds(602));
    assert_eq!(seen.orders[0].power, Power::On);

    assert!(engine.tick(seconds(605)).orders.is_empty());
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, None, "it came to nothing");
}

#[test]
fn it_ends_by_itself_at_its_moment_and_no_hold_keeps_the_port_off() {
    let mut engine = searched();
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().due, seconds(605));
    assert!(engine.tick(seconds(604)).orders.is_empty());
    let step = engine.tick(seconds(605));
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::On));
    engine.seen(&[done(&step.orders[0])], seconds(606));
    // Holds count again for rules.
    assert!(engine.report(&report(1, 50), seconds(607)).unwrap().orders.is_empty());
    assert!(engine.report(&report(1, 85), seconds(608)).unwrap().orders.is_empty());
}

#[test]
fn it_ends_when_asked_and_what_others_decided_counts_again() {
    let mut engine = searched();
    let step = engine.probe(port(1), None, seconds(602)).unwrap();
    assert_eq!(step.orders[0].power, Power::On);
    assert!(engine.probe(port(1), None, seconds(603)).unwrap().orders.is_empty(), "once is enough");

    let mut engine = searched();
    engine.set_mode(port(1), mode(ModeKind::Off, None), seconds(602)).unwrap();
    assert!(engine.tick(seconds(605)).orders.is_empty(), "a person wants it off");
    let decision = engine.view().ports.get(&port(1)).unwrap().decision.clone().unwrap();
    assert!(decision.reason.starts_with("switched off by"), "{}", decision.reason);

    let mut engine = searched();
    engine.report(&report(1, 85), seconds(602)).unwrap();
    assert!(engine.tick(seconds(605)).orders.is_empty(), "a rule rests it");
}

#[test]
fn an_order_that_is_answered_after_the_end_is_mended() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.probe(port(1), off_until(seconds(605)), seconds(600)).unwrap();
    assert!(engine.tick(seconds(605)).orders.is_empty(), "one order at a time");
    let step = engine.seen(&[done(&off.orders[0])], seconds(606));
    assert_eq!(step.orders[0].power, Power::On);
}

#[test]
fn a_restart_ends_it() {
    let mut engine = restart(&searched(), seconds(602));
    let step = engine.seen(&[reading(1, Power::Off)], seconds(602));
    assert!(engine.view().ports.get(&port(1)).unwrap().memory.probe.is_none());
    let orders: Vec<Order> = step.orders.into_iter().chain(engine.tick(seconds(602)).orders).collect();
    assert_eq!((orders[0].port, orders[0].power), (port(1), Power::On));
}

#[test]
fn a_stop_ends_it_also_where_ports_are_kept() {
    let mut kept = station();
    kept.on_exit = OnExit::Keep;
    let mut engine = searched();
    engine.reload(Arc::new(kept), rules(), seconds(602));
    let off = engine.set_mode(port(2), mode(ModeKind::Off, None), seconds(602)).unwrap();
    engine.seen(&[done(&off.orders[0])], seconds(602));
    let ports: Vec<PortId> = engine.stop(Ending::Exit).orders.iter().map(|order| order.port).collect();
    assert_eq!(ports, [port(1)]);
}

#[test]
fn a_port_that_goes_with_its_file_in_the_middle_gets_its_power_back() {
    let mut engine = searched();
    let mut smaller = station();
    smaller.ports.remove(&port(1));
    let step = engine.reload(Arc::new(smaller), rules(), seconds(602));
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::On));
    engine.reload(Arc::new(station()), rules(), seconds(603));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, None);
}

#[test]
fn no_search_is_longer_than_ten_minutes_whatever_is_asked_and_whatever_the_clock_does() {
    let mut engine = engine_that_saw_all_on();
    engine.probe(port(1), off_until(at(600)), at(10)).unwrap();
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, off_until(at(20)));
    engine.tick(at(0));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, off_until(at(10)));
    let step = engine.probe(port(2), off_until(at(0)), at(0)).unwrap();
    assert!(step.orders.is_empty(), "it was over before it began");
    assert_eq!(engine.view().ports.get(&port(2)).unwrap().memory.probe, None);
}
