//! What is refused before anything is sent.

use smart_charging_station::model::{Power, Seen, SwitchProblem};
use stand_in::{Call, Does, Fault, Hub, Port, World, error, four_ports, mirrored, raspberry_pi_4, rsh_a16};

use crate::rig::{Rig, Station};

fn forbidden(seen: &Seen) -> bool {
    matches!(seen.problem, Some(SwitchProblem::Forbidden(_)))
}

/// Every port of the station is refused in both directions, and nothing was sent.
async fn refuses_all(rig: &Rig, station: &mut Station, ports: &[u16]) {
    for power in [Power::Off, Power::On] {
        let seen = station.switch(ports, power).await;
        assert!(seen.iter().all(forbidden), "{seen:#?}");
    }
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn chain_sockets_of_the_model() {
    let rig = Rig::of(&mirrored());
    let mut desk =
        rig.a16_with("desk", "3-1", &[(1, "3-1", 3), (2, "3-1", 4), (3, "3-1.3", 3), (4, "3-1.3", 4)]);
    refuses_all(&rig, &mut desk, &[1, 2, 3, 4]).await;
    let mut lab = rig.a16_with("lab", "4-1", &[(1, "4-1", 3), (2, "4-1.3", 4)]);
    refuses_all(&rig, &mut lab, &[1, 2]).await;
}

#[tokio::test]
async fn chain_sockets_of_the_model_whose_chip_is_away() {
    let mut world = mirrored();
    world.unplug("3-1.3");
    world.unplug("4-1.3");
    let rig = Rig::of(&world);
    let mut desk = rig.a16_with("desk", "3-1", &[(1, "3-1", 3)]);
    refuses_all(&rig, &mut desk, &[1]).await;
}

#[tokio::test]
async fn sockets_with_a_hub_behind_them_without_a_model() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.sockets("desk", &[("3-1", 3), ("4-1", 4), ("3-1.3", 3), ("4-1.3", 4)]);
    refuses_all(&rig, &mut desk, &[1, 2, 3, 4]).await;
}

#[tokio::test]
async fn sockets_with_a_hub_behind_their_other_side() {
    let mut world = mirrored();
    world.unplug("3-1.3");
    let rig = Rig::of(&world);
    let mut desk = rig.sockets("desk", &[("3-1", 3)]);
    refuses_all(&rig, &mut desk, &[1]).await;
}

