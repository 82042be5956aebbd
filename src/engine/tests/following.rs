//! Devices follow their serial numbers, whatever the order in which that is seen.

use super::things::{
    again, all_at_home, at_home, home, look, name, places, plugged, shows, start, state, told,
};
use super::*;
use crate::model::{Plugged, Thing};

const NOBODY_MOVED: &str = "lamp@4 phone@1 tablet@2 watch@3";

#[test]
fn a_device_at_its_own_port_is_seen_and_nothing_is_told() {
    let engine = all_at_home();
    assert_eq!(places(&engine), NOBODY_MOVED);
    assert_eq!([1, 2, 3, 4, 5].map(|n| state(&engine, n).device_seen), [true, true, true, false, false]);
}

#[test]
fn a_device_that_is_plugged_in_elsewhere_takes_all_that_is_its_own_along() {
    let mut engine = all_at_home();
    engine.report(&report(1, 50), seconds(10)).unwrap();
    engine.report(&report(5, 33), seconds(10)).unwrap();
    let before = state(&engine, 1).memory.clone();
    let step = engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(20));
    assert_eq!(told(&step), ["phone moved from 1 at 5"]);
    assert_eq!(places(&engine), "lamp@4 phone@5 tablet@2 watch@3");
    let (old, new) = (state(&engine, 1), state(&engine, 5));
    assert_eq!((old.device(), &old.memory.battery, &old.memory.thing), (None, &None, &None));
    assert_eq!((&new.memory.battery, &new.memory.level), (&before.battery, &before.level));
    assert_eq!((new.memory.heard_at, new.device_seen), (Some(seconds(10)), true));
    assert_eq!(new.care().tags, ["phone"]);
    let decision = engine.report(&report(5, 85), seconds(30)).unwrap().decision.unwrap();
    let facts = decision.facts.as_ref().unwrap();
    assert_eq!((facts.device.name.as_str(), facts.device.tags[0].as_str()), ("phone", "phone"));
}

#[test]
fn the_way_home_is_the_same() {
    let mut engine = all_at_home();
    engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(20));
    engine.report(&report(5, 50), seconds(25)).unwrap();
    let step = engine.seen(&at_home(), seconds(30));
    assert_eq!(told(&step), ["phone moved from 5 at 1"]);
    assert_eq!(places(&engine), NOBODY_MOVED);
    assert!(state(&engine, 1).memory.battery.is_some());
    assert_eq!(state(&engine, 5).care().tags, Vec::<String>::new());
}

#[test]
fn who_is_displaced_is_nowhere_until_its_port_is_free_again() {
    let mut engine = all_at_home();
    engine.report(&report(2, 44), seconds(10)).unwrap();
    let step = engine.seen(&look(&["-", "X1", "X3", "-", "-"]), seconds(20));
    assert_eq!(told(&step), ["phone moved from 1 at 2"]);
    assert_eq!(places(&engine), "lamp@4 phone@2 watch@3");
    assert_eq!(state(&engine, 2).memory.battery, None, "nobody inherits a level");
    let step = engine.seen(&look(&["X1", "-", "X3", "-", "-"]), seconds(30));
    assert_eq!(told(&step), ["phone moved from 2 at 1", "named tablet at 2"]);
    assert_eq!(places(&engine), NOBODY_MOVED);
    assert!(!state(&engine, 2).device_seen, "assumed");
    assert_eq!(state(&engine, 2).memory.battery.as_ref().unwrap().level.percent(), 44);
}

