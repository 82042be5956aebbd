//! Devices between the beginning of a charge and their deadline, in the zone of Berlin.

use super::planning::{berlin, moment, ready_by, ready_rules};
use super::world::World;
use super::*;
use crate::model::{Planned, Plugged, Thing};

/// One phone with the rule `ready-by` for 07:00 of the night that begins now.
fn evening(level: i64) -> World {
    let station = berlin(&[ready_by(&[("by", "07:00")]), usage("keep-between")], &[]);
    let mut world = World::of(Engine::new(Arc::new(station), ready_rules(), Remembered::default(), at(0)));
    world.set_clock(moment("2026-11-23T22:00:00+01:00"));
    world.report(1, level, None);
    world
}

fn plan_of(world: &World, number: u16) -> Planned {
    (**world.engine.view().plan.get(&port(number)).unwrap()).clone()
}

#[test]
fn what_is_used_between_full_and_the_deadline_is_filled_up_again() {
    let mut world = evening(60);
    world.until(moment("2026-11-24T05:00:00+01:00"));
    assert!(world.report(1, 60, None).contains("min left until"));
    world.wait(300);
    let began = plan_of(&world, 1).start;
    for (level, said) in [
        (100, "100%, ready for"),
        (99, "99%, ready for"),
        (98, "min left until"),
        (99, "min left until"),
        (100, "100%, ready for"),
    ] {
        world.wait(600);
        let reason = world.report(1, level, None);
        assert!(reason.contains(said), "{level}: {reason}");
        let planned = plan_of(&world, 1);
        assert_eq!((planned.start, planned.in_time), (began, true), "{planned:?}");
    }
    assert_eq!(plan_of(&world, 1).reason, "100% of 100%: it has that already, and is kept so");
    world.until(moment("2026-11-24T07:01:30+01:00"));
    let reason = world.report(1, 98, None);
    assert!(!reason.contains("ready") && plan_of(&world, 1).start > world.now, "that is over: {reason}");
}

#[test]
fn a_person_who_gives_a_port_back_does_not_begin_the_charge() {
    let mut world = evening(60);
    world.mode(1, ModeKind::Off);
    world.wait(60);
    assert!(!plan_of(&world, 1).in_time);
    world.mode(1, ModeKind::Auto);
    let planned = plan_of(&world, 1);
    let minutes = planned.deadline.at.duration_since(planned.start).as_mins();
    assert!((135..=142).contains(&minutes), "as late as ever: {planned:?}");
    world.wait(60);
    assert!(plan_of(&world, 1).start > world.now, "{:?}", plan_of(&world, 1));
}

#[test]
fn a_device_on_a_cable_that_only_charges_has_a_plan_and_one_that_was_taken_has_none() {
    let mut world = evening(60);
    let show = |world: &mut World, plugged: Plugged| {
        let seen = Seen { plugged, ..reading(1, Power::On) };
        for _ in 0..2 {
            world.now = world.now.checked_add(Span::from_mins(2)).unwrap();
            let step = world.engine.seen(std::slice::from_ref(&seen), world.now);
            world.act(step);
        }
        world.report(1, 60, None);
        world.engine.view().unplanned(port(1))
    };
    assert_eq!(show(&mut world, Plugged::Nothing), None, "it reports, and the hub has never shown it");
    let thing =
        Arc::new(Thing { id: "18d1:4ee7".parse().unwrap(), serial: None, name: "A phone".to_owned() });
    assert_eq!(show(&mut world, Plugged::Thing(thing)), None);
    assert_eq!(show(&mut world, Plugged::Nothing), Some("its device is away"));
    world.report(1, 61, Some(true));
    assert_eq!(world.engine.view().unplanned(port(1)), None, "it says that it charges here");
}

#[test]
fn a_device_that_gains_nothing_will_not_make_it_and_is_told_apart() {
    let mut world = evening(40);
    world.until(moment("2026-11-24T04:20:00+01:00"));
    for _ in 0..14 {
        world.wait(600);
        world.report(1, 40, Some(true));
    }
    assert_eq!(
        (world.told(1, "unwell"), world.told(1, "will_not_make_it")),
        (1, 1),
        "{:?}",
        plan_of(&world, 1)
    );
    let planned = plan_of(&world, 1);
    assert_eq!(planned.reason, "40%, to have 100%: it has had power for two hours and has not gained");
    assert_eq!(planned.ready_at, None);
    assert_eq!(world.port(1).target(), Some(Power::On), "it is charged all the same");
}

#[test]
fn a_later_deadline_is_not_kept_waiting_by_one_that_is_near_enough() {
    let due = |at: &str| crate::model::Due::Once(at.parse().unwrap());
    let rules = [ready_by(&[("by", "2020-01-01 00:00")])];
    let mut station = berlin(&rules, &[due("2026-11-24T05:00:00"), due("2026-11-24T05:40:00")]);
    for plan in station.ports.values_mut() {
        let mut deadlines = (*plan.care.deadlines).clone();
        deadlines[0].level = Level::new(80).unwrap();
        let care = crate::model::Care { deadlines: Arc::new(deadlines), ..(*plan.care).clone() };
        *plan = Arc::new(PortPlan { care: Arc::new(care), ..(**plan).clone() });
    }
    let mut world = World::of(Engine::new(Arc::new(station), ready_rules(), Remembered::default(), at(0)));
    world.set_clock(moment("2026-11-24T03:00:00+01:00"));
    world.report(1, 79, None);
    let planned = plan_of(&world, 1);
    assert_eq!(planned.deadline.at, moment("2026-11-24T05:40:00+01:00"), "{planned:?}");
    assert!(planned.start < moment("2026-11-24T05:00:00+01:00"), "{planned:?}");
}
