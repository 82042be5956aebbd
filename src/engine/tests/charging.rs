//! Stretches of charging, devices that do not gain, and what is learned from reports at the ports where they come in.

use super::things::{again, all_at_home, look, state};
use super::world::World;
use super::*;
use crate::model::{Celsius, Record, Session};

/// Reports every five minutes from this level on, gaining so much with each; gives the last level.
fn charge(world: &mut World, from: i64, gain: i64, reports: i64) -> i64 {
    for n in 0..reports {
        world.report(1, from + n * gain, None);
        world.wait(300);
    }
    from + (reports - 1) * gain
}

/// Begin and end in minutes, and the levels.
fn told(session: &Session) -> (i64, i64, u8, u8) {
    let minute = |time: Timestamp| time.duration_since(at(0)).as_mins();
    let (began, ended) = (minute(session.began_at), minute(session.ended_at));
    (began, ended, session.from.percent(), session.to.percent())
}

#[test]
fn a_session_is_from_on_to_off() {
    let mut world = World::new();
    charge(&mut world, 60, 2, 8);
    assert!(world.sessions.is_empty());
    let hot = BatteryReport { temperature: Celsius::new(39.5).ok(), ..report(1, 85) };
    let step = world.engine.report(&hot, world.now).unwrap();
    world.act(step);
    assert_eq!(world.sessions.len(), 1, "85 % switches it off");
    let session = &world.sessions[0];
    assert_eq!(told(session), (0, 40, 60, 85));
    assert_eq!((session.device.as_str(), session.hottest.map(Celsius::degrees)), ("phone", Some(39.5)));
    assert_eq!((session.plugged_at, session.minutes_above_80), (None, 0.0));
    assert!((session.per_hour().unwrap() - 37.5).abs() < 1e-9);
    // Drains to 20 %, is switched on again, and that is the next one.
    world.wait(2400);
    world.report(1, 20, None);
    world.wait(600);
    world.report(1, 30, None);
    world.mode(1, ModeKind::Off);
    assert_eq!(told(&world.sessions[1]), (80, 90, 20, 30));
}

#[test]
fn a_restart_loses_nothing_of_a_session_and_a_long_one_ends_it_where_it_was_last_seen() {
    let mut world = World::new();
    charge(&mut world, 40, 2, 4);
    world.restart();
    world.wait(300);
    charge(&mut world, 50, 2, 4);
    world.mode(1, ModeKind::Off);
    assert_eq!(told(&world.sessions[0]), (0, 45, 40, 56));
    world.mode(1, ModeKind::On);
    charge(&mut world, 57, 2, 3);
    world.now = world.now.checked_add(Span::from_hours(10)).unwrap();
    world.restart();
    world.wait(60);
    assert_eq!(world.sessions.len(), 2, "nobody knows what was in the ten hours");
    assert_eq!(told(&world.sessions[1]), (45, 55, 56, 61), "on with the level that was known");
}

#[test]
fn a_device_that_falls_silent_ends_its_session_at_its_last_report() {
    let mut world = World::new();
    charge(&mut world, 40, 2, 3);
    world.wait(3 * 3600);
    assert_eq!(world.sessions.iter().map(told).collect::<Vec<_>>(), [(0, 10, 40, 44)]);
    let heard = world.now.duration_since(at(0)).as_mins();
    charge(&mut world, 70, 2, 4);
    world.mode(1, ModeKind::Off);
    assert_eq!(told(&world.sessions[1]), (heard, heard + 20, 70, 76), "and begins where it is heard again");
}

#[test]
fn a_device_that_is_taken_out_ends_its_session_and_the_next_one_has_its_own() {
    let mut engine = all_at_home();
    let minute = |n: i64| seconds(n * 60);
    let mut sessions = Vec::new();
    let mut note = |step: Step| {
        sessions.extend(step.records.into_iter().filter_map(|record| match record {
            Record::Session(session) => Some(*session),
            _ => None,
        }));
    };
    for n in 0..4 {
        note(engine.report(&report(1, 40 + n), minute(n * 5)).unwrap());
    }
    note(engine.seen(&look(&["-", "X2", "X3", "-", "-"]), minute(16)));
    note(engine.seen(&look(&["-", "X2", "X3", "-", "-"]), minute(17)));
    note(engine.tick(minute(18)));
    note(engine.seen(&look(&["X1", "X2", "X3", "-", "-"]), minute(30)));
    note(engine.report(&report(1, 39), minute(31)).unwrap());
    assert_eq!(state(&engine, 1).memory.plugged_at, Some(minute(30)));
    note(engine.report(&report(1, 49), minute(46)).unwrap());
    // Another device comes into the port at once.
    note(engine.seen(&look(&["X2", "-", "X3", "-", "-"]), minute(47)));
    note(engine.tick(minute(47)));
    let of_phone: Vec<_> = sessions.iter().filter(|s| s.device == device("phone")).map(told_all).collect();
    assert_eq!(of_phone, [(None, 0, 16, 40, 43), (Some(30), 30, 47, 39, 49)]);
}

