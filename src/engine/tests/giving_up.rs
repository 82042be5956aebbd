//! Tried a bounded number of times with pauses, then one alarm, then once an hour, and never for good.

use super::world::{Way, World};
use super::*;

/// Port 1 cannot be switched off, and that was told.
fn given_up(way: Way) -> World {
    let mut world = World::new();
    world.set(1, way);
    world.report(1, 85, None);
    world.wait(600);
    assert!(world.port(1).alarm.is_some());
    world
}

/// A device that goes on reporting, for days, so that it never falls silent.
fn days(world: &mut World, days: i64) {
    for _ in 0..days * 48 {
        world.report(1, 85, None);
        world.wait(1800);
    }
}

#[test]
fn after_five_failures_there_is_one_alarm() {
    let world = given_up(Way::Stuck);
    assert_eq!((world.ordered(1), world.told(1, "switch_failed"), world.told(1, "alarm")), (5, 5, 1));
    let times: Vec<i64> =
        world.orders.iter().map(|(at, _)| at.duration_since(seconds(0)).as_secs()).collect();
    assert_eq!(times, [0, 5, 20, 65, 200]);
    let counts = world.engine.view().counts;
    assert_eq!((counts.failed, counts.alarms, counts.verified), (5, 1, 0));
    let told = world.last("alarm");
    assert!(told.contains(
        "the port cannot be switched off (the order was sent, but the hub still shows the port on)"
    ));
    assert!(told.contains("from now on once an hour: unplug the hub"), "{told}");
}

#[test]
fn an_alarm_is_not_repeated_over_days_and_each_hour_has_one_quiet_try() {
    let mut world = given_up(Way::Stuck);
    world.forget();
    days(&mut world, 3);
    assert_eq!((world.told(1, "alarm"), world.told(1, "switch_failed")), (0, 0));
    assert!((71..=72).contains(&world.ordered(1)), "{}", world.ordered(1));
    world.set(1, Way::Obeys);
    for _ in 0..2 {
        world.report(1, 85, None);
        world.wait(1800);
    }
    assert_eq!(world.port(1).actual, Some(Power::Off), "never given up for good");
    assert_eq!((world.told(1, "alarm_over"), &world.port(1).alarm), (1, &None));
}

#[test]
fn a_wish_to_charge_is_never_given_up_for_good() {
    let mut world = World::new();
    world.mode(1, ModeKind::Off);
    world.set(1, Way::Stuck);
    world.mode(1, ModeKind::On);
    world.wait(36_000);
    assert_eq!(world.told(1, "alarm"), 1);
    let pauses: Vec<i64> =
        world.orders.windows(2).map(|pair| pair[1].0.duration_since(pair[0].0).as_secs()).collect();
    assert!(pauses.iter().all(|pause| *pause <= 3600), "{pauses:?}");
    world.set(1, Way::Obeys);
    world.wait(3600);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::On, 1));
}

#[test]
fn a_person_is_obeyed_at_once_and_gets_a_fresh_round_without_a_second_alarm() {
    let mut world = given_up(Way::Stuck);
    world.forget();
    world.mode(1, ModeKind::Off);
    assert_eq!((world.ordered(1), world.told(1, "switch_failed")), (1, 1));
    world.wait(600);
    assert_eq!((world.ordered(1), world.told(1, "switch_failed"), world.told(1, "alarm")), (5, 5, 0));
    world.wait(7200);
    assert_eq!((world.ordered(1), world.told(1, "switch_failed")), (7, 5));
    world.set(1, Way::Obeys);
    world.mode(1, ModeKind::Off);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::Off, 1));
}

#[test]
fn new_files_are_a_reason_to_try_at_once() {
    let mut world = given_up(Way::Stuck);
    world.forget();
    world.set(1, Way::Obeys);
    world.reload(station());
    world.wait(0);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::Off, 1));
}

#[test]
fn an_alarm_is_over_when_what_is_is_wanted() {
    let mut world = given_up(Way::Stuck);
    world.mode(1, ModeKind::On);
    assert_eq!((world.told(1, "alarm_over"), &world.port(1).alarm), (1, &None));
    world.forget();
    world.mode(1, ModeKind::Off);
    world.wait(600);
    assert_eq!(world.told(1, "alarm"), 1, "another case");
}

#[test]
fn an_alarm_is_over_when_somebody_else_brings_the_port_there() {
    let mut world = given_up(Way::Stuck);
    world.switch(1, Power::Off);
    world.wait(61);
    assert_eq!((world.told(1, "alarm_over"), world.port(1).problem.as_ref()), (1, None));
}

#[test]
fn calls_that_hang_leave_the_state_unknown_and_end_in_one_alarm() {
    let mut world = given_up(Way::Hangs);
    assert_eq!(world.port(1).actual, None, "never taken as off");
    assert_eq!((world.ordered(1), world.told(1, "switch_failed"), world.told(1, "alarm")), (1, 1, 1));
    let words = world.last("alarm");
    assert!(
        words.contains("should be off, and the hub does not tell what it is (the hub did not answer"),
        "{words}"
    );
    assert!(!words.contains("tried 5 times"), "{words}");
    let told = world.events.len();
    days(&mut world, 2);
    let said: usize = ["alarm", "switch_failed", "unreadable"].iter().map(|code| world.told(1, code)).sum();
    assert_eq!((said, world.ordered(1)), (2, 1), "{} events before", told);
    world.set(1, Way::Obeys);
    world.wait(61);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::Off, 1));
}

