//! Names given at run time are bound to serial numbers where the hub shows them.

use super::super::NotNamed;
use super::things::{again, all_at_home, home, look, name, places, shows, state, told};
use super::*;

#[test]
fn a_name_is_bound_to_the_serial_number_and_follows_it_over_a_restart() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(1));
    assert_eq!(told(&name(&mut engine, 5, Some("guest"))), ["named guest at 5"]);
    assert!(state(&engine, 5).device_seen);
    assert_eq!(told(&engine.seen(&[shows(5, "Z6")], seconds(10))), ["unknown Z6 at 5"]);
    assert_eq!(places(&engine), "lamp@4 phone@1 tablet@2 watch@3");
    let step = name(&mut engine, 5, Some("second"));
    assert_eq!(told(&step), ["named second at 5"]);
    let mut engine = again(&engine, home(), seconds(20));
    let step = engine.seen(&look(&["-", "X2", "Z5", "-", "Z6"]), seconds(21));
    assert_eq!(told(&step), ["named guest at 3"]);
    let step = engine.seen(&look(&["Z6", "X2", "-", "-", "Z5"]), seconds(30));
    assert_eq!(told(&step), ["second moved from 5 at 1", "named watch at 3", "guest moved from 3 at 5"]);
    assert_eq!(places(&engine), "guest@5 lamp@4 second@1 tablet@2 watch@3");
}

#[test]
fn a_name_of_the_file_brings_the_care_of_the_file() {
    let mut engine = all_at_home();
    name(&mut engine, 5, Some("lamp"));
    assert_eq!(places(&engine), "lamp@5 phone@1 tablet@2 watch@3");
    assert_eq!(state(&engine, 5).care().tags, ["lamp"]);
    assert_eq!(state(&engine, 4).device(), None);
    name(&mut engine, 5, None);
    assert_eq!(state(&engine, 5).care().tags, Vec::<String>::new());
    assert_eq!(state(&engine, 4).device(), Some(&device("lamp")));
}

#[test]
fn another_thing_with_the_name_of_one_in_the_file_takes_its_place() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(1));
    let step = name(&mut engine, 5, Some("phone"));
    assert_eq!(told(&step), ["named nobody at 1", "named phone at 5", "unknown X1 at 1"]);
    assert_eq!(state(&engine, 5).care().tags, ["phone"]);
    assert_eq!(
        told(&name(&mut engine, 5, None)),
        ["named phone at 1", "named nobody at 5", "unknown Z5 at 5"]
    );
    assert!(state(&engine, 1).device_seen);
}

#[test]
fn nobody_can_name_a_device_away_from_where_the_hub_shows_it() {
    let mut engine = all_at_home();
    let refused = engine.name_device(port(5), Some(device("phone")), &Author::Mqtt, seconds(1)).unwrap_err();
    assert_eq!(refused, NotNamed::ShownElsewhere { device: device("phone"), port: port(1) });
    let nowhere = engine.name_device(port(9), None, &Author::Mqtt, seconds(1)).unwrap_err();
    assert_eq!(nowhere, NotNamed::UnknownPort);
    assert_eq!(places(&engine), "lamp@4 phone@1 tablet@2 watch@3");
    assert_eq!(state(&engine, 5).device(), None);
}

#[test]
fn a_port_that_is_off_is_named_by_what_it_showed_last() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(1));
    engine.seen(&[shows(5, "!")], seconds(2));
    name(&mut engine, 5, Some("guest"));
    assert_eq!(
        told(&engine.seen(&[shows(5, "-"), shows(3, "Z5")], seconds(10))),
        ["guest moved from 5 at 3"]
    );
}

