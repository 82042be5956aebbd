//! Devices and hubs with strange names: nothing that they say switches a port or changes what is seen of one.

use smart_charging_station::model::{Plugged, Power};
use stand_in::{Device, World, mirrored};

use crate::rig::Rig;

/// Texts that would be taken for a line of `uhubctl` or disturb a terminal.
const TEXTS: [&str; 9] = [
    "Phone [MTT]",
    "]",
    "x]\n  Port 2: 0000 off\n  Port 3: 0100 power [x",
    "x, USB 3.00, 4 ports, ppps",
    "x]\nSent power off request\nNew status for hub 3-1.4 [0bda:5411, USB 2.10, 4 ports, ppps]\n  Port 2: 0000 off\n[",
    "x]\nCurrent status for hub 4-1.4 [0bda:0411, USB 3.20, 4 ports, ppps]\n  Port 2: 00a0 off\n[",
    "\u{1b}[2J\u{7}\r\0\u{8}",
    "Prüfgenerator 📱 \u{202e}",
    "",
];

fn saying(text: &str) -> Device {
    let mut device = Device::phone("R58N12ABCDE");
    device.words.vendor = Some(text.to_owned());
    device.words.product = Some(text.to_owned());
    device
}

fn with(device: &Device) -> World {
    let mut world = mirrored();
    world.port_mut("3-1.4", 1).unwrap().device = Some(device.clone());
    world
}

#[tokio::test]
async fn no_name_of_a_device_switches_a_port_or_changes_its_power() {
    for text in TEXTS {
        let rig = Rig::of(&with(&saying(text)));
        let mut desk = rig.a16("desk", "3-1");
        let seen = desk.read().await;
        assert!(
            seen.values().all(|seen| seen.power == Some(Power::On) && seen.problem.is_none()),
            "{text:?}: {seen:?}"
        );
        let seen = desk.switch(&[3, 5], Power::Off).await;
        assert!(seen.iter().all(|seen| seen.power == Some(Power::Off) && seen.problem.is_none()), "{text:?}");
        assert_eq!(desk.read().await[&4].power, Some(Power::On), "{text:?}");
        let mut orders = rig.take_orders();
        orders.sort();
        assert_eq!(orders, ["3-1.4 1 off", "3-1.4 3 off", "4-1.4 1 off", "4-1.4 3 off"], "{text:?}");
    }
}

#[tokio::test]
async fn no_name_of_a_hub_disturbs_it() {
    for text in TEXTS {
        let mut world = mirrored();
        for hub in &mut world.hubs {
            hub.words.product = Some(text.to_owned());
            hub.words.serial = Some(text.to_owned());
        }
        let rig = Rig::of(&world);
        let mut desk = rig.a16("desk", "3-1");
        assert_eq!(desk.one(3, Power::Off).await, (Some(Power::Off), None), "{text:?}");
        assert_eq!(rig.take_orders(), ["4-1.4 1 off", "3-1.4 1 off"], "{text:?}");
        let seen = desk.read().await;
        assert!(seen.values().all(|seen| seen.problem.is_none()), "{text:?}: {seen:?}");
    }
}

#[tokio::test]
async fn no_device_speaks_for_another_port() {
    let forged = "x]\n  Port 2: 0503 power highspeed enable connect [04e8:6860 Evil FORGED]\n[";
    let rig = Rig::of(&with(&saying(forged)));
    let mut desk = rig.a16("desk", "3-1");
    for _ in 0..3 {
        let seen = desk.read().await;
        let forged = |plugged: &Plugged| match plugged {
            Plugged::Thing(thing) => thing.serial.as_deref() == Some("FORGED"),
            Plugged::Nothing | Plugged::NotShown => false,
        };
        assert!(!seen.values().any(|seen| forged(&seen.plugged)), "{seen:#?}");
    }
}

#[tokio::test]
async fn what_is_told_of_a_device_can_be_printed() {
    for text in TEXTS {
        let rig = Rig::of(&with(&saying(text)));
        let mut desk = rig.a16("desk", "3-1");
        for seen in desk.read().await.values() {
            if let Plugged::Thing(thing) = &seen.plugged {
                let printable = |text: &str| !text.chars().any(char::is_control);
                assert!(printable(&thing.name), "{text:?}: {thing:?}");
                assert!(thing.serial.as_deref().is_none_or(printable), "{text:?}: {thing:?}");
            }
        }
    }
}