#[test]
fn a_wedged_hub_that_only_reads_is_not_flooded() {
    let mut world = given_up(Way::HangsOnOrders);
    world.forget();
    days(&mut world, 1);
    assert!((23..=24).contains(&world.ordered(1)), "{}", world.ordered(1));
    assert_eq!(
        (world.told(1, "switch_failed"), world.told(1, "alarm"), world.told(1, "unreadable")),
        (0, 0, 0)
    );
}

#[test]
fn ports_that_are_as_wanted_are_not_given_up_because_of_a_reading() {
    let mut world = World::new();
    world.set(2, Way::Hangs);
    world.wait(7200);
    assert_eq!((world.told(2, "unreadable"), world.told(2, "alarm"), world.ordered(2)), (1, 0, 0));
}

#[test]
fn an_order_without_an_answer_makes_the_state_unknown() {
    let mut world = World::new();
    world.set(1, Way::Swallows);
    world.wait(10);
    world.report(1, 85, None);
    world.wait(299);
    assert_eq!(world.ordered(1), 1);
    world.wait(1);
    assert_eq!((world.port(1).actual, world.told(1, "switch_failed")), (None, 1));
    world.wait(3600);
    assert_eq!(world.told(1, "alarm"), 1);
    assert_eq!(world.told(1, "switch_failed"), 5);
}

/// Port 1 rests, and somebody else switches it on at each look, so many times.
fn contested(times: usize) -> World {
    let mut world = World::new();
    world.report(1, 85, None);
    for _ in 0..times {
        while world.power[&port(1)] == Power::On {
            world.wait(1);
        }
        world.switch(1, Power::On);
        world.wait(61);
    }
    world
}

#[test]
fn a_drift_is_mended_without_waiting_for_the_hold_time() {
    let world = contested(1);
    assert_eq!((world.told(1, "drift"), world.power[&port(1)]), (1, Power::Off));
}

#[test]
fn five_drifts_in_ten_minutes_are_an_alarm_and_the_others_have_it() {
    let mut world = contested(5);
    assert_eq!((world.told(1, "drift"), world.told(1, "alarm")), (5, 1));
    assert_eq!((world.engine.view().counts.drifted, world.engine.view().counts.alarms), (5, 1));
    let told = world.last("alarm");
    assert!(told.contains("was switched on 5 times in ten minutes by something else"), "{told}");
    world.forget();
    world.wait(2400);
    assert_eq!((world.ordered(1), world.power[&port(1)]), (0, Power::On));
}

#[test]
fn a_fight_of_days_is_one_alarm_and_one_try_an_hour() {
    let mut world = contested(5);
    world.forget();
    for _ in 0..2 * 24 * 60 {
        world.switch(1, Power::On);
        world.report(1, 85, None);
        world.wait(60);
    }
    assert_eq!((world.told(1, "drift"), world.told(1, "alarm"), world.told(1, "alarm_over")), (0, 0, 0));
    assert!((40..=48).contains(&world.ordered(1)), "{}", world.ordered(1));
}

#[test]
fn a_fight_is_over_when_nobody_switches_for_ten_minutes() {
    let mut world = contested(5);
    world.wait(3600);
    world.report(1, 85, None);
    assert_eq!((world.power[&port(1)], world.told(1, "alarm_over")), (Power::Off, 1));
}

#[test]
fn drifts_hours_apart_are_no_fight() {
    let mut world = World::new();
    world.report(1, 85, None);
    for _ in 0..20 {
        world.report(1, 85, None);
        world.switch(1, Power::On);
        world.wait(1800);
    }
    assert_eq!((world.told(1, "drift"), world.told(1, "alarm")), (20, 0));
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn each_switch_has_a_look_of_its_own() {
    let mut world = World::new();
    world.wait(10);
    world.report(1, 85, None);
    world.wait(3);
    world.report(2, 85, None);
    world.forget();
    world.wait(1);
    assert_eq!(world.readings, 1);
    world.wait(2);
    assert_eq!(world.readings, 1);
    world.wait(1);
    assert_eq!(world.readings, 2);
}

#[test]
fn a_clock_that_is_set_back_does_not_put_off_the_next_try() {
    let mut world = given_up(Way::Stuck);
    world.forget();
    world.set_clock(seconds(-86_400));
    world.wait(3700);
    assert!((1..=2).contains(&world.ordered(1)), "{}", world.ordered(1));
    assert_eq!((world.told(1, "alarm"), world.told(1, "switch_failed")), (0, 0));
}

#[test]
fn a_reload_in_the_middle_begins_the_round_anew() {
    let mut world = World::new();
    world.set(1, Way::Stuck);
    world.report(1, 85, None);
    world.wait(30);
    assert_eq!(world.told(1, "switch_failed"), 3);
    world.reload(station());
    world.wait(600);
    assert_eq!((world.told(1, "switch_failed"), world.told(1, "alarm")), (8, 1));
}

#[test]
fn readings_that_bring_nothing_new_change_nothing() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait(120);
    let before = world.engine.view().clone();
    let seen: Vec<Seen> =
        world.power.iter().map(|(id, power)| Seen::new(*id, None, Some(*power), None)).collect();
    let step = world.engine.seen(&seen, world.now);
    assert!(step.events.is_empty() && step.records.is_empty() && step.orders.is_empty());
    for (id, port) in &world.engine.view().ports {
        assert!(Arc::ptr_eq(port, before.ports.get(id).unwrap()), "port {id} was copied");
    }
}
