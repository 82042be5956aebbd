//! Off must be off, on must be on: the hub's word against the device's reports.

use super::world::{Way, World};
use super::*;
use crate::model::FaultKind::{NotCharging, PowerLeak};

/// Port 1 resting at 85 %, off since now.
fn off() -> World {
    let mut world = World::new();
    world.report(1, 85, Some(true));
    assert_eq!(world.port(1).actual, Some(Power::Off));
    world.forget();
    world
}

/// Port 1 resting, and its device goes on charging: found out.
fn leaking() -> World {
    let mut world = off();
    world.wait(200);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
    world
}

#[test]
fn a_device_that_charges_long_after_off_is_told_once() {
    let mut world = leaking();
    assert_eq!((world.told(1, "power_leak"), world.engine.view().counts.leaked), (1, 1));
    for _ in 0..20 {
        world.wait(300);
        world.report(1, 86, Some(true));
    }
    assert_eq!((world.told(1, "power_leak"), world.engine.view().counts.leaked), (1, 1));
    let told = world.last("power_leak");
    assert!(told.contains("`phone` goes on charging (at 85%): the hub does not cut the power"), "{told}");
}

#[test]
fn what_is_seen_of_a_leaking_port_is_the_truth() {
    let mut world = leaking();
    assert_eq!(world.port(1).actual, Some(Power::Off), "what the hub shows stays what it shows");
    assert!(world.port(1).has_power());
    assert_eq!(world.engine.view().ports_on, 3);
    let known = world.port(1).decision.clone().unwrap();
    assert!(known.reason.ends_with(", but the hub does not cut the power: the device goes on charging"));
    let reason = world.report(1, 85, Some(true));
    let why = "85% is at or over 80%, but the hub does not cut the power: the device goes on charging";
    assert_eq!(reason, why);
    let facts = world.port(1).decision.as_ref().unwrap().facts.clone().unwrap();
    assert_eq!((facts.port.on, facts.port.since, facts.station.ports_on), (true, None, 3));
    assert!(!world.port(1).memory.because.contains("but"), "said once, not again inside of other reasons");
}

#[test]
fn a_device_that_stops_charging_after_off_is_as_it_should_be() {
    let mut world = off();
    for _ in 0..10 {
        world.wait(300);
        let reason = world.report(1, 84, Some(false));
        assert_eq!(reason, "84% is at or over 80%");
    }
    assert_eq!((world.fault(1), world.told(1, "power_leak")), (None, 0));
}

#[test]
fn nothing_is_proved_before_the_time_is_over() {
    let mut world = off();
    world.wait(179);
    world.report(1, 85, Some(true));
    world.wait(60);
    assert_eq!(world.fault(1), None);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
}

#[test]
fn a_report_from_before_the_switch_says_nothing() {
    let mut world = World::new();
    world.wait(60);
    world.mode(1, ModeKind::Off);
    world.wait(600);
    let before = Some(seconds(59));
    world.report_measured(1, 85, Some(true), before);
    world.wait(600);
    assert_eq!((world.fault(1), world.told(1, "power_leak")), (None, 0));
}

#[test]
fn a_port_in_an_unknown_state_proves_nothing() {
    let mut world = off();
    world.wait(100);
    world.set(1, Way::Hangs);
    world.wait(200);
    assert_eq!(world.port(1).actual, None);
    world.report(1, 85, Some(true));
    world.wait(120);
    assert_eq!(world.fault(1), None);
}

#[test]
fn a_gap_in_the_readings_does_not_begin_the_time_anew() {
    let mut world = off();
    world.wait(30);
    world.set(1, Way::Hangs);
    world.wait(120);
    world.set(1, Way::Obeys);
    world.wait(61);
    assert_eq!(world.port(1).actual, Some(Power::Off));
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak), "211 seconds after the switch, 61 after the gap at most");
}

#[test]
fn a_restart_remembers_how_long_the_port_has_been_off() {
    let mut world = off();
    world.wait(170);
    world.restart();
    world.wait(15);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
}

