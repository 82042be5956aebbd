//! Safety, people, silence and the power budget together: who wins, and what is left when that is over.

use super::allotting::{change_port, engine_of, limited, on};
use super::safety::{decided, take, warm};
use super::world::World;
use super::*;
use crate::model::{Care, Layer, Safeguard, Verdict};

fn decision(world: &World, number: u16) -> (Verdict, Layer, Option<Safeguard>) {
    decided(world.port(number).decision.as_ref().unwrap())
}

fn reason(world: &World, number: u16) -> String {
    world.port(number).decision.as_ref().unwrap().reason.clone()
}

fn wish(world: &mut World, number: u16, mode: Mode) {
    let step = world.engine.set_mode(port(number), mode, world.now).unwrap();
    world.act(step);
}

fn wish_all(world: &mut World, mode: Mode) {
    let step = world.engine.set_station_mode(mode, world.now);
    world.act(step);
    world.wait(0);
}

/// Reports the same levels every five minutes, for so many minutes.
fn go_on(world: &mut World, levels: &[(u16, i64)], minutes: i64) {
    for _ in 0..minutes / 5 {
        for (number, level) in levels {
            world.report(*number, *level, None);
        }
        world.wait(300);
    }
}

fn long_turns(ports: u16, max_on: u32) -> Station {
    let mut station = limited(ports, max_on);
    station.budget =
        Arc::new(crate::model::Budget { turn: Span::from_hours(6), ..(*station.budget).clone() });
    station
}

const FLOOR: Option<Safeguard> = Some(Safeguard::Floor);

#[test]
fn under_the_floor_a_place_is_taken_from_a_person_and_given_back() {
    let mut world = World::of(engine_of(limited(3, 1)));
    world.mode(2, ModeKind::On);
    world.report(2, 60, None);
    world.wait(0);
    assert_eq!(on(&world), [2]);
    world.report(3, 9, None);
    world.wait(0);
    assert_eq!((on(&world), decision(&world, 3)), (vec![3], (Verdict::Charge, Layer::Safety, FLOOR)));
    assert_eq!(
        reason(&world, 2),
        "waits for power: 1 of at most 1 port is on (switched on by REST until taken back)"
    );
    go_on(&mut world, &[(2, 60), (3, 12)], 30);
    assert_eq!(on(&world), [3], "not for a turn, but until it is over the floor");
    world.report(3, 15, None);
    world.wait(0);
    assert_eq!(on(&world), [2]);
    assert_eq!(decision(&world, 3).1, Layer::Budget);
}

#[test]
fn who_fell_silent_under_the_floor_keeps_its_place_for_as_long_as_it_is_charged() {
    let mut world = World::of(engine_of(limited(2, 1)));
    world.report(2, 5, None);
    go_on(&mut world, &[(1, 15)], 45 + 235);
    assert_eq!((on(&world), decision(&world, 2).2), (vec![2], Some(Safeguard::Silent)));
    go_on(&mut world, &[(1, 15)], 15);
    assert_eq!((on(&world), decision(&world, 2).2), (vec![1], Some(Safeguard::SilentTooLong)));
}

#[test]
fn a_wake_borrows_a_place_and_gives_it_back() {
    let mut world = World::of(engine_of(limited(3, 1)));
    world.report(3, 85, None);
    let mut runs: Vec<(u16, i64, i64)> = Vec::new();
    for minute in 0..900 {
        if minute % 10 == 0 {
            world.report(1, 15, None);
            world.report(2, 15, None);
        }
        world.wait(60);
        let now = on(&world);
        assert_eq!(now.len(), 1, "minute {minute}");
        match runs.last_mut().filter(|(number, ..)| *number == now[0]) {
            Some((_, _, minutes)) => *minutes += 1,
            None => runs.push((now[0], minute, 1)),
        }
    }
    let wakes: Vec<usize> = (0..runs.len()).filter(|n| runs[*n].0 == 3 && runs[*n].1 > 300).collect();
    assert_eq!(wakes.len(), 2, "two and six hours after the charge: {runs:?}");
    for n in wakes {
        let [before, wake, after] = [runs[n - 1], runs[n], runs[n + 1]];
        assert_eq!((wake.2, before.0), (10, after.0), "{runs:?}");
        assert!((14..=16).contains(&(before.2 + after.2)), "the rest of its turn: {runs:?}");
    }
    assert_eq!(world.told(3, "woken"), 3, "called once, woken twice");
}