fn told_all(session: &Session) -> (Option<i64>, i64, i64, u8, u8) {
    let (began, ended, from, to) = told(session);
    (session.plugged_at.map(|time| time.duration_since(at(0)).as_mins()), began, ended, from, to)
}

#[test]
fn a_port_that_is_removed_from_the_file_leaves_its_session() {
    let mut world = World::new();
    charge(&mut world, 40, 2, 3);
    let mut files = station();
    files.ports.remove(&port(1));
    world.reload(files);
    assert_eq!(world.sessions.iter().map(told).collect::<Vec<_>>(), [(0, 15, 40, 44)]);
}

#[test]
fn who_gains_nothing_in_two_hours_is_unwell_and_told_once() {
    let mut world = World::new();
    charge(&mut world, 50, 0, 24);
    assert_eq!((world.told(1, "unwell"), world.port(1).unwell.is_some()), (0, false));
    charge(&mut world, 50, 0, 24);
    assert_eq!((world.told(1, "unwell"), world.port(1).unwell.is_some()), (1, true));
    assert!(world.last("unwell").contains("`phone` has had power for two hours and has not gained (at 50%)"));
    let reason = world.report(1, 50, None);
    assert!(reason.ends_with(", but the device has not gained in two hours"), "{reason}");
    world.restart();
    world.wait(300);
    world.report(1, 50, None);
    assert!(world.port(1).unwell.is_some(), "known again at once");
    world.wait(300);
    world.report(1, 52, None);
    assert_eq!((world.told(1, "well"), world.port(1).unwell.is_some()), (1, false));
}

#[test]
fn a_cable_fault_a_limit_and_a_slow_charge_are_not_unwell() {
    let mut broken = World::new();
    for _ in 0..48 {
        broken.report(1, 50, Some(false));
        broken.wait(300);
    }
    assert_eq!((broken.told(1, "not_charging"), broken.told(1, "unwell")), (1, 0));
    let mut limited = World::new();
    limited.mode(1, ModeKind::On);
    charge(&mut limited, 80, 0, 48);
    let mut slow = World::new();
    for n in 0..48 {
        slow.report(1, 50 + n / 12, None);
        slow.wait(300);
    }
    assert_eq!((limited.told(1, "unwell"), slow.told(1, "unwell")), (0, 0));
}

#[test]
fn rates_are_learned_from_reports_survive_a_restart_and_go_with_the_device() {
    let mut engine = all_at_home();
    let minute = |n: i64| seconds(n * 60);
    for n in 1..12 {
        engine.report(&report(1, 10 + n * 4), minute(n * 6)).unwrap();
    }
    let learned = state(&engine, 1).memory.learned.minutes_to_charge(20.0, 60.0).unwrap().minutes;
    assert!((learned - 60.0).abs() < 4.0, "{learned}");
    let facts = state(&engine, 1).decision.as_ref().unwrap().facts.clone().unwrap();
    assert!((facts.history.minutes_to_charge(20.0, 60.0) - learned).abs() < 0.5);
    assert!(facts.history.sure > 20 && facts.history.sure <= 100, "{}", facts.history.sure);
    // The file says 40 % per hour of the tablet, of which nothing was learned.
    engine.report(&report(2, 50), minute(70)).unwrap();
    let facts = state(&engine, 2).decision.as_ref().unwrap().facts.clone().unwrap();
    assert_eq!((facts.history.paces, facts.history.sure), (None, 0));
    let mut engine = again(&engine, super::things::home(), minute(71));
    engine.seen(&look(&["-", "X2", "X1", "-", "-"]), minute(72));
    let moved = state(&engine, 3).memory.learned.minutes_to_charge(20.0, 60.0).unwrap().minutes;
    assert!((moved - learned).abs() < 1e-9);
    assert_eq!(state(&engine, 1).memory.learned.minutes_to_charge(20.0, 60.0), None);
}

#[test]
fn nothing_is_learned_while_the_power_is_in_doubt() {
    let mut leaking = World::new();
    leaking.mode(1, ModeKind::Off);
    leaking.wait(300);
    for n in 0..40 {
        leaking.report(1, 10 + n * 2, Some(true));
        leaking.wait(300);
    }
    assert_eq!(leaking.port(1).memory.learned.paces(), None);
    let mut blind = World::new();
    blind.set(1, super::world::Way::Hangs);
    blind.wait(120);
    charge(&mut blind, 10, 2, 30);
    assert_eq!(blind.port(1).memory.learned.paces(), None);
}

#[test]
fn a_clock_that_is_set_back_ends_no_session_and_teaches_nothing_wrong() {
    let mut world = World::new();
    world.set_clock(at(6000));
    charge(&mut world, 30, 3, 8);
    world.set_clock(at(10));
    charge(&mut world, 54, 3, 8);
    world.mode(1, ModeKind::Off);
    let session = &world.sessions[world.sessions.len() - 1];
    assert!(session.ended_at >= session.began_at && session.ended_at <= world.now, "{session:?}");
    let learned = world.port(1).memory.learned.minutes_to_charge(30.0, 60.0).unwrap().minutes;
    assert!((learned - 50.0).abs() < 8.0, "{learned}");
}
