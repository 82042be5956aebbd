//! What nobody knows is told once, charged, and never switched off but by a person.

use super::things::{again, all_at_home, home, look, places, shows, start, state, told};
use super::world::hub;
use super::*;
use crate::model::{Layer, Safeguard, Verdict};

#[test]
fn an_unknown_device_is_told_once_and_again_after_it_was_away() {
    let mut engine = all_at_home();
    let with = look(&["X1", "Z9", "X3", "-", "Z5"]);
    assert_eq!(told(&engine.seen(&with, seconds(20))), ["unknown Z5 at 5", "unknown Z9 at 2"]);
    assert_eq!(places(&engine), "lamp@4 phone@1 watch@3");
    let mut now = 30;
    for other in ["!", "?", "Z5"] {
        engine.seen(&[shows(5, other)], seconds(now));
        assert_eq!(told(&engine.seen(&with, seconds(now + 4))), Vec::<String>::new(), "{other}");
        now += 10;
    }
    // Power that comes back, and the device has not announced itself yet.
    for what in ["!", "-", "Z5"] {
        assert_eq!(told(&engine.seen(&[shows(5, what)], seconds(now))), Vec::<String>::new());
        now += 4;
    }
    engine.seen(&[shows(5, "-")], seconds(now));
    assert_eq!(told(&engine.seen(&with, seconds(now + 4))), ["unknown Z5 at 5"]);
    for (wait, what) in [(10, "!"), (14, "-"), (60, "Z5")] {
        now += wait;
        let step = engine.seen(&[shows(5, what)], seconds(now));
        assert_eq!(told(&step).len(), usize::from(what == "Z5"), "{what}");
    }
    assert_eq!(told(&engine.seen(&[shows(5, "Z6")], seconds(now + 1))), ["unknown Z6 at 5"]);
    let mut engine = again(&engine, home(), seconds(now + 10));
    assert_eq!(told(&engine.seen(&[shows(5, "Z6")], seconds(now + 11))), Vec::<String>::new());
}

#[test]
fn a_port_whose_device_has_no_serial_number_takes_anything_for_it() {
    let mut engine = all_at_home();
    for serial in ["Z1", "Z2"] {
        assert_eq!(told(&engine.seen(&[shows(4, serial)], seconds(20))), Vec::<String>::new());
        assert_eq!(state(&engine, 4).device(), Some(&device("lamp")));
        assert_eq!(state(&engine, 4).unknown(), None);
        assert!(!state(&engine, 4).device_seen, "it may be any thing");
    }
    assert_eq!(
        told(&engine.seen(&[shows(1, "-"), shows(4, "X1")], seconds(30))),
        ["phone moved from 1 at 4"]
    );
    assert_eq!(told(&engine.seen(&[shows(4, "Z1")], seconds(40))), ["named phone at 1", "named lamp at 4"]);
}

#[test]
fn an_unknown_device_is_charged_where_the_one_before_rested() {
    let mut engine = all_at_home();
    let off = engine.report(&report(2, 85), seconds(10)).unwrap();
    engine.seen(&[done(&off.orders[0])], seconds(11));
    let reading = Seen { power: Some(Power::Off), ..shows(2, "Z9") };
    engine.seen(&[reading], seconds(20));
    let step = engine.tick(seconds(20));
    assert_eq!(
        step.orders.iter().map(|order| (order.port, order.power)).collect::<Vec<_>>(),
        [(port(2), Power::On)]
    );
    let decision = state(&engine, 2).decision.clone().unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Charge, Layer::Safety));
    assert_eq!(
        decision.reason,
        "an unknown device (serial `Z9`) is plugged in: it is charged until somebody names it"
    );
    assert_eq!(state(&engine, 2).memory.battery, None);
}