#[test]
fn who_is_heard_when_it_is_woken_waits_like_the_others() {
    let mut world = World::of(engine_of(long_turns(2, 1)));
    world.report(2, 15, None);
    go_on(&mut world, &[(1, 15)], 50);
    assert_eq!((on(&world), decision(&world, 2).2), (vec![2], Some(Safeguard::Wake)));
    world.report(2, 14, None);
    world.wait(0);
    assert_eq!((on(&world), decision(&world, 2).1), (vec![1], Layer::Budget));
    assert_eq!((world.told(2, "woken"), world.port(2).silent), (1, false));
}

#[test]
fn a_wake_waits_for_people() {
    let mut world = World::of(engine_of(limited(2, 1)));
    world.report(2, 15, None);
    world.mode(1, ModeKind::On);
    go_on(&mut world, &[(1, 50)], 54);
    assert_eq!((on(&world), decision(&world, 2).1), (vec![1], Layer::Budget));
    assert_eq!(world.told(2, "woken"), 0, "it was not switched on");
}

#[test]
fn what_gains_nothing_keeps_no_place() {
    for (charging, minutes, told) in [(None, 118..=126, "unwell"), (Some(false), 3..=16, "not_charging")] {
        let mut world = World::of(engine_of(limited(2, 1)));
        let mut minute = 0;
        while on(&world) == [1] && minute < 200 {
            world.report(1, 5, charging);
            world.report(2, 15, None);
            world.wait(60);
            minute += 1;
        }
        assert!(minutes.contains(&minute) && world.told(1, told) == 1, "{told} after {minute} minutes");
        assert!(reason(&world, 1).starts_with("waits for power: "), "{}", reason(&world, 1));
        // It has its turns, so that it can get well.
        go_on(&mut world, &[(1, 5), (2, 15)], 20);
        assert_eq!(on(&world), [1], "{told}");
        for level in [6, 7, 8, 9] {
            world.wait(120);
            world.report(1, level, charging.map(|_| true));
        }
        assert_eq!((on(&world), decision(&world, 1).2), (vec![1], FLOOR), "{told}: well again");
        go_on(&mut world, &[(1, 9), (2, 15)], 30);
        assert_eq!(on(&world), [1]);
    }
}

#[test]
fn off_for_the_station_until_the_morning_leaves_what_safety_wants() {
    let mut station = limited(4, 4);
    change_port(&mut station, 4, |plan| {
        plan.care = Arc::new(Care { battery: false, ..(*plan.care).clone() });
    });
    let mut world = World::of(engine_of(station));
    for (number, level, degrees) in [(1, 30, 25.0), (2, 5, 25.0), (3, 5, 47.0)] {
        take(&mut world, &warm(number, level, degrees));
    }
    wish_all(&mut world, mode(ModeKind::Off, Some(at(540))));
    assert_eq!(on(&world), [2, 4]);
    let safe = |safeguard| (Layer::Safety, Some(safeguard));
    let by =
        |world: &World| [1, 2, 3, 4].map(|number| (decision(world, number).1, decision(world, number).2));
    let (floor, hot, no_battery) =
        (safe(Safeguard::Floor), safe(Safeguard::TooHot), safe(Safeguard::NoBattery));
    assert_eq!(by(&world), [(Layer::Mode, None), floor, hot, no_battery]);
    assert!(reason(&world, 2).ends_with(", although switched off by REST"), "{}", reason(&world, 2));
    world.restart();
    assert_eq!((on(&world), by(&world)), (vec![2, 4], [(Layer::Mode, None), floor, hot, no_battery]));
    world.wait(1200);
    take(&mut world, &warm(3, 5, 39.0));
    assert_eq!(decision(&world, 3).2, FLOOR, "cool, and still low");
    for number in [2, 3] {
        take(&mut world, &warm(number, 15, 30.0));
    }
    assert_eq!(
        (on(&world), decision(&world, 2).1, decision(&world, 3).1),
        (vec![4], Layer::Mode, Layer::Mode)
    );
    for _ in 0..17 {
        world.wait(1800);
        (1..4).for_each(|number| drop(take(&mut world, &warm(number, 15, 25.0))));
    }
    world.until(at(539));
    assert_eq!(on(&world), [4]);
    world.until(at(540));
    assert_eq!(on(&world), [1, 2, 3, 4]);
    assert_eq!(world.told(0, "mode_changed"), 2);
}