#[test]
fn devices_that_change_places_come_out_right_in_any_order_of_ports() {
    let swapped = look(&["X2", "X1", "X3", "-", "-"]);
    let round = look(&["X3", "X1", "X2", "-", "-"]);
    for (reading, count) in [(swapped, 2), (round, 3)] {
        for backwards in [false, true] {
            let mut engine = all_at_home();
            for (number, level) in [(1, 41), (2, 42), (3, 43)] {
                engine.report(&report(number, level), seconds(10)).unwrap();
            }
            let mut reading = reading.clone();
            if backwards {
                reading.reverse();
            }
            let step = engine.seen(&reading, seconds(20));
            assert_eq!(told(&step).len(), count, "{:?}", told(&step));
            for one in &reading[..] {
                let Some(serial) = one.plugged.serial() else { continue };
                let port = engine.view().ports.get(&one.port).unwrap();
                let number: i64 = serial[1..].parse().unwrap();
                let name = ["phone", "tablet", "watch"][usize::try_from(number).unwrap() - 1];
                assert_eq!(port.device(), Some(&device(name)));
                let level = port.memory.battery.as_ref().unwrap().level;
                assert_eq!(i64::from(level.percent()), 40 + number);
                assert_eq!(port.care().tags, [name]);
            }
            assert_eq!(told(&engine.seen(&at_home(), seconds(30))).len(), count);
            assert_eq!(places(&engine), NOBODY_MOVED);
        }
    }
}

#[test]
fn a_swap_that_takes_two_readings_is_two_moves() {
    let mut engine = all_at_home();
    engine.report(&report(2, 44), seconds(10)).unwrap();
    let first = engine.seen(&look(&["-", "X1", "X3", "-", "-"]), seconds(20));
    let second = engine.seen(&look(&["X2", "X1", "X3", "-", "-"]), seconds(30));
    assert_eq!(told(&first), ["phone moved from 1 at 2"]);
    assert_eq!(told(&second), ["tablet moved from 2 at 1"]);
    assert_eq!(state(&engine, 1).memory.battery.as_ref().unwrap().level.percent(), 44);
}

#[test]
fn an_answer_to_an_order_that_shows_a_device_waits_for_the_next_reading() {
    let mut engine = all_at_home();
    let off = engine.set_mode(port(5), mode(ModeKind::Off, None), seconds(10)).unwrap();
    let answer = |order: &Order, what: &str| Seen { plugged: plugged(what), ..done(order) };
    engine.seen(&[answer(&off.orders[0], "!")], seconds(11));
    let on = engine.set_mode(port(5), mode(ModeKind::On, None), seconds(20)).unwrap();
    let step = engine.seen(&[answer(&on.orders[0], "X1")], seconds(21));
    assert_eq!(told(&step), Vec::<String>::new(), "port 1 was not looked at since");
    assert_eq!(places(&engine), NOBODY_MOVED);
    let step = engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(25));
    assert_eq!(told(&step), ["phone moved from 1 at 5"]);
}

#[test]
fn a_serial_number_in_two_ports_at_once_does_not_flap() {
    let mut engine = all_at_home();
    let both = look(&["X1", "X2", "X3", "-", "X1"]);
    assert_eq!(told(&engine.seen(&both, seconds(20))), ["unknown X1 at 5"]);
    let mut now = 30;
    for ports in [["!", "X2", "X3", "-", "X1"], ["-", "X2", "X3", "-", "X1"], ["X1", "X2", "X3", "-", "!"]] {
        for reading in [look(&ports), both.clone()] {
            assert_eq!(told(&engine.seen(&reading, seconds(now))), Vec::<String>::new(), "{ports:?}");
            assert_eq!(places(&engine), NOBODY_MOVED, "{ports:?}");
            now += 4;
        }
    }
    // Somebody else in its place proves that it is gone from there.
    let step = engine.seen(&look(&["X2", "-", "X3", "-", "X1"]), seconds(now));
    assert_eq!(told(&step), ["tablet moved from 2 at 1", "phone moved from 1 at 5"]);
}

