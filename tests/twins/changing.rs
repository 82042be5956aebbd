//! Hubs that change between a look and an order, and looks that fail, where the kernel's files show the hubs.

use std::{fs, process::Command};

use smart_charging_station::model::{Power, SwitchProblem};
use stand_in::{Call, Device, Does, Fault, Hub, four_ports, mirrored};

use crate::{
    kernel::{mirror, plug, serial, show},
    rig::Rig,
};

#[tokio::test]
async fn a_hub_that_was_plugged_in_since_the_last_reading_keeps_its_power() {
    let mut world = mirrored();
    let rig = Rig::of(&world);
    show(&rig.kernel(), &world, mirror);
    let mut desk = rig.a16("desk", "3-1");
    desk.read().await;
    world.hubs.push(four_ports("3-1.4.1"));
    rig.stage().change(|stage| *stage = world.clone());
    fs::remove_dir_all(rig.kernel()).unwrap();
    show(&rig.kernel(), &world, mirror);
    rig.take_orders();
    let (power, problem) = desk.one(3, Power::Off).await;
    assert!(power.is_none() && matches!(problem, Some(SwitchProblem::Forbidden(_))), "{problem:?}");
    assert_eq!(rig.take_orders(), [""; 0]);
    assert_eq!(desk.one(4, Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn another_hub_at_the_same_place_is_looked_at_before_it_loses_power() {
    let mut world = mirrored();
    world.hubs.push(Hub { id: (0x1a40, 0x0101), ..four_ports("7-1") });
    let rig = Rig::of(&world);
    show(&rig.kernel(), &world, |at| (!at.starts_with('7')).then(|| mirror(at)).flatten());
    let mut lab = rig.sockets("lab", &[("7-1", 1)]);
    lab.read().await;
    // Another hub comes, with a side that nobody knows of.
    world.hubs.retain(|hub| hub.at != "7-1");
    world.hubs.push(four_ports("7-1"));
    world.hubs.push(Hub { usb: 0x0320, ..four_ports("8-1") });
    rig.stage().change(|stage| *stage = world.clone());
    fs::remove_dir_all(rig.kernel()).unwrap();
    let twins = |at: &str| match at {
        "7-1" => Some("8-1".to_owned()),
        "8-1" => Some("7-1".to_owned()),
        at => mirror(at),
    };
    show(&rig.kernel(), &world, twins);
    assert_eq!(lab.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["8-1 1 off", "7-1 1 off"]);
}

#[tokio::test]
async fn a_hub_that_spoils_the_list_changes_nothing_of_what_is_known_of_the_others() {
    let mut world = mirrored();
    world.hubs.push(four_ports("7-1"));
    let rig = Rig::with_limit(&world, 3);
    show(&rig.kernel(), &world, |at| (!at.starts_with('7')).then(|| mirror(at)).flatten());
    let (mut desk, mut lab) = (rig.a16("desk", "3-1"), rig.sockets("lab", &[("7-1", 1)]));
    desk.read().await;
    lab.read().await;
    rig.stage().change(|world| world.faults.push(Fault::new("7-1", Call::Status, Does::Hang)));
    let seen = lab.read().await.remove(&1).unwrap();
    assert_eq!((seen.power, seen.problem), (None, Some(SwitchProblem::Timeout(3))));
    rig.stage().take_log();
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    let runs = rig.stage().runs();
    assert!(runs.iter().all(|run| run.contains("-a off")), "no look was needed: {runs:?}");
    rig.stage().take_log();
    assert!(desk.read().await.values().all(|seen| seen.power.is_some()));
    let runs = rig.stage().runs();
    assert!(runs.iter().all(|run| run.contains("-l ")), "nobody waits for the list again: {runs:?}");
}

#[tokio::test]
async fn what_the_kernel_showed_is_kept_while_it_shows_nothing() {
    let mut world = mirrored();
    world.port_mut("3-1.4", 1).unwrap().device = Some(Device::phone("R58N12ABCDE"));
    let rig = Rig::with_limit(&world, 3);
    show(&rig.kernel(), &world, mirror);
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(serial(&desk.read().await[&3]), Some("R58N12ABCDE"));
    // Somebody else's device that does not even say that it is no hub.
    plug(&rig.kernel(), "9-9", 1, &Device::phone("X"));
    let class = rig.kernel().join("bus/usb/devices/9-9.1/bDeviceClass");
    fs::remove_file(&class).unwrap();
    assert!(Command::new("mkfifo").arg(&class).status().unwrap().success());
    rig.stage().take_log();
    let seen = desk.read().await;
    assert_eq!((serial(&seen[&3]), seen[&3].power), (Some("R58N12ABCDE"), Some(Power::On)));
    let runs = rig.stage().runs();
    assert!(runs.iter().all(|run| run.contains("-N")), "names are not asked for: {runs:?}");
}

#[tokio::test]
async fn a_hub_whose_files_hang_keeps_its_power() {
    let world = mirrored();
    let rig = Rig::with_limit(&world, 3);
    show(&rig.kernel(), &world, mirror);
    let mut desk = rig.a16("desk", "3-1");
    desk.read().await;
    let file = rig.kernel().join("bus/usb/devices/4-1.4/idVendor");
    fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    desk.read().await;
    let (power, problem) = desk.one(3, Power::Off).await;
    assert!(power != Some(Power::Off) && problem.is_some_and(|problem| problem.may_pass()));
    assert_eq!(rig.take_orders(), [""; 0]);
    assert_eq!(desk.one(16, Power::Off).await, (Some(Power::Off), None));
}
