//! A port that loses its power for a moment and gets back what was wanted.

use super::*;
use crate::engine::NotCycled;
use crate::model::{Care, Layer, Record, Verdict};

fn cycled(engine: &mut Engine, now: Timestamp) -> Step {
    let intent = engine.intend_cycle(port(1), &Author::Mqtt, now).unwrap();
    assert!(intent.orders.is_empty(), "nothing is switched before the intent is on disk");
    assert!(matches!(&intent.records[..], [Record::Memory { memory, .. }] if memory.probe.is_some()));
    engine.cycle(port(1), &Author::Mqtt, now).unwrap()
}

#[test]
fn the_power_is_off_for_five_seconds_and_comes_back() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 50), seconds(590)).unwrap();
    let step = cycled(&mut engine, seconds(600));
    assert_eq!((step.orders[0].port, step.orders[0].power), (port(1), Power::Off));
    let decision = step.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Rest, Layer::Mode));
    assert_eq!(decision.reason, "power cycle by MQTT: off until 08:10:05");
    engine.seen(&[done(&step.orders[0])], seconds(601));
    assert!(engine.tick(seconds(604)).orders.is_empty());
    assert_eq!(engine.tick(seconds(605)).orders[0].power, Power::On);
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, None);
}

#[test]
fn a_restart_in_the_middle_gives_the_power_back() {
    let mut engine = engine_that_saw_all_on();
    let step = cycled(&mut engine, seconds(600));
    engine.seen(&[done(&step.orders[0])], seconds(601));
    let mut again = restart(&engine, seconds(602));
    let step = again.seen(&[reading(1, Power::Off)], seconds(602));
    assert_eq!(step.orders[0].power, Power::On);
    assert_eq!(again.view().ports.get(&port(1)).unwrap().memory.because, "the power cycle is over");
}

#[test]
fn what_cannot_be_cycled_is_refused_and_changes_nothing() {
    let mut station = station();
    let lamp = station.ports.get_mut(&port(2)).unwrap();
    *lamp = Arc::new(PortPlan {
        care: Arc::new(Care { battery: false, ..(*lamp.care).clone() }),
        ..(**lamp).clone()
    });
    let mut engine = Engine::new(Arc::new(station), rules(), Remembered::default(), at(0));
    let refused = |engine: &mut Engine, number: u16| {
        let early = engine.intend_cycle(port(number), &Author::Mqtt, at(1)).unwrap_err();
        let late = engine.cycle(port(number), &Author::Mqtt, at(1)).unwrap_err();
        assert_eq!(early, late);
        late
    };
    assert_eq!(refused(&mut engine, 9), NotCycled::UnknownPort);
    assert_eq!(refused(&mut engine, 1), NotCycled::NoPower(port(1)), "nobody knows what it is");
    engine.tick(at(0));
    engine.seen(&[reading(1, Power::On), reading(2, Power::On), reading(3, Power::On)], at(0));
    assert_eq!(refused(&mut engine, 2), NotCycled::NoBattery(port(2)));
    assert!(refused(&mut engine, 2).to_string().contains("its power is never cut"));
    cycled(&mut engine, at(2));
    let again = engine.cycle(port(1), &Author::Mqtt, at(2)).unwrap_err();
    assert_eq!((again.code(), again), ("underway", NotCycled::Underway(port(1))));
    assert!(engine.view().ports.get(&port(1)).unwrap().search().is_some(), "it goes on");
}

#[test]
fn an_intent_that_came_too_late_is_forgotten() {
    let mut engine = engine_that_saw_all_on();
    engine.intend_cycle(port(1), &Author::Mqtt, seconds(600)).unwrap();
    engine.seen(&[reading(1, Power::Off)], seconds(601));
    assert_eq!(engine.cycle(port(1), &Author::Mqtt, seconds(602)).unwrap_err(), NotCycled::NoPower(port(1)));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.probe, None);
}
