//! Hubs and calls that go wrong: nothing is believed that was not seen, and each case has its end.

use smart_charging_station::model::{Power, Seen, SwitchProblem};
use stand_in::{Call, Does, Fault, World, error, four_ports, mirrored};

use crate::rig::{Rig, Station};

/// The sixteen-port hub with this fault, and its station after a first reading.
async fn with(fault: Fault) -> (Rig, Station) {
    with_limit(fault, 20).await
}

async fn with_limit(fault: Fault, seconds: i64) -> (Rig, Station) {
    let rig = Rig::with_limit(&mirrored(), seconds);
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.read().await[&3].power, Some(Power::On));
    rig.stage().take_log();
    rig.stage().change(|world| world.faults.push(fault));
    (rig, desk)
}

fn well(rig: &Rig) {
    rig.stage().change(|world| world.faults.clear());
}

fn code(seen: &Seen) -> Option<&'static str> {
    seen.problem.as_ref().map(SwitchProblem::code)
}

#[tokio::test]
async fn an_order_that_either_side_ignores_is_not_believed() {
    for (side, orders) in [
        ("4-1.4", ["4-1.4 1 off: ignored", "3-1.4 1 off"]),
        ("3-1.4", ["4-1.4 1 off", "3-1.4 1 off: ignored"]),
    ] {
        let (rig, mut desk) = with(Fault::new(side, Call::Power, Does::Ignore)).await;
        let refused = Some(SwitchProblem::Refused(Power::On));
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::On), refused), "{side}");
        let sent = rig.take_orders();
        assert_eq!(sent[0], orders[0], "{side}");
        // Once the first side has not done it, the second one is left as it is; and the other way round it gets power back.
        let rest = if side == "4-1.4" { vec![] } else { vec![orders[1], "4-1.4 1 on"] };
        assert_eq!(sent[1..], rest, "{side}");
        assert_eq!(rig.sides("3-1.4", "4-1.4", 1), (true, true), "{side}");
        well(&rig);
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "{side}");
    }
}

#[tokio::test]
async fn an_order_that_fails_on_one_side_or_on_both_is_told() {
    for sides in [&["4-1.4"][..], &["3-1.4"], &["3-1.4", "4-1.4"]] {
        for failure in [error::IO, error::PIPE, error::TIMEOUT] {
            let (rig, mut desk) = with(Fault::new(sides[0], Call::Power, Does::Fail(failure))).await;
            for side in &sides[1..] {
                let fault = Fault::new(side, Call::Power, Does::Fail(failure));
                rig.stage().change(|world| world.faults.push(fault));
            }
            let (power, problem) = desk.one(3, Power::Off).await;
            assert_eq!(power, Some(Power::On), "{sides:?} {failure}");
            assert_eq!(problem, Some(SwitchProblem::Refused(Power::On)), "{sides:?} {failure}");
            let seen = desk.read().await;
            assert_eq!((seen[&3].power, seen[&4].power), (Some(Power::On), Some(Power::On)));
            well(&rig);
            assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
        }
    }
}

#[tokio::test]
async fn one_stubborn_port_of_a_call_does_not_spoil_the_others() {
    let (rig, mut desk) = with(Fault::new("3-1.4", Call::Power, Does::Ignore).at_port(2)).await;
    let seen = desk.switch(&[3, 4, 5], Power::Off).await;
    let powers: Vec<Option<Power>> = seen.iter().map(|seen| seen.power).collect();
    assert_eq!(powers, [Some(Power::Off), Some(Power::On), Some(Power::Off)]);
    assert_eq!(seen.iter().map(code).collect::<Vec<_>>(), [None, Some("not_switched"), None]);
    assert_eq!(rig.sides("3-1.4", "4-1.4", 3), (false, false));
}

#[tokio::test]
async fn a_status_that_cannot_be_read_is_not_known_and_the_other_ports_are() {
    for side in ["3-1.4", "4-1.4"] {
        let fault = Fault::new(side, Call::Status, Does::Fail(error::TIMEOUT)).at_port(2);
        let (rig, mut desk) = with(fault).await;
        let seen = desk.read().await;
        // One side that is surely on is enough to know that the port has power; off needs both.
        assert_ne!(seen[&4].power, Some(Power::Off), "{side}");
        assert_eq!((seen[&3].power, code(&seen[&3])), (Some(Power::On), None), "{side}");
        assert_eq!((seen[&5].power, code(&seen[&5])), (Some(Power::On), None), "{side}");
        let seen = desk.switch(&[3, 4], Power::Off).await;
        assert_eq!((seen[0].power, code(&seen[0])), (Some(Power::Off), None), "{side}");
        assert_ne!(seen[1].power, Some(Power::Off), "{side}");
        assert!(seen[1].problem.is_some(), "{side}");
        well(&rig);
        assert_eq!(desk.one(4, Power::Off).await, (Some(Power::Off), None), "{side}");
        assert_eq!(desk.one(4, Power::On).await, (Some(Power::On), None), "{side}");
    }
}

#[tokio::test]
async fn a_status_that_ends_the_list_leaves_the_ports_after_it_unknown_or_read_again() {
    let fault = Fault::new("3-1.4", Call::Status, Does::Fail(error::IO)).at_port(2);
    let (rig, mut desk) = with(fault).await;
    let seen = desk.switch(&[3, 4, 5], Power::Off).await;
    for (seen, port) in seen.iter().zip(1..) {
        let off = rig.sides("3-1.4", "4-1.4", port) == (false, false);
        assert!(seen.power != Some(Power::Off) || off, "{seen:?}");
        assert!(seen.power.is_some() || seen.problem.is_some(), "{seen:?}");
    }
    assert_ne!(seen[1].power, Some(Power::Off));
    assert_eq!(desk.one(16, Power::Off).await, (Some(Power::Off), None), "the other chips are well");
}