#[tokio::test]
async fn sockets_that_ever_had_a_hub_behind_them() {
    let rig = Rig::of(&World::new(vec![four_ports("5-2"), four_ports("5-2.4")]));
    let mut desk = rig.sockets("desk", &[("5-2", 4), ("5-2", 1)]);
    desk.read().await;
    rig.stage().change(|world| world.unplug("5-2.4"));
    desk.read().await;
    refuses_all(&rig, &mut desk, &[1]).await;
    assert_eq!(desk.one(2, Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn root_hubs() {
    let rig = Rig::of(&World::new(raspberry_pi_4()));
    let mut desk = rig.sockets("desk", &[("2", 1), ("2", 2), ("1", 1)]);
    refuses_all(&rig, &mut desk, &[1, 2, 3]).await;
}

#[tokio::test]
async fn the_soldered_hub_of_a_raspberry_pi_that_says_what_it_is() {
    let rig = Rig::of(&World::new(raspberry_pi_4()));
    rig.board("Raspberry Pi 4 Model B Rev 1.4\0");
    let mut desk = rig.sockets("desk", &[("1-1", 1), ("1-1", 4)]);
    refuses_all(&rig, &mut desk, &[1, 2]).await;
}

#[tokio::test]
async fn the_soldered_hub_of_a_raspberry_pi_whose_name_is_hidden() {
    let rig = Rig::of(&World::new(raspberry_pi_4()));
    let mut desk = rig.sockets("desk", &[("1-1", 1), ("1-1", 4)]);
    refuses_all(&rig, &mut desk, &[1, 2]).await;
}

#[tokio::test]
async fn the_soldered_hub_of_the_first_raspberry_pi() {
    let mut hub = Hub { id: (0x0424, 0x9512), ..four_ports("1-1") };
    hub.ports.remove(&4);
    let rig = Rig::of(&World::new(vec![hub]));
    let mut desk = rig.sockets("desk", &[("1-1", 2)]);
    refuses_all(&rig, &mut desk, &[1]).await;
}

#[tokio::test]
async fn the_soldered_hub_of_a_raspberry_pi_that_is_told_by_its_network_chip() {
    let mut hub = Hub { id: (0x0424, 0x9514), ..four_ports("1-1") };
    hub.ports.insert(5, Port::default());
    let rig = Rig::of(&World::new(vec![hub]));
    let mut desk = rig.sockets("desk", &[("1-1", 1), ("1-1", 5)]);
    refuses_all(&rig, &mut desk, &[1, 2]).await;
}

#[tokio::test]
async fn a_hub_in_a_socket_of_a_raspberry_pi_is_switched() {
    let mut world = World::new(raspberry_pi_4());
    world.hubs.push(four_ports("1-1.2"));
    let rig = Rig::of(&world);
    let mut desk = rig.sockets("desk", &[("1-1.2", 1)]);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["1-1.2 1 off"]);
}

#[tokio::test]
async fn sockets_that_are_none_of_the_stations() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.sockets("desk", &[("3-1.4", 1)]);
    for (at, port) in [("3-1.4", 2), ("3-1.3.4", 1), ("4-1.4", 2)] {
        let seen = desk.reach_out(at, port, Power::Off).await;
        assert!(forbidden(&seen), "{seen:?}");
    }
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn a_socket_that_another_station_has_by_its_other_side() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.sockets("desk", &[("3-1.4", 1)]);
    let mut lab = rig.sockets("lab", &[("4-1.4", 1), ("4-1.4", 2)]);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    rig.take_orders();
    let seen = lab.switch(&[1, 2], Power::On).await;
    let Some(SwitchProblem::Forbidden(why)) = &seen[0].problem else { panic!("{seen:?}") };
    assert!(why.contains("desk"), "{why}");
    assert_eq!((seen[1].power, &seen[1].problem), (Some(Power::On), &None));
    assert_eq!(rig.sides("3-1.4", "4-1.4", 1), (false, false), "{:?}", rig.take_orders());
}

#[tokio::test]
async fn a_hub_of_another_shape_than_its_model() {
    let rig = Rig::of(&World::new(vec![four_ports("3-1")]));
    let mut desk = rig.a16("desk", "3-1");
    for port in [1, 3] {
        let (power, problem) = desk.one(port, Power::Off).await;
        assert_ne!(power, Some(Power::Off));
        assert!(matches!(problem, Some(SwitchProblem::Misfit(_))), "{problem:?}");
    }
    assert_eq!(rig.take_orders(), [""; 0]);
}

#[tokio::test]
async fn off_is_refused_while_the_other_side_cannot_be_opened_and_on_is_not() {
    let mut world = mirrored();
    for at in ["3-1.4", "4-1.4"] {
        world.port_mut(at, 2).unwrap().power = false;
    }
    // The chip that uhubctl would take for the other side is the one with the chain.
    world.hubs.reverse();
    world.faults.push(Fault::new("4-1.4", Call::Open, Does::Fail(error::ACCESS)));
    for model in [true, false] {
        let rig = Rig::of(&world);
        let mut desk = if model {
            rig.a16_with("desk", "3-1", &[(1, "3-1.4", 1), (2, "3-1.4", 2), (3, "3-1.3.4", 1)])
        } else {
            rig.sockets("desk", &[("3-1.4", 1), ("3-1.4", 2), ("3-1.3.4", 1)])
        };
        let (power, problem) = desk.one(1, Power::Off).await;
        assert_ne!(power, Some(Power::Off));
        assert!(matches!(problem, Some(SwitchProblem::OtherSide(_))), "model {model}: {problem:?}");
        assert_eq!(rig.take_orders(), [""; 0], "model {model}");
        let (power, _) = desk.one(2, Power::On).await;
        assert_eq!(power, Some(Power::On), "model {model}");
        assert_eq!(rig.take_orders(), ["3-1.4 2 on"], "model {model}");
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "the other chips are well");
        assert_eq!(rig.take_orders(), ["4-1.3.4 1 off", "3-1.3.4 1 off"]);
    }
}

#[tokio::test]
async fn nothing_else_is_switched_while_a_chip_enumerates_anew() {
    for skip in 0..4 {
        let rig = Rig::of(&mirrored());
        let mut desk = rig.a16("desk", "3-1");
        desk.read().await;
        let hide = Fault::new("4-1.4", Call::List, Does::Hide).after(skip).times(1);
        rig.stage().change(|world| world.faults.push(hide));
        let (power, problem) = desk.one(6, Power::Off).await;
        let orders = rig.take_orders();
        assert!(
            orders.iter().all(|order| ["4-1.4 4 off", "3-1.4 4 off"].contains(&order.as_str())),
            "{orders:?}"
        );
        let off = rig.sides("3-1.4", "4-1.4", 4) == (false, false);
        assert_eq!(power == Some(Power::Off), off, "after {skip}: {power:?} {problem:?}");
        assert_eq!(desk.one(6, Power::Off).await, (Some(Power::Off), None), "after {skip}");
    }
}

#[tokio::test]
async fn two_hubs_at_one_path_of_other_buses_are_not_taken_for_each_others_side() {
    let mut hubs = rsh_a16(Some(1), None, &[2]);
    hubs.extend(rsh_a16(Some(3), Some(4), &[2]));
    let rig = Rig::of(&World::new(hubs));
    let mut desk = rig.a16("desk", "1-2");
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["1-2.4 1 off"]);
}
