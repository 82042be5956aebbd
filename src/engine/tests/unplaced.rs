//! Devices that report and are in no port: kept for a while, told once.

use super::super::{UNPLACED_MAX, Unplaced};
use super::things::{all_at_home, look, name, state, told};
use super::*;
use crate::model::Battery;

fn says(level: i64, now: Timestamp) -> Battery {
    Battery { level: Level::new(level).unwrap(), charging: None, temperature: None, measured_at: now }
}

#[test]
fn a_device_without_a_port_is_told_once_and_its_last_report_kept() {
    let mut engine = all_at_home();
    assert_eq!(
        told(&engine.hear_unplaced(device("guest"), says(40, seconds(1)), seconds(1))),
        ["unplaced guest"]
    );
    assert!(engine.hear_unplaced(device("guest"), says(41, seconds(2)), seconds(2)).events.is_empty());
    let kept = Unplaced { battery: says(41, seconds(2)), heard_at: seconds(2) };
    assert_eq!(engine.view().unplaced.get(&device("guest")), Some(&kept));
}

#[test]
fn a_device_that_has_got_a_port_meanwhile_has_reported_there() {
    let mut engine = all_at_home();
    let step = engine.hear_unplaced(device("phone"), says(40, seconds(2)), seconds(3));
    assert_eq!(step.decision.unwrap().port, port(1));
    assert_eq!(state(&engine, 1).memory.battery, Some(says(40, seconds(2))));
    assert!(engine.view().unplaced.is_empty());
}

#[test]
fn what_says_nothing_of_now_is_not_taken() {
    let mut engine = all_at_home();
    let old = says(40, seconds(0));
    assert!(engine.hear_unplaced(device("guest"), old.clone(), at(46)).events.is_empty());
    assert!(engine.view().unplaced.is_empty());
    engine.hear_unplaced(device("guest"), says(50, at(40)), at(40));
    engine.hear_unplaced(device("guest"), says(49, at(39)), at(41));
    assert_eq!(engine.view().unplaced.get(&device("guest")).unwrap().battery, says(50, at(40)));
}

#[test]
fn it_is_gone_from_the_list_with_what_it_said_when_its_name_gets_a_port() {
    let mut engine = all_at_home();
    engine.hear_unplaced(device("guest"), says(40, seconds(1)), seconds(1));
    engine.hear_unplaced(device("filed"), says(60, seconds(1)), seconds(1));
    name(&mut engine, 5, Some("guest"));
    assert_eq!(state(&engine, 5).memory.battery, Some(says(40, seconds(1))));
    let mut changed = super::things::home();
    let mut plan = (*changed.ports[&port(4)]).clone();
    plan.device = Some(device("filed"));
    changed.ports.insert(port(4), Arc::new(plan));
    engine.reload(Arc::new(changed), rules(), seconds(2));
    assert!(engine.view().unplaced.is_empty());
}

#[test]
fn a_displaced_device_that_reports_meanwhile_comes_back_with_its_newest_level() {
    let mut engine = all_at_home();
    engine.report(&report(2, 44), seconds(10)).unwrap();
    engine.seen(&look(&["-", "X1", "X3", "-", "-"]), seconds(20));
    engine.hear_unplaced(device("tablet"), says(33, seconds(30)), seconds(30));
    engine.seen(&look(&["X2", "X1", "X3", "-", "-"]), seconds(40));
    assert_eq!(state(&engine, 1).memory.battery, Some(says(33, seconds(30))));
}

#[test]
fn so_many_are_kept_and_more_are_told_once_however_often_all_report() {
    let mut engine = all_at_home();
    let most = i64::try_from(UNPLACED_MAX).unwrap();
    let mut events = Vec::new();
    for round in 0..10 {
        for number in 0..most + 3 {
            let now = at(round);
            let step = engine.hear_unplaced(device(&format!("guest-{number}")), says(40, now), now);
            events.extend(codes(&step));
        }
    }
    assert_eq!(events.iter().filter(|code| **code == "device_unplaced").count(), UNPLACED_MAX);
    assert_eq!(events.last(), Some(&"report_rejected"));
    assert_eq!(events.len(), UNPLACED_MAX + 1);
    assert!(engine.view().unplaced.contains_key(&device("guest-0")));
    assert!(!engine.view().unplaced.contains_key(&device("guest-64")));
    name(&mut engine, 5, Some("guest-0"));
    let step = engine.hear_unplaced(device("guest-64"), says(40, at(11)), at(11));
    assert_eq!(told(&step), ["unplaced guest-64"]);
}

#[test]
fn who_is_silent_for_a_day_is_forgotten_and_a_clock_set_back_does_not_keep_anybody_longer() {
    let mut engine = all_at_home();
    engine.hear_unplaced(device("guest"), says(40, at(10_000)), at(10_000));
    engine.tick(at(0));
    assert_eq!(engine.view().unplaced.get(&device("guest")).unwrap().heard_at, at(0));
    engine.tick(at(24 * 60 - 1));
    assert_eq!(engine.view().unplaced.len(), 1);
    engine.tick(at(24 * 60 + 1));
    assert!(engine.view().unplaced.is_empty());
}