#[test]
fn another_name_for_a_port_that_is_off_is_none_for_who_was_there_before() {
    let mut engine = all_at_home();
    engine.seen(&[shows(1, "!")], seconds(2));
    name(&mut engine, 1, Some("guest"));
    assert_eq!(state(&engine, 1).memory.thing, None);
    assert_eq!(told(&engine.seen(&[shows(5, "X1")], seconds(10))), ["named phone at 5"]);
    assert_eq!(places(&engine), "guest@1 lamp@4 phone@5 tablet@2 watch@3");
    // The name that is there already, and none at all, are about the one that was there.
    engine.seen(&[shows(3, "Z3")], seconds(20));
    name(&mut engine, 3, Some("third"));
    engine.seen(&[shows(3, "!")], seconds(21));
    for again in [Some("third"), None] {
        let before = state(&engine, 3).memory.bound.len();
        name(&mut engine, 3, again);
        assert_eq!(state(&engine, 3).memory.bound.len(), before - usize::from(again.is_none()));
    }
}

#[test]
fn a_serial_number_that_two_ports_show_is_bound_to_no_name() {
    let mut engine = all_at_home();
    engine.seen(&look(&["X1", "X2", "X3", "Z5", "Z5"]), seconds(1));
    name(&mut engine, 5, Some("twin"));
    name(&mut engine, 4, Some("other twin"));
    assert!(state(&engine, 5).memory.bound.is_empty() && state(&engine, 4).memory.bound.is_empty());
    assert_eq!(places(&engine), "other twin@4 phone@1 tablet@2 twin@5 watch@3");
}

#[test]
fn an_empty_port_is_named_without_a_serial_number() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(1));
    engine.seen(&[shows(5, "-")], seconds(2));
    name(&mut engine, 5, Some("charger"));
    assert_eq!(told(&engine.seen(&[shows(5, "Z6")], seconds(10))), Vec::<String>::new(), "any thing is it");
    assert_eq!(told(&engine.seen(&[shows(3, "Z5")], seconds(20))), ["unknown Z5 at 3"]);
    assert_eq!(state(&engine, 5).device(), Some(&device("charger")));
}

#[test]
fn a_name_without_a_serial_number_waits_while_a_visitor_is_there() {
    let mut engine = all_at_home();
    name(&mut engine, 5, Some("charger"));
    engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(10));
    assert_eq!(places(&engine), "lamp@4 phone@5 tablet@2 watch@3");
    let step = engine.seen(&look(&["X1", "X2", "X3", "-", "-"]), seconds(20));
    assert_eq!(told(&step), ["phone moved from 5 at 1", "named charger at 5"]);
}

#[test]
fn naming_again_and_again_does_not_fill_the_memory() {
    let mut engine = all_at_home();
    for number in 0..200 {
        engine.seen(&[shows(5, &format!("Z{number}"))], seconds(number));
        name(&mut engine, 5, Some(&format!("guest-{number}")));
    }
    assert_eq!(state(&engine, 5).memory.bound.len(), 64);
    assert_eq!(state(&engine, 5).device(), Some(&device("guest-199")));
}

#[test]
fn a_name_that_came_to_another_port_meanwhile_does_not_come_back_with_its_old_port() {
    let mut engine = all_at_home();
    name(&mut engine, 5, Some("guest"));
    let mut smaller = home();
    smaller.ports.remove(&port(5));
    engine.reload(Arc::new(smaller), rules(), seconds(2));
    name(&mut engine, 4, Some("guest"));
    engine.reload(Arc::new(home()), rules(), seconds(3));
    assert_eq!(places(&engine), "guest@4 phone@1 tablet@2 watch@3");
    assert_eq!(state(&engine, 5).device(), None);
}

#[test]
fn a_name_bound_in_a_port_that_is_gone_is_known_after_a_restart() {
    let mut engine = all_at_home();
    engine.seen(&[shows(5, "Z5")], seconds(1));
    name(&mut engine, 5, Some("guest"));
    let mut smaller = home();
    smaller.ports.remove(&port(5));
    let mut engine = again(&engine, smaller, seconds(10));
    engine.seen(&[shows(4, "Z5")], seconds(11));
    assert_eq!(state(&engine, 4).device(), Some(&device("guest")));
}