#[test]
fn a_serial_number_in_two_ports_is_in_one_when_the_other_shows_nothing_for_a_while() {
    let mut engine = all_at_home();
    engine.seen(&look(&["X1", "X2", "X3", "-", "X1"]), seconds(20));
    let alone = look(&["-", "X2", "X3", "-", "X1"]);
    for second in [30, 39] {
        assert_eq!(told(&engine.seen(&alone, seconds(second))), Vec::<String>::new());
    }
    assert_eq!(told(&engine.seen(&alone, seconds(41))), ["phone moved from 1 at 5"]);
    assert_eq!(told(&engine.seen(&at_home(), seconds(60))), ["phone moved from 5 at 1"], "as anybody else");
}

#[test]
fn a_report_that_waited_while_its_device_was_moved_goes_with_the_device() {
    let mut engine = all_at_home();
    let waiting = BatteryReport { device: Some(device("phone")), ..report(1, 90) };
    engine.seen(&look(&["X2", "-", "X3", "-", "X1"]), seconds(20));
    let step = engine.report(&waiting, seconds(21)).unwrap();
    assert_eq!(step.decision.unwrap().port, port(5));
    assert_eq!(state(&engine, 5).memory.battery.as_ref().unwrap().level.percent(), 90);
    assert_eq!(state(&engine, 1).memory.battery, None, "the tablet has said nothing");
    engine.seen(&look(&["X2", "-", "X3", "-", "Z5"]), seconds(30));
    let nowhere = engine.report(&waiting, seconds(31)).unwrap_err();
    assert_eq!(nowhere, crate::model::ReportRejected::UnknownDevice(device("phone")));
}

#[test]
fn nothing_not_shown_and_things_without_numbers_prove_nothing() {
    let mut engine = all_at_home();
    for what in ["-", "!", "?"] {
        let step = engine.seen(&[shows(1, what)], seconds(20));
        assert_eq!(told(&step), Vec::<String>::new());
        assert_eq!(places(&engine), NOBODY_MOVED);
        assert!(!state(&engine, 1).device_seen, "{what}");
        assert_eq!(state(&engine, 1).memory.thing.as_ref().unwrap().serial.as_deref(), Some("X1"));
    }
    assert_eq!(state(&engine, 1).thing().unwrap().serial, None, "what is plugged in is told as it is");
    engine.seen(&[shows(1, "X1")], seconds(30));
    assert!(state(&engine, 1).device_seen);
}

#[test]
fn a_port_that_was_off_for_the_one_before_gets_its_power_for_the_one_that_comes() {
    let mut engine = all_at_home();
    engine.report(&report(1, 50), seconds(10)).unwrap();
    let off = engine.report(&report(2, 85), seconds(10)).unwrap();
    engine.seen(&[done(&off.orders[0])], seconds(11));
    let step = engine.seen(&look(&["-", "X1", "X3", "-", "-"]), seconds(600));
    assert_eq!(told(&step), ["phone moved from 1 at 2"]);
    let port = state(&engine, 2);
    assert_eq!(port.memory.wanted, Some(Power::On));
    assert_eq!(port.memory.because, "`phone` was plugged in here");
    assert_eq!(port.due, seconds(600), "its own rules are asked at once");
}

#[test]
fn a_restart_remembers_who_is_where_and_what_was_plugged_in() {
    let mut engine = all_at_home();
    engine.seen(&look(&["-", "X1", "X9", "-", "X3"]), seconds(20));
    let before = places(&engine);
    assert_eq!(before, "lamp@4 phone@2 watch@5");
    let mut engine = again(&engine, home(), seconds(100));
    assert_eq!(places(&engine), before);
    assert_eq!(state(&engine, 2).care().tags, ["phone"]);
    assert_eq!(state(&engine, 3).unknown().unwrap().serial.as_deref(), Some("X9"));
    assert!(!state(&engine, 2).device_seen);
    let step = engine.seen(&look(&["-", "X1", "X9", "-", "X3"]), seconds(101));
    assert_eq!(told(&step), Vec::<String>::new());
    let step = engine.seen(&look(&["X1", "X2", "X3", "-", "-"]), seconds(110));
    assert_eq!(told(&step).len(), 3, "{:?}", told(&step));
}