#[test]
fn no_rule_switches_what_nobody_knows_and_a_person_does() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(20));
    let step = engine.report(&report(5, 95), seconds(30)).unwrap();
    assert!(step.orders.is_empty());
    assert!(state(&engine, 5).memory.battery.is_some(), "the report is taken");
    let decision = step.decision.unwrap();
    assert_eq!((decision.verdict, decision.by), (Verdict::Keep, Layer::Safety));
    assert_eq!(decision.safeguard, Some(Safeguard::DeviceUnknown));
    assert!(
        decision.reason.contains("the port stays as it is until somebody names it"),
        "{}",
        decision.reason
    );
    let off = engine.set_mode(port(5), mode(ModeKind::Off, None), seconds(40)).unwrap();
    assert_eq!(off.orders[0].power, Power::Off);
    engine.seen(&[done(&off.orders[0])], seconds(41));
    assert!(state(&engine, 5).unknown().is_some(), "assumed while it is off");
    let back = engine.set_mode(port(5), mode(ModeKind::Auto, None), seconds(50)).unwrap();
    assert_eq!(back.orders[0].power, Power::On);
    assert_eq!(back.decision.unwrap().by, Layer::Safety);
}

#[test]
fn what_one_unknown_device_said_is_not_said_by_the_next() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(20));
    engine.report(&report(5, 95), seconds(30)).unwrap();
    engine.seen(&[shows(5, "Z6")], seconds(40));
    assert_eq!(state(&engine, 5).memory.battery, None);
}

#[test]
fn an_unknown_device_that_is_plugged_in_elsewhere_frees_its_port() {
    let mut engine = all_at_home();
    engine.seen(&[shows(2, "Z9")], seconds(20));
    engine.seen(&[shows(2, "-")], seconds(30));
    assert_eq!(state(&engine, 2).device(), None, "an empty port proves nothing");
    let step = engine.seen(&[shows(5, "Z9")], seconds(40));
    assert_eq!(told(&step), ["named tablet at 2", "unknown Z9 at 5"]);
}

#[test]
fn a_serial_number_in_a_file_without_a_name_is_not_unknown_in_its_port() {
    let mut nameless = home();
    let mut plan = (*nameless.ports[&port(5)]).clone();
    plan.serial = Some("X5".to_owned());
    nameless.ports.insert(port(5), Arc::new(plan));
    let mut engine = start(nameless);
    assert_eq!(told(&engine.seen(&[shows(5, "X5")], seconds(1))), Vec::<String>::new());
    assert_eq!(state(&engine, 5).unknown(), None);
}

#[test]
fn what_comes_with_the_power_of_a_hub_that_was_away_is_not_switched_off_for_the_one_before() {
    for what in ["Z9", "X3"] {
        let mut engine = all_at_home();
        let off = engine.report(&report(2, 85), seconds(10)).unwrap();
        engine.seen(&[done(&off.orders[0])], seconds(11));
        let away = |number| Seen::new(port(number), None, None, Some(SwitchProblem::HubMissing(hub("5-2"))));
        engine.seen(&[1, 2, 3, 4, 5].map(away), seconds(300));
        let back = engine.seen(&look(&["X1", what, "-", "-", "-"]), seconds(400));
        assert!(back.orders.is_empty(), "{what}: {:?}", back.orders);
        let after = engine.tick(seconds(400));
        assert!(after.orders.is_empty(), "{what}: {:?}", after.orders);
        assert_eq!(state(&engine, 2).memory.wanted, Some(Power::On), "{what}");
    }
}

#[test]
fn the_same_serial_number_in_two_ports_is_told_in_words_of_its_own() {
    let mut engine = all_at_home();
    let said = |step: &Step| {
        let words = |event: &crate::model::Event| match &event.kind {
            crate::model::EventKind::DeviceUnknown { name, .. } => Some(name.clone()),
            _ => None,
        };
        step.events.iter().filter_map(words).collect::<Vec<_>>()
    };
    let known = engine.seen(&look(&["X1", "X2", "X3", "-", "X1"]), seconds(20));
    assert_eq!(said(&known), ["Some phone (the same serial number is in port 1)"]);
    let unknown = engine.seen(&look(&["X1", "X2", "X3", "-", "Z1"]), seconds(30));
    assert_eq!(said(&unknown), ["Some phone"]);
}
