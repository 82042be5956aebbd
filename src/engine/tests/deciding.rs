//! Reports, modes, silence and failing rules: who decides.

use super::*;
use crate::model::{Celsius, Layer, ReportRejected, Verdict};

#[test]
fn a_low_battery_is_charged_and_a_full_one_rests() {
    let mut engine = engine_that_saw_all_on();
    let low = engine.report(&report(1, 15), at(1)).unwrap();
    let decision = low.decision.unwrap();
    assert_eq!(decision.verdict, Verdict::Charge);
    assert_eq!(decision.reason, "15% is at or under 20%");
    assert_eq!(decision.rule.as_ref().unwrap().as_str(), "keep-between");
    assert_eq!(decision.line, Some(4));
    assert_eq!(decision.by, Layer::Policy);
    assert!(low.orders.is_empty(), "it has power already");

    let full = engine.report(&report(2, 85), at(1)).unwrap();
    assert_eq!(full.decision.unwrap().verdict, Verdict::Rest);
    assert_eq!(full.orders.len(), 1);
    assert_eq!((full.orders[0].port, full.orders[0].power), (port(2), Power::Off));
}

#[test]
fn between_the_levels_nobody_has_an_opinion_and_the_port_stays() {
    let mut engine = engine_that_saw_all_on();
    let step = engine.report(&report(1, 50), at(1)).unwrap();
    let decision = step.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Keep, Layer::Nobody));
    assert!(step.orders.is_empty());
    assert!(decision.facts.is_some(), "also no opinion can be explained");
}

#[test]
fn when_nobody_has_an_opinion_the_reason_tells_what_brought_the_port_here() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.report(&report(1, 85), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    engine.report(&report(1, 84), at(2)).unwrap();
    let step = engine.report(&report(1, 70), at(10)).unwrap();
    assert_eq!(step.decision.unwrap().reason, "no rule has an opinion: stays off (85% is at or over 80%)");
    let fresh = engine.report(&report(2, 50), at(10)).unwrap();
    assert_eq!(fresh.decision.unwrap().reason, "no rule has an opinion: stays as it is");
}

#[test]
fn a_device_that_is_named_gets_the_whole_time_to_report() {
    let mut engine = engine_that_saw_all_on();
    run(&mut engine, at(0), at(60));
    engine.report(&report(1, 50), at(60)).unwrap();
    let step = engine.name_device(port(1), Some(device("another")), &Author::Mqtt, at(100)).unwrap();
    assert_eq!(step.decision.unwrap().reason, "no report yet");
    assert!(!codes(&engine.tick(at(140))).contains(&"silent"));
    assert!(codes(&engine.tick(at(145))).contains(&"silent"));
}

#[test]
fn a_device_that_nobody_named_is_known_by_its_port_once_it_reports() {
    let mut engine = engine_that_saw_all_on();
    let step = engine.report(&report(3, 90), at(1)).unwrap();
    assert_eq!(step.orders[0].port, port(3));
    assert_eq!(step.decision.unwrap().facts.as_ref().unwrap().device.name.as_str(), "port-3");
}

#[test]
fn wrong_times_are_refused_and_change_nothing() {
    let mut engine = engine_that_saw_all_on();
    let timed = |minutes| BatteryReport { measured_at: Some(at(minutes)), ..report(1, 85) };
    engine.report(&timed(100), at(100)).unwrap();
    let before = engine.view().ports.get(&port(1)).cloned();
    assert!(matches!(engine.report(&timed(106), at(100)), Err(ReportRejected::Future { .. })));
    assert!(matches!(engine.report(&timed(54), at(100)), Err(ReportRejected::TooOld { .. })));
    assert!(matches!(engine.report(&timed(99), at(100)), Err(ReportRejected::Superseded { .. })));
    assert!(matches!(engine.report(&report(9, 50), at(100)), Err(ReportRejected::UnknownPort { .. })));
    assert_eq!(engine.view().ports.get(&port(1)).cloned(), before);
    assert!(engine.report(&timed(104), at(100)).is_ok(), "a clock that is ahead a little is forgiven");
}

#[test]
fn a_mode_wins_over_the_policy_until_its_end() {
    let mut engine = engine_that_saw_all_on();
    let step = engine.set_mode(port(1), mode(ModeKind::Off, Some(at(60))), at(1)).unwrap();
    assert_eq!(step.orders[0].power, Power::Off);
    engine.seen(&[done(&step.orders[0])], at(1));
    let held = engine.report(&report(1, 10), at(30)).unwrap();
    let decision = held.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Rest, Layer::Mode));
    assert!(held.orders.is_empty());
    let present = engine.view().present(port(1), at(40)).unwrap();
    assert_eq!((present.id, present.by, present.at), (decision.id, Layer::Mode, at(40)), "who holds it now");
    let (then, now) = (decision.facts.as_deref().unwrap(), present.facts.as_deref().unwrap());
    assert_eq!((now.at, &now.battery), (at(40), &then.battery), "with the facts of now");

    let orders = run(&mut engine, at(31), at(60));
    assert_eq!(orders.len(), 1);
    assert_eq!((orders[0].port, orders[0].power), (port(1), Power::On));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.mode.kind, ModeKind::Auto);
}

