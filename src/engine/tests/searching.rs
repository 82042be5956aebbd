//! A port that is switched for a moment to find its device: it always gets its power back.

use super::*;
use crate::model::{Layer, Probe, ProbeFor, Record, Verdict};

fn off_for(seconds: i64) -> Option<ProbeFor> {
    Some(ProbeFor { power: Power::Off, length: Span::from_secs(seconds) })
}

fn off_until(end: Timestamp) -> Option<Probe> {
    Some(Probe { power: Power::Off, until: end, cycled_by: None })
}

fn memory(engine: &Engine) -> crate::model::PortMemory {
    engine.view().ports.get(&port(1)).unwrap().memory.clone()
}

/// Port 1 off for a search from 600 s to 605 s.
fn searched() -> Engine {
    let mut engine = engine_that_saw_all_on();
    let step = engine.probe(port(1), off_for(5), seconds(600)).unwrap();
    engine.seen(&[done(&step.orders[0])], seconds(601));
    engine
}

#[test]
fn a_search_switches_at_once_whoever_holds_the_port_and_is_written_down() {
    let mut engine = engine_that_saw_all_on();
    let by_rule = engine.report(&report(1, 15), seconds(599)).unwrap();
    assert!(by_rule.orders.is_empty());
    engine.set_mode(port(1), mode(ModeKind::On, None), seconds(599)).unwrap();
    let step = engine.probe(port(1), off_for(5), seconds(600)).unwrap();
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::Off));
    let decision = step.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Rest, Layer::Mode));
    assert_eq!(decision.reason, "searched for its device: off until 08:10:05");
    let kept = step.records.iter().any(|record| match record {
        Record::Memory { memory, .. } => memory.probe == off_until(seconds(605)) && memory.is_asked_for(),
        _ => false,
    });
    assert!(kept);
    assert!(engine.probe(port(9), off_for(5), seconds(600)).is_none());
}

#[test]
fn an_intent_is_written_down_and_switches_nothing() {
    let mut engine = engine_that_saw_all_on();
    let step = engine.intend_probe(port(1), off_for(5).unwrap(), seconds(600)).unwrap();
    assert!(step.orders.is_empty() && engine.tick(seconds(601)).orders.is_empty());
    assert!(matches!(&step.records[..], [Record::Memory { memory, .. }] if memory.probe.is_some()));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().search(), None);

    let mut after_a_crash = restart(&engine, seconds(602));
    let seen = after_a_crash.seen(&[reading(1, Power::Off)], seconds(602));
    assert_eq!(seen.orders[0].power, Power::On);

    assert!(engine.tick(seconds(1200)).orders.is_empty());
    assert_eq!(memory(&engine).probe, None, "it came to nothing");
}

#[test]
fn a_disk_that_is_slower_than_the_search_takes_nothing_from_it() {
    let mut engine = engine_that_saw_all_on();
    engine.intend_probe(port(1), off_for(1).unwrap(), seconds(600)).unwrap();
    engine.tick(seconds(630));
    assert!(memory(&engine).probe.is_some(), "a crash after the switch finds it on disk");
    let step = engine.probe(port(1), off_for(1), seconds(630)).unwrap();
    assert_eq!(step.orders[0].power, Power::Off);
    assert_eq!(memory(&engine).probe, off_until(seconds(631)));
}

#[test]
fn an_intent_changes_nothing_of_a_search_that_is_at_work() {
    for length in [-1, 0, 1, 500] {
        let mut engine = searched();
        engine.intend_probe(port(1), off_for(length).unwrap(), seconds(602)).unwrap();
        assert_eq!(memory(&engine).probe, off_until(seconds(605)), "{length}");
        assert!(engine.tick(seconds(604)).orders.is_empty());
        assert_eq!(engine.tick(seconds(605)).orders[0].power, Power::On);
    }
}

#[test]
fn a_second_search_takes_the_place_of_the_first_and_what_was_wanted_before_both_comes_back() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), seconds(500)).unwrap();
    engine.seen(&[done(&off.orders[0])], seconds(501));
    let before = memory(&engine);
    let on = ProbeFor { power: Power::On, length: Span::from_secs(5) };
    let step = engine.probe(port(1), Some(on), seconds(600)).unwrap();
    engine.seen(&[done(&step.orders[0])], seconds(601));
    let step = engine.probe(port(1), off_for(5), seconds(602)).unwrap();
    engine.seen(&[done(&step.orders[0])], seconds(603));
    // Between two levels no rule says anything: what it was is what counts.
    engine.report(&report(1, 79), seconds(604)).unwrap();
    assert!(engine.tick(seconds(607)).orders.is_empty());
    let after = memory(&engine);
    assert_eq!(
        (after.probe, after.wanted, after.holder, after.because),
        (None, before.wanted, before.holder, before.because)
    );
    assert_eq!(after.wanted, Some(Power::Off));
}

#[test]
fn what_was_wanted_of_a_device_is_not_wanted_of_the_one_that_is_there_after_the_search() {
    let mut engine = super::things::all_at_home();
    let off = engine.report(&report(2, 85), seconds(500)).unwrap();
    engine.seen(&[done(&off.orders[0])], seconds(501));
    engine.report(&report(1, 50), seconds(550)).unwrap();
    let on = ProbeFor { power: Power::On, length: Span::from_secs(60) };
    let step = engine.probe(port(2), Some(on), seconds(600)).unwrap();
    engine.seen(&[done(&step.orders[0])], seconds(601));
    engine.seen(&super::things::look(&["-", "X1", "X3", "-", "-"]), seconds(610));
    let orders = engine.tick(seconds(660)).orders;
    assert!(orders.is_empty(), "{orders:?}");
    assert_eq!(super::things::state(&engine, 2).memory.wanted, Some(Power::On));
}

#[test]
fn the_end_of_a_search_that_is_none_changes_nothing() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 85), seconds(10)).unwrap();
    let before = Arc::clone(engine.view().ports.get(&port(1)).unwrap());
    let step = engine.probe(port(1), None, seconds(20)).unwrap();
    assert!(step.records.is_empty() && step.orders.is_empty() && step.events.is_empty());
    assert_eq!(engine.view().ports.get(&port(1)), Some(&before));
    assert!(engine.probe(port(9), None, seconds(20)).is_none());
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
    let off = engine.probe(port(1), off_for(5), seconds(600)).unwrap();
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
    engine.probe(port(1), off_for(36_000), at(10)).unwrap();
    assert_eq!(memory(&engine).probe, off_until(at(20)));
    engine.tick(at(0));
    assert_eq!(memory(&engine).probe, off_until(at(10)));
    let step = engine.probe(port(2), off_for(0), at(0)).unwrap();
    assert!(step.orders.is_empty(), "it was over before it began");
    assert_eq!(engine.view().ports.get(&port(2)).unwrap().memory.probe, None);
}
