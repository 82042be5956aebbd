//! A restart in each state that a port can be in: the same decision, and nothing is switched.

use super::allotting::{engine_of, limited, on};
use super::safety::{take, warm};
use super::world::World;
use super::*;
use crate::model::{Layer, ModeEnd, Safeguard};

/// Restarts, and holds what is decided after it against what was decided before.
fn the_same_after_a_restart(name: &str, mut world: World, by: Layer, safeguard: Option<Safeguard>) {
    let known = |world: &World| {
        let ports = world.engine.view().ports.values();
        let decided = |port: &Arc<super::super::PortState>| {
            let decision = port.decision.as_ref().unwrap();
            let reason = decision.reason.clone();
            // For how long it has been silent is said anew.
            let reason = Some(reason).filter(|reason| !reason.starts_with("no report for "));
            (decision.verdict, decision.by, decision.safeguard, reason)
        };
        ports.map(decided).collect::<Vec<_>>()
    };
    world.wait(10);
    let (before, powered) = (known(&world), on(&world));
    let decision = world.port(1).decision.clone().unwrap();
    assert_eq!((decision.by, decision.safeguard), (by, safeguard), "{name}");
    world.forget();
    world.restart();
    world.wait(10);
    assert_eq!((known(&world), on(&world)), (before, powered), "{name}");
    assert_eq!(world.orders, [], "{name}");
}

fn with(change: impl FnOnce(&mut World)) -> World {
    let mut world = World::new();
    change(&mut world);
    world
}

fn wish(world: &mut World, kind: ModeKind, level: Option<i64>) {
    let mode = Mode { level: level.and_then(|level| Level::new(level).ok()), ..mode(kind, Some(at(5000))) };
    let step = world.engine.set_mode(port(1), mode, world.now).unwrap();
    world.act(step);
}

#[test]
fn in_each_mode() {
    for (kind, level) in [
        (ModeKind::On, None),
        (ModeKind::Off, None),
        (ModeKind::Once, Some(90)),
        (ModeKind::Hold, Some(50)),
        (ModeKind::Hold, Some(70)),
    ] {
        let world = with(|world| {
            world.report(1, 60, None);
            wish(world, kind, level);
        });
        the_same_after_a_restart(&format!("{kind} {level:?}"), world, Layer::Mode, None);
    }
    let of_device = with(|world| {
        let off = mode(ModeKind::Off, None);
        let (_, step) = world.engine.set_device_mode(&device("phone"), off, world.now).unwrap();
        world.act(step);
    });
    the_same_after_a_restart("device", of_device, Layer::Mode, None);
    let of_station = with(|world| {
        let step = world.engine.set_station_mode(mode(ModeKind::Off, Some(at(99))), world.now);
        world.act(step);
    });
    the_same_after_a_restart("station", of_station, Layer::Mode, None);
}

#[test]
fn a_hold_half_way_up_goes_on_up() {
    let world = with(|world| {
        wish(world, ModeKind::Hold, Some(60));
        world.report(1, 56, None);
        world.wait(300);
        world.report(1, 58, None);
        assert_eq!(world.power[&port(1)], Power::On);
    });
    the_same_after_a_restart("hold", world, Layer::Mode, None);
}

#[test]
fn in_each_state_of_safety() {
    let hot = with(|world| drop(take(world, &warm(1, 50, 46.0))));
    the_same_after_a_restart("hot", hot, Layer::Safety, Some(Safeguard::TooHot));
    let cooling = with(|world| {
        take(world, &warm(1, 50, 46.0));
        world.wait(300);
        take(world, &warm(1, 50, 42.0));
    });
    the_same_after_a_restart("cooling", cooling, Layer::Safety, Some(Safeguard::TooHot));
    let low = with(|world| {
        wish(world, ModeKind::Off, None);
        world.report(1, 9, None);
        world.wait(300);
        world.report(1, 12, None);
    });
    the_same_after_a_restart("low", low, Layer::Safety, Some(Safeguard::Floor));
}

#[test]
fn in_each_stage_of_silence() {
    let silent = |minutes: i64| {
        with(|world| {
            world.report(1, 85, None);
            world.wait(minutes * 60);
        })
    };
    let stages = [
        (50, Safeguard::Wake),
        (100, Safeguard::Silent),
        (300, Safeguard::SilentTooLong),
        (45 + 10 + 240 + 115, Safeguard::Wake),
    ];
    for (minutes, safeguard) in stages {
        the_same_after_a_restart(&format!("{minutes}"), silent(minutes), Layer::Safety, Some(safeguard));
    }
}

#[test]
fn while_a_level_is_doubted() {
    let mut world = with(|world| {
        world.report(1, 85, None);
        world.wait(900);
        world.report(1, 3, None);
    });
    world.restart();
    world.wait(300);
    assert!(world.report(1, 84, None).contains("the 3% reported before was a misreading"));
    world.wait(300);
    assert_eq!(world.power[&port(1)], Power::Off);
}

#[test]
fn while_some_wait_for_power() {
    let mut world = World::of(engine_of(limited(4, 2)));
    (1..=4).for_each(|number| drop(world.report(number, 15, None)));
    world.wait(16 * 60);
    assert_eq!(on(&world), [3, 4]);
    the_same_after_a_restart("turns", world, Layer::Budget, None);
}

#[test]
fn a_mode_that_ended_while_the_service_was_down_is_over() {
    let mut world = with(|world| {
        world.report(1, 60, None);
        wish(world, ModeKind::Off, None);
    });
    world.forget();
    world.now = at(6000);
    world.restart();
    world.wait(10);
    assert_eq!(world.port(1).memory.mode, Mode::default());
    let ended = world.events.iter().any(|event| {
        matches!(&event.kind, crate::model::EventKind::ModeChanged { ended: Some(ModeEnd::Time), .. })
    });
    assert!(ended, "and that is told");
}