#[test]
fn a_silent_device_is_charged() {
    let mut engine = engine_that_saw_all_on();
    let step = engine.report(&report(1, 85), at(0)).unwrap();
    engine.seen(&[done(&step.orders[0])], at(0));
    assert!(run(&mut engine, at(1), at(44)).is_empty());
    let orders = run(&mut engine, at(45), at(47));
    assert_eq!(orders.iter().filter(|o| o.port == port(1)).map(|o| o.power).collect::<Vec<_>>(), [Power::On]);
    assert!(engine.view().ports.get(&port(1)).unwrap().silent);
    let heard = engine.report(&report(1, 85), at(50)).unwrap();
    assert!(codes(&heard).contains(&"heard"));
    assert_eq!(heard.orders[0].power, Power::Off);
}

#[test]
fn a_port_without_a_device_is_never_touched() {
    let mut engine = engine();
    engine.tick(at(0));
    engine.seen(&[reading(1, Power::On), reading(2, Power::On), reading(3, Power::Off)], at(0));
    assert!(run(&mut engine, at(1), at(600)).iter().all(|order| order.port != port(3)));
}

#[test]
fn a_port_that_a_person_switched_off_is_charged_when_it_is_given_back_unheard() {
    let mut engine = engine_that_saw_all_on();
    let off = engine.set_mode(port(3), mode(ModeKind::Off, None), at(1)).unwrap();
    engine.seen(&[done(&off.orders[0])], at(1));
    let auto = engine.set_mode(port(3), mode(ModeKind::Auto, None), at(2)).unwrap();
    assert_eq!(auto.decision.unwrap().verdict, Verdict::Charge);
    assert_eq!(auto.orders[0].power, Power::On);
}

#[test]
fn a_failing_guard_keeps_the_port_and_rests_it_after_three_failures() {
    let mut station = station();
    let policy = Arc::new(Policy { guards: vec![usage("guard")], rules: vec![usage("keep-between")] });
    let mut plan = (*station.ports[&port(1)]).clone();
    plan.care = Arc::new(crate::model::Care { policy, ..(*plan.care).clone() });
    plan.device = Some(device("broken"));
    station.ports.insert(port(1), Arc::new(plan));
    let mut engine = Engine::new(Arc::new(station), rules(), Remembered::default(), at(0));
    engine.seen(&[reading(1, Power::On)], at(0));

    let first = engine.report(&report(1, 10), at(1)).unwrap();
    assert_eq!(codes(&first).iter().filter(|code| **code == "rule_failed").count(), 1);
    assert_eq!(first.decision.unwrap().verdict, Verdict::Keep);
    let second = engine.report(&report(1, 10), at(2)).unwrap();
    assert!(!codes(&second).contains(&"rule_failed"), "told once");
    assert_eq!(second.decision.unwrap().verdict, Verdict::Keep);
    let third = engine.report(&report(1, 10), at(3)).unwrap();
    assert_eq!(third.decision.unwrap().verdict, Verdict::Rest);

    let cool = BatteryReport { temperature: Some(Celsius::new(30.0).unwrap()), ..report(1, 10) };
    let works = engine.report(&cool, at(4)).unwrap();
    assert_eq!(works.decision.unwrap().verdict, Verdict::Charge);
}

#[test]
fn a_device_named_at_run_time_is_found_and_the_last_port_has_the_name() {
    let mut engine = engine_that_saw_all_on();
    let by = Author::Rest(None);
    engine.name_device(port(3), Some(device("Fairphone")), &by, at(1)).unwrap();
    assert_eq!(engine.view().devices.get(&device("Fairphone")), Some(&port(3)));
    engine.name_device(port(2), Some(device("Fairphone")), &by, at(2)).unwrap();
    assert_eq!(engine.view().devices.get(&device("Fairphone")), Some(&port(2)));
    assert_eq!(engine.view().ports.get(&port(3)).unwrap().device(), None);
    engine.name_device(port(2), None, &by, at(3)).unwrap();
    assert_eq!(engine.view().devices.get(&device("tablet")), Some(&port(2)));
}

#[test]
fn another_device_in_a_port_does_not_inherit_the_level() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 85), at(1)).unwrap();
    engine.name_device(port(1), Some(device("other")), &Author::Mqtt, at(2)).unwrap();
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.battery, None);
}