#[test]
fn the_first_reading_after_a_start_may_already_show_a_move() {
    let mut engine = start(home());
    let step = engine.seen(&look(&["X2", "X1", "X3", "-", "-"]), seconds(1));
    assert_eq!(told(&step), ["tablet moved from 2 at 1", "phone moved from 1 at 2"]);
}

#[test]
fn new_files_apply_to_devices_wherever_they_are() {
    let mut engine = all_at_home();
    engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(20));
    let mut changed = home();
    let mut plan = (*changed.ports[&port(1)]).clone();
    plan.care = Arc::new(crate::model::Care { tags: vec!["new".to_owned()], ..(*plan.care).clone() });
    changed.ports.insert(port(1), Arc::new(plan));
    assert_eq!(told(&engine.reload(Arc::new(changed.clone()), rules(), seconds(30))), Vec::<String>::new());
    assert_eq!(state(&engine, 5).care().tags, ["new"]);
    // The port that the file gave it goes: nobody knows the device any more, and it is told so.
    changed.ports.remove(&port(1));
    let step = engine.reload(Arc::new(changed), rules(), seconds(40));
    assert_eq!(told(&step), ["named nobody at 5", "unknown X1 at 5"]);
    let step = engine.reload(Arc::new(home()), rules(), seconds(50));
    assert_eq!(places(&engine), "lamp@4 phone@5 tablet@2 watch@3");
    assert_eq!(told(&step).len(), 1, "{:?}", told(&step));
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_anybody() {
    let mut engine = all_at_home();
    engine.report(&report(1, 50), seconds(1000)).unwrap();
    engine.seen(&look(&["-", "X1", "X3", "-", "-"]), seconds(1000));
    let step = engine.seen(&look(&["X1", "X2", "X3", "-", "-"]), seconds(10));
    assert_eq!(told(&step).len(), 2, "{:?}", told(&step));
    let memory = &state(&engine, 1).memory;
    assert!(memory.heard_at <= Some(seconds(10)), "{memory:?}");
    name(&mut engine, 1, None);
    assert_eq!(places(&engine), NOBODY_MOVED);
}

#[test]
fn who_was_seen_at_the_old_socket_of_a_port_is_not_at_the_new_one() {
    let mut engine = all_at_home();
    engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(20));
    assert_eq!(places(&engine), "lamp@4 phone@5 tablet@2 watch@3");
    let mut moved = home();
    let mut plan = (*moved.ports[&port(5)]).clone();
    plan.socket = Socket::new(HubLocation::new("5-2.4").unwrap(), 1).unwrap();
    moved.ports.insert(port(5), Arc::new(plan));
    engine.reload(Arc::new(moved), rules(), seconds(30));
    assert_eq!(state(&engine, 5).device(), None);
    assert_eq!(places(&engine), NOBODY_MOVED);
}

#[test]
fn a_short_serial_number_is_known_at_the_end_of_a_name() {
    let mut engine = start(home());
    engine.seen(&look(&["X1", "X2", "X3", "-", "-"]), seconds(0));
    let named = |name: &str| {
        let thing = Thing { id: "04e8:6860".parse().unwrap(), serial: None, name: name.to_owned() };
        Seen { plugged: Plugged::Thing(Arc::new(thing)), ..reading(5, Power::On) }
    };
    let mut moved = look(&["-", "X2", "X3", "-"]);
    moved.push(named("SAMSUNG SAMSUNG_Android X9"));
    engine.seen(&moved, seconds(20));
    assert_eq!(engine.view().devices.get("phone"), Some(&port(1)), "nobody has X9");
    moved.pop();
    moved.push(named("SAMSUNG SAMSUNG_Android X1"));
    let step = engine.seen(&moved, seconds(40));
    assert!(codes(&step).contains(&"device_moved"));
    assert_eq!(engine.view().devices.get("phone"), Some(&port(5)));
}