#[tokio::test]
async fn a_status_that_fails_once_is_read_again() {
    let fault = Fault::new("3-1.4", Call::Status, Does::Fail(error::TIMEOUT)).at_port(2).after(2).times(1);
    let (_rig, mut desk) = with(fault).await;
    assert_eq!(desk.one(4, Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn hubs_that_may_not_be_opened_are_told() {
    let mut world = mirrored();
    let places: Vec<String> = world.hubs.iter().map(|hub| hub.at.clone()).collect();
    world.faults.extend(places.iter().map(|at| Fault::new(at, Call::Open, Does::Fail(error::ACCESS))));
    let rig = Rig::of(&world);
    let mut desk = rig.a16("desk", "3-1");
    let seen = desk.read().await.remove(&1).unwrap();
    // Root is never told of a permission, because it lacks none.
    assert!(matches!(code(&seen), Some("no_permission" | "hub_missing")), "{seen:?}");
    assert_eq!(seen.power, None);
    let seen = desk.switch(&[1], Power::Off).await.remove(0);
    assert!(matches!(code(&seen), Some("no_permission" | "hub_missing")), "{seen:?}");
    assert_eq!(rig.take_orders(), [""; 0]);
    well(&rig);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None), "the rule was installed");
}

#[tokio::test]
async fn a_hub_that_goes_in_the_middle_is_never_off() {
    for skip in [0, 1, 3, 5, 7, 10] {
        let mut world = mirrored();
        world.hubs.push(four_ports("7-1"));
        let rig = Rig::of(&world);
        let mut desk = rig.a16("desk", "3-1");
        let mut lab = rig.sockets("lab", &[("7-1", 1)]);
        desk.read().await;
        for side in ["3-1", "4-1"] {
            let fault = Fault { call: None, ..Fault::new(side, Call::Open, Does::Unplug) };
            rig.stage().change(|world| world.faults.push(fault.after(skip)));
        }
        let seen = desk.switch(&[1, 3, 16], Power::Off).await;
        let world = rig.stage().world();
        for (seen, (at, port)) in seen.iter().zip([("1", 1), ("1.4", 1), ("1.3.3", 4)]) {
            let sides = ["3", "4"].map(|bus| world.power(&format!("{bus}-{at}"), port));
            // A hub that has gone has taken both sides with it.
            let off = !sides.contains(&Some(true));
            assert!(seen.power != Some(Power::Off) || off, "after {skip}: {seen:?} {sides:?}");
            assert!(seen.power != Some(Power::On) || seen.problem.is_some(), "after {skip}: {seen:?}");
            assert!(seen.power.is_some() || seen.problem.is_some(), "after {skip}: {seen:?}");
        }
        assert_eq!(lab.one(1, Power::Off).await, (Some(Power::Off), None), "after {skip}");
        rig.stage().change(|world| {
            world.unplug("3-1");
            world.unplug("4-1");
        });
        let gone = desk.read().await;
        assert!(
            gone.values().all(|seen| seen.power.is_none() && code(seen) == Some("hub_missing")),
            "{gone:?}"
        );
        rig.stage().change(|world| *world = mirrored());
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "it is plugged in again");
    }
}

#[tokio::test]
async fn a_call_that_hangs_is_ended_and_the_next_one_works() {
    for (side, call) in [("4-1.4", Call::Power), ("3-1.4", Call::Power), ("4-1.4", Call::Status)] {
        let (rig, mut desk) = with_limit(Fault::new(side, call, Does::Hang).times(1), 3).await;
        let (power, problem) = desk.one(3, Power::Off).await;
        assert_ne!(power, Some(Power::Off), "{side} {call:?}");
        if call == Call::Power {
            assert_eq!(problem, Some(SwitchProblem::Timeout(3)), "{side}");
        }
        well(&rig);
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "{side} {call:?}");
        let tally = rig.tally.borrow();
        assert_eq!(tally.values().map(|calls| calls.too_long).sum::<u64>(), 1, "{side} {call:?}");
    }
}

#[tokio::test]
async fn a_hub_that_always_hangs_does_not_hide_the_other_one() {
    let mut world = mirrored();
    world.hubs.push(four_ports("7-1"));
    let rig = Rig::with_limit(&world, 3);
    let mut desk = rig.a16("desk", "3-1");
    let mut lab = rig.sockets("lab", &[("7-1", 1)]);
    desk.read().await;
    lab.read().await;
    rig.stage().change(|world| world.faults.push(Fault::new("4-1.4", Call::Power, Does::Hang)));
    assert_eq!(desk.one(3, Power::Off).await.1, Some(SwitchProblem::Timeout(3)));
    assert_eq!(lab.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(desk.one(9, Power::Off).await, (Some(Power::Off), None), "nor its own other chips");
}

#[tokio::test]
async fn a_tree_deeper_than_uhubctl_knows_is_no_trouble_for_the_hubs_above() {
    let mut world = World::new(vec![four_ports("5-2")]);
    let mut at = "5-2".to_owned();
    for _ in 0..9 {
        at.push_str(".1");
        world.hubs.push(four_ports(&at));
    }
    let rig = Rig::of(&world);
    let mut desk = rig.sockets("desk", &[("5-2", 2), ("5-2.1.1", 3)]);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(desk.one(2, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["5-2 2 off", "5-2.1.1 3 off"]);
}