#[test]
fn who_fell_silent_while_a_person_kept_it_off_is_charged_after_it() {
    for restarted in [false, true] {
        let mut world = World::new();
        world.report(1, 50, None);
        wish_all(&mut world, mode(ModeKind::Off, Some(at(600))));
        world.until(at(300));
        if restarted {
            world.restart();
        }
        world.until(at(599));
        assert!(world.port(1).silent);
        assert_eq!((world.power[&port(1)], world.told(1, "silent_charge_over")), (Power::Off, 0));
        assert_eq!(decision(&world, 1).1, Layer::Mode);
        world.until(at(602));
        assert_eq!((world.power[&port(1)], decision(&world, 1).2), (Power::On, Some(Safeguard::Wake)));
        world.until(at(600 + 10 + 235));
        assert_eq!((world.power[&port(1)], decision(&world, 1).2), (Power::On, Some(Safeguard::Silent)));
        world.until(at(600 + 10 + 242));
        assert_eq!((world.power[&port(1)], world.told(1, "silent_charge_over")), (Power::Off, 1));
    }
}

#[test]
fn what_heat_interrupts_goes_on_when_it_is_over() {
    for restarted in [false, true] {
        let mut world = World::new();
        take(&mut world, &warm(1, 15, 30.0));
        world.wait(1800);
        assert_eq!(decision(&world, 1).1, Layer::Policy);
        take(&mut world, &warm(1, 50, 46.0));
        assert_eq!(world.power[&port(1)], Power::Off);
        if restarted {
            world.restart();
        }
        world.wait(1800);
        take(&mut world, &warm(1, 49, 39.0));
        assert_eq!(
            (reason(&world, 1).as_str(), world.power[&port(1)]),
            ("no rule has an opinion: stays on (15% is at or under 20%)", Power::On)
        );
    }
    // Where nobody wanted anything it had power.
    let mut world = World::new();
    take(&mut world, &warm(1, 50, 46.0));
    world.wait(600);
    take(&mut world, &warm(1, 50, 39.0));
    assert_eq!(reason(&world, 1), "no rule has an opinion: stays on (it has cooled down)");
    // And where a rule rests it, it rests.
    take(&mut world, &warm(1, 85, 30.0));
    take(&mut world, &warm(1, 84, 46.0));
    take(&mut world, &warm(1, 79, 39.0));
    assert_eq!(reason(&world, 1), "no rule has an opinion: stays off (85% is at or over 80%)");
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn heat_that_ends_in_silence_leaves_no_trace_either() {
    let mut world = World::new();
    take(&mut world, &warm(1, 15, 30.0));
    world.wait(1800);
    take(&mut world, &warm(1, 50, 46.0));
    world.wait(46 * 60);
    assert_eq!(decision(&world, 1).2, Some(Safeguard::Wake));
    world.report(1, 50, None);
    assert_eq!(reason(&world, 1), "no rule has an opinion: stays on (15% is at or under 20%)");
}

#[test]
fn once_has_a_place_before_turns_and_waits_its_turn_among_people() {
    let once = Mode { level: Level::new(90).ok(), ..mode(ModeKind::Once, None) };
    let mut world = World::of(engine_of(limited(3, 1)));
    world.report(1, 15, None);
    world.report(3, 50, None);
    assert_eq!(on(&world), [1]);
    wish(&mut world, 3, once.clone());
    world.wait(0);
    assert_eq!(on(&world), [3], "before turns");
    wish(&mut world, 2, once);
    world.wait(0);
    assert_eq!(reason(&world, 2), "waits for power: 1 of at most 1 port is on (charged once to 90% by REST)");
    world.wait(600);
    world.report(3, 60, None);
    world.wait(360);
    assert_eq!(on(&world), [2], "a turn each");
    world.wait(960);
    assert_eq!(on(&world), [3]);
    world.report(3, 90, None);
    world.wait(200);
    assert_eq!((on(&world), world.port(3).memory.mode.kind), (vec![2], ModeKind::Auto));
    assert_eq!((world.port(2).memory.mode.kind, decision(&world, 3).1), (ModeKind::Once, Layer::Policy));
}

#[test]
fn a_port_that_cannot_be_switched_off_makes_nobody_flap() {
    let mut station = limited(4, 2);
    change_port(&mut station, 4, |plan| {
        plan.care = Arc::new(Care { battery: false, ..(*plan.care).clone() });
    });
    let mut world = World::of(engine_of(station));
    world.mode(1, ModeKind::On);
    world.wait(0);
    assert_eq!(on(&world), [1, 4]);
    world.switch(3, Power::On);
    world.set(3, super::world::Way::Stuck);
    world.forget();
    world.wait(600);
    assert!(world.ordered(1) <= 4, "{:?}", world.orders);
}