#[test]
fn a_report_from_before_the_start_of_the_service_says_nothing() {
    let mut world = off();
    world.wait(300);
    world.restart();
    world.wait(15);
    world.report_measured(1, 85, Some(true), Some(seconds(250)));
    world.wait(5);
    assert_eq!(world.fault(1), None, "nobody looked at the hub then");
}

#[test]
fn a_port_that_was_switched_on_by_the_stop_counts_from_the_next_switch() {
    let mut world = off();
    world.wait(170);
    world.switch(1, Power::On);
    world.restart();
    world.wait(100);
    assert_eq!(world.port(1).actual, Some(Power::Off));
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), None);
}

#[test]
fn a_port_that_somebody_switched_meanwhile_is_no_leak() {
    let mut world = off();
    world.wait(300);
    world.switch(1, Power::On);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!((world.fault(1), world.told(1, "power_leak"), world.told(1, "drift")), (None, 0, 1));
}

#[test]
fn a_device_that_is_faster_than_the_hubs_answer_is_no_leak() {
    let mut world = off();
    world.wait(300);
    let step = world.engine.report(&report(1, 15), world.now).unwrap();
    assert_eq!(step.orders[0].power, Power::On);
    world.report(1, 15, Some(true));
    let answer = world.engine.seen(&[done(&step.orders[0])], world.now);
    world.act(answer);
    world.wait(60);
    assert_eq!((world.fault(1), world.told(1, "power_leak")), (None, 0));
}

#[test]
fn without_a_word_on_charging_three_points_more_prove_a_leak() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait(200);
    for level in [86, 87] {
        world.report(1, level, None);
        world.wait(60);
        assert_eq!(world.fault(1), None, "{level}");
    }
    world.report(1, 88, None);
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
    world.report(1, 87, None);
    assert_eq!(world.fault(1), Some(PowerLeak), "a point less may be rounding");
    world.report(1, 86, None);
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
}

#[test]
fn the_level_at_the_switch_is_not_that_of_an_old_report() {
    let mut world = World::new();
    world.report(1, 70, None);
    world.wait(1200);
    world.mode(1, ModeKind::Off);
    world.wait(200);
    world.report(1, 79, None);
    world.wait(60);
    assert_eq!(world.fault(1), None, "it had charged for twenty minutes after that report");
    world.report(1, 82, None);
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
}

#[test]
fn a_device_that_does_not_charge_long_after_on_is_told_once() {
    let mut world = World::new();
    world.wait(200);
    for _ in 0..3 {
        world.report(2, 47, Some(false));
        world.wait(60);
    }
    assert_eq!((world.fault(2), world.told(2, "not_charging")), (Some(NotCharging), 1));
    assert_eq!(world.engine.view().counts.not_charging, 1);
    let told = world.last("not_charging");
    assert!(told.contains("`tablet` does not charge (at 47%): try another cable"), "{told}");
    let reason = world.report(2, 15, Some(false));
    assert!(reason.starts_with("15% is at or under 20% (the level jumped from 47%"), "{reason}");
    assert!(reason.ends_with("), but the device does not charge"), "{reason}");
}

#[test]
fn three_points_less_prove_that_it_does_not_charge() {
    let mut world = World::new();
    world.report(2, 50, None);
    world.wait(200);
    world.report(2, 48, None);
    world.wait(5);
    assert_eq!(world.fault(2), None);
    world.report(2, 47, None);
    world.wait(5);
    assert_eq!(world.fault(2), Some(NotCharging));
}

#[test]
fn a_full_device_is_told_in_other_words() {
    let mut world = World::new();
    world.mode(2, ModeKind::On);
    world.wait(200);
    world.report(2, 98, Some(false));
    world.wait(5);
    let told = world.last("not_charging");
    assert!(told.contains("does not charge: it is full (at 98%). Nothing is broken"), "{told}");
    assert!(world.report(2, 99, Some(false)).ends_with(", but the device does not charge: it is full"));
}

