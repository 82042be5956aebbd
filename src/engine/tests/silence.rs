//! Devices that do not report: charged for a while, then heard now and then; over restarts, jumps of the clock and the
//! nights in which clocks are changed.

use super::world::World;
use super::*;
use crate::model::Safeguard;

/// When port 1 was switched, in minutes from the beginning, and to what.
fn switches(world: &World) -> Vec<(i64, Power)> {
    let orders = world.orders.iter().filter(|(_, order)| order.port == port(1));
    orders.map(|(when, order)| (when.duration_since(at(0)).as_mins(), order.power)).collect()
}

fn safeguard(world: &World) -> Option<Safeguard> {
    world.port(1).decision.as_ref().unwrap().safeguard
}

/// Reported at 85 %, off, and heard again a while later: it reports without power.
fn off_and_heard() -> World {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait(10 * 60);
    world.report(1, 85, None);
    world.forget();
    world
}

#[test]
fn a_silent_device_is_charged_for_a_while_only() {
    let mut world = off_and_heard();
    world.wait((45 + 4 * 60 + 5) * 60);
    assert_eq!(switches(&world), [(55, Power::On), (55 + 240, Power::Off)]);
    let codes = |code| world.told(1, code);
    assert_eq!((codes("silent"), codes("silent_charge_over"), codes("woken")), (1, 1, 0));
    assert_eq!(safeguard(&world), Some(Safeguard::SilentTooLong));
    let reason = world.port(1).decision.as_ref().unwrap().reason.clone();
    assert_eq!(
        reason,
        "no report for 4h 45m: not charged any longer, switched on for 10m now and then to hear it"
    );
    world.forget();
    world.wait(12 * 3600);
    assert_eq!(switches(&world).iter().filter(|(_, power)| *power == Power::On).count(), 1, "twice a day");
}

#[test]
fn a_device_of_which_that_is_not_known_is_woken_ever_more_seldom() {
    let mut world = World::new();
    world.report(1, 50, None);
    world.wait((45 + 240 + 1) * 60);
    assert_eq!(switches(&world), [(285, Power::Off)], "it was on all the time");
    world.forget();
    world.wait(6 * 3600);
    assert_eq!(switches(&world), [(395, Power::On), (405, Power::Off), (635, Power::On), (645, Power::Off)]);
    assert_eq!((world.told(1, "woken"), world.told(1, "silent")), (2, 0));
    world.wait((7 * 24 + 4) * 3600);
    assert!(
        (5..=14).contains(&world.told(1, "woken")),
        "twice a day in the end, where it is not charged then"
    );
    let switched = switches(&world);
    let charged = switched.windows(2).filter(|pair| pair[0].1 == Power::On && pair[1].0 - pair[0].0 > 120);
    assert!((12..=16).contains(&charged.count()), "again before it may be empty");
    let reason = world.report(1, 50, None);
    assert_eq!(reason, "no rule has an opinion: stays on (it reports again after a long silence)");
    assert_eq!(world.power[&port(1)], Power::On);
    assert_eq!(world.told(1, "heard"), 1);
}

#[test]
fn a_restart_does_not_begin_the_charge_anew() {
    let mut world = World::new();
    world.report(1, 50, None);
    world.wait(3 * 3600);
    world.restart();
    assert!(world.port(1).silent);
    world.wait(3600 + 46 * 60);
    assert_eq!(switches(&world), [(285, Power::Off)]);
}

#[test]
fn a_device_that_was_never_heard_is_charged_without_end() {
    let mut world = World::new();
    world.wait(3 * 24 * 3600);
    assert_eq!(world.ordered(1), 0);
    assert_eq!(world.told(1, "silent"), 1);
    let reason = world.port(1).decision.as_ref().unwrap().reason.clone();
    assert_eq!(reason, "no report for 45m: charged until the device reports again");
}

