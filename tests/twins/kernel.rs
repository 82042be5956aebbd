//! Hubs that the kernel's files show as well: its links say which two sides are one, and its files who is plugged in.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use smart_charging_station::model::{Plugged, Power, Seen, SwitchProblem};
use stand_in::{Call, Device, Does, Fault, Hub, World, error, four_ports, mirrored};

use crate::rig::Rig;

/// Writes the files that the kernel would show for these hubs; `other` names the other side of a hub.
pub(crate) fn show(root: &Path, world: &World, other: impl Fn(&str) -> Option<String>) {
    let devices = root.join("bus/usb/devices");
    for hub in &world.hubs {
        let folder = describe(&devices, &hub.at, "09", hub.id);
        let speed = if hub.usb >= 0x0300 { "5000" } else { "480" };
        let version = format!(" {:x}.{:02x}", hub.usb >> 8, hub.usb & 0xff);
        write(&folder, "version", &version);
        write(&folder, "speed", speed);
        write(&folder, "maxchild", &hub.ports.len().to_string());
        for (number, port) in &hub.ports {
            let place = port_folder(&devices, &hub.at, *number);
            fs::create_dir_all(&place).unwrap();
            if let Some(other) = other(&hub.at) {
                symlink(port_folder(&devices, &other, *number), place.join("peer")).unwrap();
            }
            if let Some(device) = &port.device {
                plug(root, &hub.at, *number, device);
                symlink(devices.join(format!("{}.{number}", hub.at)), place.join("device")).unwrap();
            }
        }
    }
}

/// The files of a device in a port.
pub(crate) fn plug(root: &Path, at: &str, port: u8, device: &Device) {
    let folder = describe(&root.join("bus/usb/devices"), &format!("{at}.{port}"), "00", device.id);
    let words = &device.words;
    for (name, word) in
        [("manufacturer", &words.vendor), ("product", &words.product), ("serial", &words.serial)]
    {
        if let Some(word) = word {
            write(&folder, name, word);
        }
    }
}

fn describe(devices: &Path, at: &str, class: &str, (vendor, product): (u16, u16)) -> PathBuf {
    let folder = devices.join(at);
    fs::create_dir_all(&folder).unwrap();
    write(&folder, "bDeviceClass", class);
    write(&folder, "bConfigurationValue", "1");
    write(&folder, "idVendor", &format!("{vendor:04x}"));
    write(&folder, "idProduct", &format!("{product:04x}"));
    write(&folder, "busnum", at.split('-').next().unwrap());
    write(&folder, "devnum", "2");
    folder
}

fn port_folder(devices: &Path, at: &str, port: u8) -> PathBuf {
    devices.join(format!("{at}:1.0/{at}-port{port}"))
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), format!("{text}\n")).unwrap();
}

/// Bus 3 and bus 4 are one controller.
pub(crate) fn mirror(at: &str) -> Option<String> {
    let other = if at.starts_with("3-") { at.replacen("3-", "4-", 1) } else { at.replacen("4-", "3-", 1) };
    Some(other)
}

pub(crate) fn serial(seen: &Seen) -> Option<&str> {
    match &seen.plugged {
        Plugged::Thing(thing) => thing.serial.as_deref(),
        Plugged::Nothing | Plugged::NotShown => None,
    }
}

#[tokio::test]
async fn sides_in_sockets_of_different_numbers_are_one_hub_by_the_kernels_links() {
    let chip = |at: &str, usb: u16| Hub { usb, id: (0x2109, usb), ..four_ports(at) };
    let world = World::new(vec![
        chip("2-1.4", 0x0320),
        chip("2-1", 0x0320),
        chip("1-3.4", 0x0210),
        chip("1-3", 0x0210),
    ]);
    let rig = Rig::of(&world);
    show(&rig.kernel(), &world, |at| {
        Some(if at.starts_with('2') { at.replacen("2-1", "1-3", 1) } else { at.replacen("1-3", "2-1", 1) })
    });
    let mut desk = rig.sockets("desk", &[("1-3.4", 2), ("2-1.4", 3)]);
    assert_eq!(desk.one(1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["2-1.4 2 off", "1-3.4 2 off"]);
    assert_eq!(desk.one(2, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.take_orders(), ["2-1.4 3 off", "1-3.4 3 off"]);
}

#[tokio::test]
async fn a_permission_for_one_side_only_is_not_taken_for_a_hub_with_one_side() {
    for denied in ["3-", "4-"] {
        let mut world = mirrored();
        let places: Vec<String> = world.hubs.iter().map(|hub| hub.at.clone()).collect();
        for at in places.iter().filter(|at| at.starts_with(denied)) {
            world.faults.push(Fault::new(at, Call::Open, Does::Fail(error::ACCESS)));
        }
        let rig = Rig::of(&world);
        show(&rig.kernel(), &world, mirror);
        let mut desk = rig.a16("desk", "3-1");
        let (power, problem) = desk.one(3, Power::Off).await;
        assert_ne!(power, Some(Power::Off), "{denied}");
        let told = matches!(problem, Some(SwitchProblem::OtherSide(_) | SwitchProblem::Permission(_)));
        assert!(told, "{denied}: {problem:?}");
        assert_eq!(rig.take_orders(), [""; 0], "{denied}");
        let on = desk.one(3, Power::On).await;
        if denied == "4-" {
            assert_eq!(on, (Some(Power::On), None));
        } else {
            // The tool lists no USB 3 side whose USB 2 side it may not open.
            assert!(on.0.is_none() && on.1.is_some(), "{on:?}");
        }
        rig.stage().change(|world| world.faults.clear());
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "{denied}");
        assert_eq!(rig.take_orders(), ["4-1.4 1 off", "3-1.4 1 off"], "{denied}");
    }
}

#[tokio::test]
async fn who_is_plugged_in_is_what_the_kernel_says_and_names_are_not_asked_for() {
    let mut world = mirrored();
    let mut evil = Device::phone("R58N12ABCDE");
    evil.words.product = Some("x 0123456789 FORGED0123".to_owned());
    world.port_mut("3-1.4", 1).unwrap().device = Some(evil);
    world.port_mut("4-1.3.4", 2).unwrap().device = Some(Device::phone("short"));
    let rig = Rig::of(&world);
    show(&rig.kernel(), &world, mirror);
    let seen = rig.a16("desk", "3-1").read().await;
    assert_eq!((serial(&seen[&3]), serial(&seen[&10])), (Some("R58N12ABCDE"), Some("short")));
    assert_eq!(seen[&4].plugged, Plugged::Nothing);
    let runs = rig.stage().runs();
    assert!(runs.iter().all(|run| run.contains("-N")), "{runs:?}");
}

#[tokio::test]
async fn a_device_that_comes_is_seen_at_the_next_reading() {
    let world = mirrored();
    let rig = Rig::of(&world);
    show(&rig.kernel(), &world, mirror);
    let mut desk = rig.a16("desk", "3-1");
    assert_eq!(desk.read().await[&16].plugged, Plugged::Nothing);
    let phone = Device::phone("R58N12ABCDE");
    plug(&rig.kernel(), "3-1.3.3", 4, &phone);
    let place = port_folder(&rig.kernel().join("bus/usb/devices"), "3-1.3.3", 4);
    symlink(rig.kernel().join("bus/usb/devices/3-1.3.3.4"), place.join("device")).unwrap();
    rig.stage().change(|world| world.port_mut("3-1.3.3", 4).unwrap().device = Some(phone));
    assert_eq!(serial(&desk.read().await[&16]), Some("R58N12ABCDE"));
}