#[test]
fn a_full_device_that_trickles_is_told_once_until_the_port_is_switched() {
    let mut world = World::new();
    world.mode(2, ModeKind::On);
    for turn in 0..20 {
        world.wait(300);
        world.report(2, 98 + turn % 3, Some(turn % 2 == 1));
        world.wait(5);
    }
    assert_eq!((world.told(2, "not_charging"), world.told(2, "fault_over")), (1, 1));
    world.report(2, 60, Some(false));
    world.wait(5);
    assert_eq!(world.told(2, "not_charging"), 2, "it is not full any more");
    world.mode(2, ModeKind::Off);
    world.mode(2, ModeKind::On);
    world.wait(300);
    world.report(2, 99, Some(false));
    world.wait(5);
    assert_eq!(world.told(2, "not_charging"), 3);
}

#[test]
fn a_fault_is_over_when_a_report_fits() {
    let mut world = leaking();
    let reason = world.report(1, 85, Some(false));
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
    assert_eq!(reason, "85% is at or over 80%");
    assert_eq!(world.engine.view().ports_on, 2);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!((world.told(1, "power_leak"), world.engine.view().counts.leaked), (2, 2), "another case");
}

#[test]
fn a_fault_is_over_when_the_port_is_switched_the_other_way() {
    let mut world = leaking();
    world.mode(1, ModeKind::On);
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
    assert_eq!(world.engine.view().ports_on, 3);
}

#[test]
fn a_fault_is_over_when_another_device_is_in_the_port_and_that_one_has_the_whole_time() {
    let mut world = leaking();
    let step = world.engine.name_device(port(1), Some(device("other")), &Author::Mqtt, world.now).unwrap();
    world.act(step);
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
    world.mode(1, ModeKind::Off);
    world.wait(60);
    world.report(1, 60, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), None);
    world.wait(180);
    world.report(1, 60, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
}

#[test]
fn a_fault_is_over_when_another_serial_number_shows_up() {
    let mut world = leaking();
    let thing = |serial: &str| crate::model::Thing {
        id: "18d1:4ee7".parse().unwrap(),
        serial: Some(serial.to_owned()),
        name: String::new(),
    };
    world.engine.change(port(1), |port| port.memory.thing = Some(Arc::new(thing("A"))));
    world.wait(60);
    assert_eq!(world.fault(1), Some(PowerLeak), "a number that was not known before is no other device");
    world.engine.change(port(1), |port| port.memory.thing = Some(Arc::new(thing("B"))));
    world.wait(60);
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
}

#[test]
fn a_reload_keeps_a_fault_and_another_socket_ends_it() {
    let mut world = leaking();
    world.reload(station());
    world.wait(120);
    assert_eq!((world.fault(1), world.told(1, "power_leak")), (Some(PowerLeak), 1));
    let mut moved = station();
    let mut plan = (*moved.ports[&port(1)]).clone();
    plan.socket = Socket::new(HubLocation::new("5-2.4").unwrap(), 1).unwrap();
    moved.ports.insert(port(1), Arc::new(plan));
    world.reload(moved);
    world.wait(1);
    assert_eq!((world.fault(1), world.told(1, "fault_over")), (None, 1));
}

#[test]
fn a_clock_that_is_set_back_delays_the_proof_and_no_more() {
    let mut world = off();
    world.wait(400);
    world.set_clock(seconds(-86_400));
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), None);
    world.wait(200);
    world.report(1, 85, Some(true));
    world.wait(5);
    assert_eq!(world.fault(1), Some(PowerLeak));
}

#[test]
fn many_reports_ask_for_few_readings() {
    let mut world = off();
    world.wait(300);
    world.set(1, Way::Hangs);
    world.wait(61);
    world.forget();
    for n in 0..1000 {
        world.report(1, 85, Some(n % 2 == 0));
    }
    assert_eq!(world.readings, 0);
    world.set(1, Way::Obeys);
    world.wait(61);
    world.forget();
    for n in 0..1000 {
        world.report(1, 85, Some(n % 2 == 0));
        world.engine.tick(world.now);
    }
    world.wait(4);
    assert!(world.readings <= 2, "{} in four seconds", world.readings);
}