#[test]
fn a_device_whose_reports_stop_with_its_port_is_switched_on_to_be_heard() {
    let mut world = World::new();
    world.report(1, 85, None);
    assert_eq!(world.power[&port(1)], Power::Off);
    world.wait(46 * 60);
    assert_eq!(world.power[&port(1)], Power::On);
    assert_eq!(safeguard(&world), Some(Safeguard::Wake));
    assert_eq!((world.told(1, "woken"), world.told(1, "silent")), (1, 0));
    let reason = world.report(1, 84, None);
    assert_eq!(reason, "84% is at or over 80%");
    world.wait(300);
    assert_eq!(world.power[&port(1)], Power::Off);
    world.forget();
    let off = world.port(1).memory.steady.as_ref().unwrap().since;
    world.until(off.checked_add(Span::from_mins(119)).unwrap());
    assert_eq!(world.ordered(1), 0, "known by now: it is left in peace for two hours");
    assert!(!world.port(1).silent);
    world.wait(120);
    assert_eq!(world.power[&port(1)], Power::On);
    let reason = world.report(1, 70, None);
    assert_eq!(
        reason, "no rule has an opinion: stays off (85% is at or over 80%)",
        "hearing it is no charge"
    );
    world.wait(300);
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn who_is_not_heard_when_called_is_charged() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait((45 + 11) * 60);
    assert_eq!((world.power[&port(1)], safeguard(&world)), (Power::On, Some(Safeguard::Silent)));
    assert_eq!(world.told(1, "silent"), 1);
    world.wait(240 * 60);
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn a_person_who_holds_the_port_holds_it_in_silence_too() {
    let mut world = off_and_heard();
    world.mode(1, ModeKind::Off);
    world.wait(24 * 3600);
    assert_eq!(world.ordered(1), 0);
    assert_eq!(world.told(1, "woken"), 0);
}

#[test]
fn a_clock_that_jumps_forward_charges_who_reports_again_in_a_moment() {
    let mut world = off_and_heard();
    world.set_clock(at(60 * 24 * 365));
    assert_eq!(world.power[&port(1)], Power::On);
    let reason = world.report(1, 85, None);
    assert_eq!(reason, "85% is at or over 80%");
    world.wait(300);
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_for_tomorrow() {
    let mut world = World::new();
    world.report(1, 50, None);
    world.wait(6 * 3600);
    assert_eq!(safeguard(&world), Some(Safeguard::SilentTooLong));
    world.set_clock(at(-60 * 24));
    assert!(!world.port(1).silent, "nothing was heard in the future");
    world.wait(46 * 60);
    assert!(world.port(1).silent);
    assert_eq!(world.power[&port(1)], Power::On);
    world.wait(251 * 60);
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn nights_in_which_clocks_are_changed_are_as_long_as_they_are() {
    for evening in ["2027-03-27T23:30:00Z", "2027-10-30T23:30:00Z"] {
        let mut berlin = station();
        berlin.zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let engine = Engine::new(Arc::new(berlin), rules(), Remembered::default(), at(0));
        let mut world = World::of(engine);
        let evening: Timestamp = evening.parse().unwrap();
        world.set_clock(evening);
        world.report(1, 50, None);
        world.forget();
        world.wait(24 * 3600);
        let first: Vec<i64> = world
            .orders
            .iter()
            .filter(|(_, order)| order.port == port(1))
            .map(|(when, _)| when.duration_since(evening).as_mins())
            .take(3)
            .collect();
        assert_eq!(first, [285, 395, 405], "{evening}");
    }
}

#[test]
fn the_first_report_after_a_start_decides() {
    let mut world = World::new();
    world.report(1, 85, None);
    world.wait(20 * 60);
    world.restart();
    world.wait(10 * 60);
    assert_eq!(world.power[&port(1)], Power::Off, "nothing new is known");
    assert_eq!(world.report(1, 15, None).split(" (").next(), Some("15% is at or under 20%"));
    assert_eq!(world.power[&port(1)], Power::On);
}

#[test]
fn a_device_that_takes_no_charge_is_left_on() {
    let mut world = World::new();
    world.report(1, 30, Some(false));
    world.wait(10 * 60);
    world.report(1, 30, Some(false));
    world.wait(2 * 60);
    assert_eq!(world.told(1, "not_charging"), 1);
    world.forget();
    world.wait(3 * 24 * 3600);
    assert_eq!(switches(&world), [], "it cannot get too full");
    assert_eq!(world.told(1, "silent"), 1);
}
