//! Both sides of a hub are switched and verified, each by its own call, and nothing else is touched.

use std::collections::BTreeSet;

use smart_charging_station::model::{Driver, Power, Purpose, SwitchProblem};
use stand_in::{Does, Fault, World, four_ports, mirrored, rsh_a16};

use crate::rig::Rig;

/// All sixteen ports.
const ALL: [u16; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/// The sockets that connect the chips, on either side.
const CHAIN: [&str; 8] =
    ["3-1 3 ", "3-1 4 ", "3-1.3 3 ", "3-1.3 4 ", "4-1 3 ", "4-1 4 ", "4-1.3 3 ", "4-1.3 4 "];

#[tokio::test]
async fn each_side_of_a_port_is_switched_by_a_call_of_its_own_the_usb_3_side_first() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    let runs = rig.stage().runs();
    let switching: Vec<&String> = runs.iter().filter(|run| run.contains("-a ")).collect();
    assert_eq!(switching.len(), 2, "{runs:?}");
    assert!(switching.iter().all(|run| run.contains("-e") && run.contains("-N")), "{runs:?}");
    assert_eq!(rig.take_orders(), ["4-1.4 1 off", "3-1.4 1 off"]);
    assert_eq!(rig.sides("3-1.4", "4-1.4", 1), (false, false));
    assert_eq!(desk.one(3, Power::On).await, (Some(Power::On), None));
    assert_eq!(rig.take_orders(), ["4-1.4 1 on", "3-1.4 1 on"]);
}

#[tokio::test]
async fn sixteen_ports_are_ten_calls_one_for_each_side_of_each_chip_and_none_for_the_chain() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    assert!(desk.read().await.values().all(|seen| seen.power == Some(Power::On) && seen.problem.is_none()));
    rig.stage().take_log();
    for (power, on) in [(Power::Off, false), (Power::On, true)] {
        let seen = desk.switch(&ALL, power).await;
        assert!(seen.iter().all(|seen| seen.power == Some(power) && seen.problem.is_none()), "{seen:?}");
        assert_eq!(rig.stage().runs().len(), 10, "{:?}", rig.stage().runs());
        let orders = rig.take_orders();
        assert_eq!(orders.iter().collect::<BTreeSet<_>>().len(), 32, "{orders:?}");
        assert_eq!(orders.len(), 32, "each port of each side once: {orders:?}");
        let chain = |order: &String| CHAIN.iter().any(|socket| order.starts_with(socket));
        assert!(!orders.iter().any(chain), "{orders:?}");
        for (at, port) in [("1", 1), ("1.4", 4), ("1.3", 2), ("1.3.4", 1), ("1.3.3", 4)] {
            assert_eq!(rig.sides(&format!("3-{at}"), &format!("4-{at}"), port), (on, on), "{at}");
        }
    }
}

#[tokio::test]
async fn a_hub_that_is_written_by_its_usb_3_side_is_switched_on_both_as_well() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "4-1");
    assert_eq!(desk.one(10, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["4-1.3.4 2 off", "3-1.3.4 2 off"]);
}

#[tokio::test]
async fn sockets_without_a_model_have_both_sides_too() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[2])));
    let mut desk = rig.sockets("desk", &[("5-2.3.4", 2), ("6-2", 1)]);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["6-2.3.4 2 off", "5-2.3.4 2 off"]);
    assert_eq!(desk.one(2, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["6-2 1 off", "5-2 1 off"]);
}

#[tokio::test]
async fn a_hub_with_one_side_is_switched_by_one_call() {
    let rig = Rig::of(&World::new(vec![four_ports("5-2")]));
    let mut desk = rig.sockets("desk", &[("5-2", 1), ("5-2", 2)]);
    desk.read().await;
    rig.stage().take_log();
    let seen = desk.switch(&[1, 2], Power::Off).await;
    assert!(seen.iter().all(|seen| seen.power == Some(Power::Off) && seen.problem.is_none()), "{seen:?}");
    assert_eq!(rig.stage().runs().len(), 1);
    assert_eq!(rig.take_orders(), ["5-2 1 off", "5-2 2 off"]);
}

#[tokio::test]
async fn the_sixteen_port_hub_on_a_usb_2_cable_is_five_calls() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), None, &[2])));
    let mut desk = rig.a16("desk", "5-2");
    desk.read().await;
    rig.stage().take_log();
    let seen = desk.switch(&ALL, Power::Off).await;
    assert!(seen.iter().all(|seen| seen.power == Some(Power::Off) && seen.problem.is_none()), "{seen:?}");
    assert_eq!((rig.stage().runs().len(), rig.stage().orders().len()), (5, 16));
}

#[tokio::test]
async fn the_other_side_is_found_on_a_bus_that_is_no_neighbour() {
    let rig = Rig::of(&World::new(rsh_a16(Some(1), Some(8), &[2])));
    let mut desk = rig.a16("desk", "1-2");
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["8-2 1 off", "1-2 1 off"]);
}

#[tokio::test]
async fn of_two_hubs_that_say_the_same_of_themselves_each_keeps_its_own_sides() {
    let mut hubs = rsh_a16(Some(3), Some(4), &[1]);
    hubs.extend(rsh_a16(Some(5), Some(6), &[1]));
    let rig = Rig::of(&World::new(hubs));
    let (mut desk, mut lab) = (rig.a16("desk", "3-1"), rig.a16("lab", "5-1"));
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["4-1.4 1 off", "3-1.4 1 off"]);
    assert_eq!(lab.one(16, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["6-1.3.3 4 off", "5-1.3.3 4 off"]);
}

#[tokio::test]
async fn a_port_with_power_on_either_side_is_on() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    for (at, port) in [("3-1.4", 1), ("4-1.4", 2)] {
        rig.stage().change(|world| world.port_mut(at, port).unwrap().power = false);
    }
    let seen = desk.read().await;
    assert_eq!((seen[&3].power, seen[&4].power), (Some(Power::On), Some(Power::On)));
    rig.stage().change(|world| world.port_mut("4-1.4", 1).unwrap().power = false);
    assert_eq!(desk.read().await[&3].power, Some(Power::Off));
}

#[tokio::test]
async fn power_that_comes_back_by_itself_is_seen_at_the_next_reading() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(desk.read().await[&3].power, Some(Power::Off));
    let back = Fault::new("3-1.4", stand_in::Call::List, Does::PowerBack).at_port(1).times(1);
    rig.stage().change(|world| world.faults.push(back));
    assert_eq!(desk.read().await[&3].power, Some(Power::On));
}

#[tokio::test]
async fn a_side_that_was_behind_is_brought_along() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    rig.stage().change(|world| world.port_mut("3-1.4", 1).unwrap().power = false);
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["4-1.4 1 off"], "uhubctl sends nothing to a port that is off");
}

#[tokio::test]
async fn a_port_that_the_hub_does_not_have_is_missing_on_both_sides() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.sockets("desk", &[("3-1.4", 9)]);
    let (power, problem) = desk.one(1, Power::Off).await;
    assert!(power.is_none() && matches!(problem, Some(SwitchProblem::Missing(_))), "{problem:?}");
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn calls_are_counted_by_what_they_were_for() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    desk.one(3, Power::Off).await;
    let switched = rig.tally.borrow()[&(Driver::Uhubctl, Purpose::Switch)];
    assert_eq!((switched.done, switched.failed, switched.too_long), (2, 0, 0));
    assert!(switched.seconds > 0.0);
    desk.read().await;
    assert!(rig.tally.borrow()[&(Driver::Uhubctl, Purpose::Read)].done >= 1);
}
