//! What is plugged in, where the kernel's files do not show the hub.

use smart_charging_station::model::{Plugged, Power, Seen};
use stand_in::{Device, Stage, mirrored};

use crate::rig::Rig;

fn serial(seen: &Seen) -> Option<&str> {
    match &seen.plugged {
        Plugged::Thing(thing) => thing.serial.as_deref(),
        Plugged::Nothing | Plugged::NotShown => None,
    }
}

fn plug(stage: &Stage, at: &str, port: u8, device: Option<Device>) {
    stage.change(|world| world.port_mut(at, port).unwrap().device = device);
}

#[tokio::test]
async fn a_device_is_known_by_its_serial_number_on_either_side() {
    let mut world = mirrored();
    world.port_mut("3-1.4", 1).unwrap().device = Some(Device::phone("R58N12ABCDE"));
    world.port_mut("4-1.3.4", 2).unwrap().device = Some(Device::phone("FAST000123"));
    let rig = Rig::of(&world);
    let mut desk = rig.a16("desk", "3-1");
    let seen = desk.read().await;
    assert_eq!((serial(&seen[&3]), serial(&seen[&10])), (Some("R58N12ABCDE"), Some("FAST000123")));
    let Plugged::Thing(phone) = &seen[&3].plugged else { panic!("{seen:?}") };
    assert_eq!(phone.id.to_string(), "04e8:6860");
    assert_eq!(seen[&4].plugged, Plugged::Nothing);
    let others = seen.iter().filter(|(port, _)| ![3, 10].contains(*port));
    assert_eq!(others.filter(|(_, seen)| serial(seen).is_some()).count(), 0);
}

#[tokio::test]
async fn a_device_that_moves_is_seen_in_its_new_port() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    plug(rig.stage(), "3-1.4", 1, Some(Device::phone("R58N12ABCDE")));
    assert_eq!(serial(&desk.read().await[&3]), Some("R58N12ABCDE"));
    plug(rig.stage(), "3-1.4", 1, None);
    plug(rig.stage(), "3-1.3.3", 4, Some(Device::phone("R58N12ABCDE")));
    assert_eq!(serial(&desk.read().await[&16]), Some("R58N12ABCDE"));
    assert_eq!(desk.read().await[&3].plugged, Plugged::Nothing);
}

#[tokio::test]
async fn a_port_without_power_shows_nothing_of_it() {
    let mut world = mirrored();
    world.port_mut("3-1.4", 1).unwrap().device = Some(Device::phone("R58N12ABCDE"));
    let rig = Rig::of(&world);
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(desk.read().await[&3].plugged, Plugged::NotShown);
    assert_eq!(desk.one(3, Power::On).await, (Some(Power::On), None));
    assert_eq!(serial(&desk.read().await[&3]), Some("R58N12ABCDE"));
}

#[tokio::test]
async fn a_device_that_is_not_yet_described_is_nobody_until_it_is() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    plug(rig.stage(), "3-1.4", 1, Some(Device { listed: false, ..Device::phone("LATE000123") }));
    let seen = desk.read().await;
    assert_eq!((seen[&3].power, &seen[&3].problem), (Some(Power::On), &None));
    assert_eq!((&seen[&3].plugged, &seen[&4].plugged), (&Plugged::NotShown, &Plugged::Nothing));
    plug(rig.stage(), "3-1.4", 1, Some(Device::phone("LATE000123")));
    assert_eq!(serial(&desk.read().await[&3]), Some("LATE000123"));
}

#[tokio::test]
async fn a_device_that_may_not_be_opened_has_no_serial_number() {
    let rig = Rig::of(&mirrored());
    let mut desk = rig.a16("desk", "3-1");
    plug(rig.stage(), "3-1.4", 1, Some(Device { open: false, ..Device::phone("LOCKED0123") }));
    let seen = desk.read().await;
    let Plugged::Thing(thing) = &seen[&3].plugged else { panic!("{:?}", seen[&3]) };
    assert_eq!((thing.id.to_string().as_str(), &thing.serial), ("04e8:6860", &None));
}

#[tokio::test]
async fn two_devices_with_one_serial_number_are_both_shown() {
    let mut world = mirrored();
    for (at, port) in [("3-1.4", 1), ("3-1.4", 2)] {
        world.port_mut(at, port).unwrap().device = Some(Device::phone("0123456789ABCDEF"));
    }
    let rig = Rig::of(&world);
    let seen = rig.a16("desk", "3-1").read().await;
    assert_eq!((serial(&seen[&3]), serial(&seen[&4])), (Some("0123456789ABCDEF"), Some("0123456789ABCDEF")));
}
