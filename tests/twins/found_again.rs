//! Hubs that are on another bus than the file says, and hubs that are nowhere.

use smart_charging_station::model::{Power, SwitchProblem};
use stand_in::{World, four_ports, mirrored, rsh_a16};

use crate::rig::{Rig, hub};

#[tokio::test]
async fn a_hub_that_moved_to_another_bus_is_found_by_its_model_and_says_where_it_is() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.read().await[&3].hub_at, None);
    rig.stage().change(|world| {
        world.change_bus(4, 8);
        world.change_bus(3, 7);
    });
    let seen = desk.read().await;
    assert!(seen.values().all(|seen| seen.power == Some(Power::On) && seen.problem.is_none()), "{seen:?}");
    assert!(seen.values().all(|seen| seen.hub_at == Some(hub("7-1"))), "{seen:?}");
    rig.take_orders();
    let seen = desk.switch(&[3, 16], Power::Off).await;
    assert!(
        seen.iter().all(|seen| seen.power == Some(Power::Off) && seen.hub_at == Some(hub("7-1"))),
        "{seen:?}"
    );
    assert_eq!(rig.take_orders().len(), 4);
    assert_eq!(rig.sides("7-1.4", "8-1.4", 1), (false, false));
    assert_eq!(rig.sides("7-1.3.3", "8-1.3.3", 4), (false, false));
}

#[tokio::test]
async fn a_hub_that_is_elsewhere_at_the_start_is_found_too() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[1])));
    let mut desk = rig.a16("desk", "3-1");
    let seen = desk.switch(&[3], Power::Off).await.remove(0);
    assert_eq!((seen.power, seen.problem, seen.hub_at), (Some(Power::Off), None, Some(hub("5-1"))));
    assert_eq!(rig.take_orders(), ["6-1.4 1 off", "5-1.4 1 off"]);
}

#[tokio::test]
async fn a_hub_that_is_written_by_its_usb_3_side_is_found_there() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[1])));
    let mut desk = rig.a16("desk", "4-1");
    let seen = desk.switch(&[3], Power::Off).await.remove(0);
    assert_eq!((seen.power, &seen.problem), (Some(Power::Off), &None));
    assert!(seen.hub_at.is_some(), "{seen:?}");
    assert_eq!(rig.take_orders(), ["6-1.4 1 off", "5-1.4 1 off"]);
}

#[tokio::test]
async fn a_hub_that_comes_back_to_its_place_is_there_again() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[1])));
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.read().await[&3].hub_at, Some(hub("5-1")));
    rig.stage().change(|world| *world = mirrored());
    let seen = desk.switch(&[3], Power::Off).await.remove(0);
    assert_eq!((seen.power, seen.problem, seen.hub_at), (Some(Power::Off), None, None));
    assert_eq!(rig.take_orders(), ["4-1.4 1 off", "3-1.4 1 off"]);
}

#[tokio::test]
async fn of_two_hubs_of_the_model_at_that_path_none_is_taken() {
    let mut hubs = rsh_a16(Some(5), Some(6), &[1]);
    hubs.extend(rsh_a16(Some(7), Some(8), &[1]));
    let rig = Rig::of(&World::new(hubs));
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.one(3, Power::Off).await, (None, Some(SwitchProblem::HubMissing(hub("3-1")))));
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn a_hub_that_another_station_has_is_not_taken() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[1])));
    let (mut desk, mut lab) = (rig.a16("desk", "5-1"), rig.a16("lab", "3-1"));
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    rig.take_orders();
    let (power, problem) = lab.one(4, Power::Off).await;
    assert!(power.is_none() && problem.is_some(), "{power:?} {problem:?}");
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn a_hub_of_a_station_that_has_not_asked_yet_is_not_taken() {
    let rig = Rig::of(&World::new(rsh_a16(Some(5), Some(6), &[1])));
    let (mut lab, mut desk) = (rig.a16("lab", "3-1"), rig.a16("desk", "5-1"));
    assert_eq!(lab.one(3, Power::Off).await, (None, Some(SwitchProblem::HubMissing(hub("3-1")))));
    assert_eq!(rig.take_orders(), [""; 0]);
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn a_hub_at_another_path_or_of_another_shape_is_not_taken() {
    let mut hubs = rsh_a16(Some(3), Some(4), &[2]);
    hubs.push(four_ports("5-1"));
    let rig = Rig::of(&World::new(hubs));
    let mut desk = rig.a16("desk", "3-1");
    let missing = Some(SwitchProblem::HubMissing(hub("3-1")));
    assert_eq!(desk.one(3, Power::Off).await, (None, missing.clone()));
    let seen = desk.read().await;
    assert!(seen.values().all(|seen| seen.power.is_none() && seen.problem == missing), "{seen:?}");
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn a_socket_without_a_model_is_never_looked_for_elsewhere() {
    let rig = Rig::of(&World::new(vec![four_ports("5-2")]));
    let mut desk = rig.sockets("desk", &[("3-2", 1)]);
    let missing = Some(SwitchProblem::HubMissing(hub("3-2")));
    assert_eq!(desk.one(1, Power::Off).await, (None, missing));
    assert_eq!(rig.take_orders(), [""; 0]);
}
