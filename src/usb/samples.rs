//! What is read from outputs of `uhubctl` that people have published, whole files of them.

use std::fmt::Write as _;

use super::parser::{Phase, Shown, parse};
use crate::model::Power;

/// One line for each picture of a hub: when, where, which kind, and its ports.
fn read(bytes: &[u8]) -> Vec<String> {
    let listing = parse(bytes);
    let blocks = listing.blocks.iter().map(|((phase, hub), block)| {
        let phase = match phase {
            Phase::Current => "before",
            Phase::New => "after",
        };
        let kind = block.kind.map_or("?".to_owned(), |kind| {
            format!("USB {} with {}", if kind.usb3 { 3 } else { 2 }, kind.ports)
        });
        let mut line = format!("{phase} {hub} {kind}:");
        for (port, shown) in &block.ports {
            let word = match shown {
                Shown::Power { hub_behind: true, .. } => "hub",
                Shown::Power { power: Power::On, .. } => "on",
                Shown::Power { power: Power::Off, .. } => "off",
                Shown::Unreadable(_) => "?",
            };
            write!(line, " {port} {word}").unwrap();
            if let Shown::Power { thing: Some(thing), .. } = shown {
                let serial = thing.serial.as_deref().unwrap_or("-");
                write!(line, " ({} `{}` {serial})", thing.id, thing.name).unwrap();
            }
        }
        line
    });
    blocks.collect()
}

macro_rules! sample {
    ($file:literal) => {
        read(include_bytes!(concat!("../../tests/fixtures/uhubctl/", $file, ".txt")))
    };
}

#[test]
fn a_sixteen_port_hub_with_chips_of_realtek() {
    let chips = |usb: u8, bus: u8| {
        [
            format!("before {bus}-1 USB {usb} with 4: 1 on 2 on 3 hub 4 hub"),
            format!("before {bus}-1.3 USB {usb} with 4: 1 on 2 on 3 hub 4 hub"),
            format!("before {bus}-1.3.3 USB {usb} with 4: 1 on 2 on 3 on 4 on"),
            format!("before {bus}-1.3.4 USB {usb} with 4: 1 on 2 on 3 on 4 on"),
            format!("before {bus}-1.4 USB {usb} with 4: 1 on 2 on 3 on 4 on"),
        ]
    };
    assert_eq!(sample!("rsh-a16"), [chips(2, 3), chips(3, 4)].concat());
}

#[test]
fn a_sixteen_port_hub_with_chips_of_via_a_comma_in_their_maker_and_a_serial_number() {
    assert_eq!(
        sample!("rsh-a16-via"),
        [
            "before 2-2.4 USB 3 with 4: 1 on 2 on 3 hub 4 hub",
            "before 2-2.4.4 USB 3 with 4: 1 on 2 on 3 on 4 on"
        ]
    );
}

#[test]
fn both_sides_of_an_order_as_older_versions_print_them() {
    assert_eq!(
        sample!("phone-off-on-both-sides"),
        [
            "before 20-11 USB 3 with 4: 4 on",
            "before 20-2 USB 2 with 4: 4 on (04e8:6860 `SAMSUNG SAMSUNG_Android` 1015fa59c10a3905)",
            "after 20-11 USB 3 with 4: 4 off",
            "after 20-2 USB 2 with 4: 4 off",
        ]
    );
}

#[test]
fn one_side_before_and_another_one_after() {
    assert_eq!(
        sample!("iphone"),
        [
            "before 1-2 USB 2 with 4: 4 on (05ac:12a8 `Apple Inc. iPhone` 00008130000478502EA0001C)",
            "after 1-2 USB 3 with 4: 1 off"
        ]
    );
}

#[test]
fn the_soldered_hubs_of_raspberry_pis() {
    assert_eq!(
        sample!("raspberry-pi-4"),
        [
            "before 1-1 USB 2 with 4: 1 on 2 on",
            "before 2 USB 3 with 4: 1 on 2 on (152d:0567 `USB 3.0 Device USB 3.0 Device` 000000004685)",
            "after 1-1 USB 2 with 4: 1 off",
            "after 2 USB 3 with 4: 1 off 2 off",
        ]
    );
    assert_eq!(
        sample!("raspberry-pi-5"),
        [
            "before 1 USB 2 with 2: 1 off 2 off",
            "before 3 USB 2 with 2: 1 on 2 on",
            "before 4 USB 3 with 1: 1 on"
        ]
    );
    assert_eq!(sample!("raspberry-pi-2"), ["before 1-1 USB 2 with 5: 1 on (0424:ec00 `` -) 2 on"]);
}

#[test]
fn odd_names_and_words() {
    assert_eq!(
        sample!("odd-names"),
        [
            "before 1-1 USB 2 with 4: 1 on (0403:6011 `FTDI USB <-> Serial Cable` FTYICQ95) \
             3 on (10c4:ea60 `Silicon Labs ELV HQ-Stereo-UKW-Pr?fgenerator SUP2` -) 4 hub",
            "before 1-2 USB 2 with 4: 3 on (05c6:901d `QCOM QCS_KALAMAP-HDK _SN:2D7CD107` bda64eb2) \
             4 on (1366:1024 `SEGGER J-Link_Apollo510B_r2.0` 001160002965)",
            "before 1-3 USB 2 with 4: 3 off",
            "before 2-1 USB 3 with 4: 1 on",
            "before 2-2 USB 3 with 4: 1 on",
        ]
    );
}

#[test]
fn a_hub_that_switches_all_ports_together() {
    assert_eq!(sample!("ganged"), ["before 3-4 USB 2 with 4: 1 off", "after 3-4 USB 2 with 4: 1 on 2 on"]);
}

#[test]
fn an_order_without_effect() {
    assert_eq!(
        sample!("on-without-effect"),
        ["before 1-1.2.4 USB 2 with 4: 3 off", "after 1-1.2.4 USB 2 with 4: 3 off"]
    );
}

#[test]
fn complaints_between_the_lines() {
    assert_eq!(
        sample!("file-denied"),
        ["before 2-1.4 USB 3 with 4: 4 on", "after 2-1.4 USB 3 with 4: 4 off"]
    );
}

#[test]
fn two_sides_on_neighbouring_buses() {
    assert_eq!(sample!("on-the-board"), ["before 5-5 USB 2 with 4: 1 on", "before 6-5 USB 3 with 4: 1 on"]);
}

#[test]
fn versions_before_2_are_not_understood_and_not_guessed_at() {
    assert_eq!(sample!("version-1-8"), [""; 0]);
}

#[test]
fn failed_readings_and_forged_lines() {
    assert_eq!(
        sample!("garbage-and-forged"),
        [
            "before 3-1 USB 2 with 4: 2 ?",
            "before 3-2 USB 2 with 4: 2 off 4 on",
            "before 3-3 USB 2 with 4: 1 on (04e8:6860 `SAMSUNG Evil` -) 2 ? 3 on",
        ]
    );
}
