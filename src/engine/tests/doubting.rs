//! Reports that cannot be: levels that jump, two devices that report for one port, reports sent twice and late.

use super::world::World;
use super::*;
use crate::model::{Record, ReportRejected};

/// Off at 85 %, and at 60 % by now, where no rule has an opinion.
fn resting_at_60() -> World {
    let mut world = World::new();
    world.report(1, 85, None);
    for level in [80, 75, 70, 65, 60] {
        world.wait(900);
        world.report(1, level, None);
    }
    world.wait(300);
    world.forget();
    world
}

#[test]
fn a_jump_counts_at_once_and_is_undone_by_the_next_report() {
    let mut world = resting_at_60();
    let low = world.report(1, 3, None);
    assert_eq!(
        low,
        "3% is under the floor of 10%: charged to 15% (the level jumped from 60%, which no battery does: taken back if the \
         next report is near 60% again)"
    );
    assert_eq!(world.power[&port(1)], Power::On, "it might be true");
    world.wait(300);
    let back = world.report(1, 61, None);
    assert_eq!(
        back,
        "no rule has an opinion: stays off (85% is at or over 80%) (the 3% reported before was a misreading and is taken \
         back)"
    );
    world.wait(300);
    assert_eq!(world.power[&port(1)], Power::Off, "and not charged to 80%");
    assert_eq!((world.told(1, "level_jumped"), world.told(1, "level_misread")), (1, 1));
    assert_eq!(world.report(1, 61, None), "no rule has an opinion: stays off (85% is at or over 80%)");
}

#[test]
fn ninety_three_ninety_one_charges_for_one_report_only() {
    let mut world = World::new();
    world.report(1, 90, None);
    world.wait(900);
    world.report(1, 3, None);
    assert_eq!(world.power[&port(1)], Power::On, "at once: it may be true");
    world.wait(300);
    assert!(world.report(1, 91, None).starts_with("91% is at or over 80% (the 3% reported before"));
    world.wait(1800);
    let orders: Vec<Power> = world.orders.iter().map(|(_, order)| order.power).collect();
    assert_eq!(
        (orders.as_slice(), world.port(1).memory.safe.low_since),
        (&[Power::Off, Power::On, Power::Off][..], None)
    );
}

#[test]
fn a_jump_teaches_nothing_and_stands_in_no_session() {
    let course = |jumps: bool| {
        let mut world = World::new();
        for n in 0..20 {
            world.report(1, 25 + 2 * n, Some(true));
            world.wait(100);
            if jumps && n == 9 {
                world.report(1, 3, Some(true));
            }
            world.wait(200);
        }
        world.mode(1, ModeKind::Off);
        world.wait(60);
        (world.port(1).memory.learned.paces(), world.sessions)
    };
    let (plain, sessions) = course(false);
    assert!(plain.is_some());
    assert_eq!(course(true), (plain, sessions));
}

#[test]
fn a_jump_that_the_next_report_bears_out_is_true() {
    let mut world = resting_at_60();
    world.report(1, 3, None);
    world.wait(300);
    assert_eq!(world.report(1, 4, None), "4% is under the floor of 10%: charged to 15%");
    world.wait(3600);
    world.report(1, 60, None);
    assert_eq!((world.power[&port(1)], world.told(1, "level_misread")), (Power::On, 0));
}

#[test]
fn an_undone_jump_leaves_no_trace_in_what_rules_are_told() {
    let mut world = resting_at_60();
    let before = world.port(1).memory.level.clone();
    world.report(1, 100, None);
    assert!(world.port(1).memory.full_at.is_some());
    world.wait(60);
    world.report(1, 60, None);
    let memory = &world.port(1).memory;
    assert_eq!((&memory.level, memory.full_at, &memory.safe.doubt), (&before, None, &None));
}

#[test]
fn a_jump_proves_no_fault_of_the_hub() {
    let mut world = resting_at_60();
    world.report(1, 95, None);
    world.wait(60);
    world.report(1, 60, None);
    world.wait(60);
    assert_eq!(world.told(1, "power_leak"), 0);
}

#[test]
fn after_a_pause_no_level_is_too_far_away() {
    let mut world = resting_at_60();
    world.wait(40 * 60);
    world.report(1, 3, None);
    assert_eq!(world.told(1, "level_jumped"), 0);
}

#[test]
fn where_two_devices_report_for_one_port_the_lower_level_counts() {
    let mut world = World::new();
    for _ in 0..20 {
        world.report(3, 90, None);
        world.wait(120);
        world.report(3, 30, None);
        world.wait(120);
    }
    assert_eq!(world.told(3, "levels_disagree"), 1);
    assert_eq!(world.last("levels_disagree"), r#"{"code":"levels_disagree","low":30,"high":90}"#);
    world.forget();
    world.report(3, 30, None);
    let aside = world.report(3, 90, None);
    assert!(
        aside.contains("(90% is set aside: the levels of this port jump to and fro, as if two devices"),
        "{aside}"
    );
    for _ in 0..10 {
        world.wait(120);
        world.report(3, 30, None);
        world.wait(120);
        world.report(3, 90, None);
    }
    let level = world.port(3).memory.battery.as_ref().unwrap().level;
    assert_eq!((level.percent(), world.told(3, "level_jumped")), (30, 0));
    assert!(world.ordered(3) <= 1, "the port does not follow every report");
    world.wait(60);
    assert!(world.report(3, 90, None).starts_with("90% is at or over 80%"), "one device is left");
}

#[test]
fn levels_that_somebody_tries_out_for_minutes_are_believed() {
    let mut world = World::new();
    for _ in 0..30 {
        assert!(world.report(3, 90, None).starts_with("90% is at or over 80%"));
        world.wait(30);
        assert!(world.report(3, 15, None).starts_with("15% is at or under 20%"));
        world.wait(30);
    }
    assert_eq!(world.told(3, "levels_disagree"), 0);
}

#[test]
fn a_report_that_is_sent_twice_is_one_report() {
    let mut engine = engine_that_saw_all_on();
    let timed = BatteryReport { measured_at: Some(at(1)), ..report(1, 50) };
    let reports = |step: &Step| step.records.iter().filter(|r| matches!(r, Record::Report { .. })).count();
    let first = engine.report(&timed, at(1)).unwrap();
    let second = engine.report(&timed, at(2)).unwrap();
    assert_eq!((reports(&first), reports(&second)), (1, 0));
    assert!(second.decision.is_some(), "who sent it gets an answer");
}

#[test]
fn a_report_that_is_late_or_out_of_order_is_used_for_nothing() {
    let mut engine = engine_that_saw_all_on();
    let timed = |minute, level| BatteryReport { measured_at: Some(at(minute)), ..report(1, level) };
    engine.report(&timed(100, 50), at(100)).unwrap();
    let superseded = engine.report(&timed(90, 5), at(101)).unwrap_err();
    assert_eq!(superseded.code(), "report_superseded");
    let late = engine.report(&timed(30, 5), at(120)).unwrap_err();
    assert!(matches!(late, ReportRejected::TooOld { .. }));
    let memory = &engine.view().ports.get(&port(1)).unwrap().memory;
    assert_eq!((memory.battery.as_ref().unwrap().level.percent(), memory.heard_at), (50, Some(at(100))));
}
