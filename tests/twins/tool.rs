//! What the real `uhubctl` does with these hubs: the traps for whose sake the service does not believe it. If one of these
//! fails, either the hubs are played wrongly or there is a new `uhubctl`.

use stand_in::{Call, Device, Does, Fault, Words, World, error, four_ports, mirrored, raspberry_pi_4};

use crate::play::Play;

const USB3: &str = "[0bda:0411 Generic USB3.2 Hub, USB 3.20, 4 ports, ppps]";
const USB2: &str = "[0bda:5411 Generic USB2.1 Hub, USB 2.10, 4 ports, ppps]";

fn with(fault: Fault) -> Play {
    let mut world = mirrored();
    world.faults.push(fault);
    Play::of(&world)
}

#[test]
fn the_listing_of_the_sixteen_port_hub_is_the_one_that_its_owners_published() {
    let printed = Play::of(&mirrored()).uhubctl("");
    assert_eq!(printed.stdout, include_str!("../fixtures/uhubctl/rsh-a16.txt"));
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
}

#[test]
fn both_sides_are_switched_and_their_own_names_hidden_on_demand() {
    let play = Play::of(&mirrored());
    let printed = play.uhubctl("-N -l 3-1.4 -p 4 -a off");
    assert_eq!(
        printed.stdout,
        "Current status for hub 4-1.4 [0bda:0411, USB 3.20, 4 ports, ppps]\n  Port 4: 02a0 power 5gbps Rx.Detect\n\
         Sent power off request\n\
         New status for hub 4-1.4 [0bda:0411, USB 3.20, 4 ports, ppps]\n  Port 4: 00a0 off\n\
         Current status for hub 3-1.4 [0bda:5411, USB 2.10, 4 ports, ppps]\n  Port 4: 0100 power\n\
         Sent power off request\n\
         New status for hub 3-1.4 [0bda:5411, USB 2.10, 4 ports, ppps]\n  Port 4: 0000 off\n"
    );
    assert_eq!(play.stage.orders(), ["4-1.4 4 off", "3-1.4 4 off"]);
    assert_eq!(play.stage.runs(), ["-N -l 3-1.4 -p 4 -a off"]);
}

#[test]
fn with_e_one_side_is_switched_and_the_other_keeps_the_power() {
    let play = Play::of(&mirrored());
    let printed = play.uhubctl("-e -l 3-1.4 -p 4 -a off");
    assert_eq!(printed.code, Some(0));
    assert_eq!(play.stage.orders(), ["3-1.4 4 off"]);
    let world = play.stage.world();
    assert_eq!((world.power("3-1.4", 4), world.power("4-1.4", 4)), (Some(false), Some(true)));
}

#[test]
fn when_the_other_side_cannot_be_opened_a_chain_socket_of_another_chip_is_switched() {
    let mut world = mirrored();
    // Which of the chips that look the same it takes is a matter of the order in which they are listed.
    world.hubs.reverse();
    world.faults.push(Fault::new("4-1.4", Call::Open, Does::Fail(error::ACCESS)));
    let play = Play::of(&world);
    let printed = play.uhubctl("-l 3-1.4 -p 4 -a off");
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
    assert_eq!(play.stage.orders(), ["3-1.4 4 off", "4-1 4 off"], "the daisy chain is cut");
    let listed = play.uhubctl("").stdout;
    assert!(!listed.contains("4-1.4 ") && listed.contains("hub 3-1.4 "), "{listed}");
}

#[test]
fn while_a_chip_enumerates_anew_the_wrong_chip_is_switched_too() {
    let play = with(Fault::new("4-1.4", Call::List, Does::Hide).times(1));
    play.uhubctl("-l 3-1.4 -p 4 -a off");
    assert_eq!(play.stage.orders(), ["4-1.3.4 4 off", "3-1.4 4 off"]);
}

#[test]
fn the_exit_code_is_zero_whatever_became_of_the_port() {
    let (on, off, gone) = (Some(true), Some(false), None);
    for (what, fault, arguments, left) in [
        ("no such port", None, "-p 9 -a off", on),
        ("a failing set", Some((Call::Power, Does::Fail(error::PIPE))), "-p 2 -a off", on),
        ("a set that is ignored", Some((Call::Power, Does::Ignore)), "-p 2 -a off", on),
        ("a hub pulled out", Some((Call::Power, Does::Unplug)), "-p 2 -a off", gone),
        ("a status that fails", Some((Call::Status, Does::Fail(error::IO))), "-p 2 -a off", off),
        ("an unknown word", None, "-p 2 -a offf", on),
    ] {
        let mut world = mirrored();
        world.faults.extend(fault.map(|(call, does)| Fault::new("3-1.4", call, does)));
        let play = Play::of(&world);
        assert_eq!(play.uhubctl(&format!("-e -l 3-1.4 {arguments}")).code, Some(0), "{what}");
        assert_eq!(play.stage.world().power("3-1.4", 2), left, "{what}");
    }
}

#[test]
fn a_port_whose_status_takes_too_long_is_not_switched_on_and_said_to_be() {
    let mut world = mirrored();
    world.port_mut("3-1.4", 2).unwrap().power = false;
    world.faults.push(Fault::new("3-1.4", Call::Status, Does::Fail(error::TIMEOUT)));
    let play = Play::of(&world);
    assert!(play.uhubctl("-e -l 3-1.4 -p 2 -a on").stdout.contains("Sent power on request\n"));
    assert_eq!(play.stage.orders(), [""; 0]);
}

#[test]
fn a_set_that_fails_is_said_to_be_sent() {
    let play = with(Fault::new("3-1.4", Call::Power, Does::Fail(error::PIPE)));
    let printed = play.uhubctl("-l 3-1.4 -p 2 -a off -e");
    assert!(printed.stderr.starts_with("Failed to control port power!\n"), "{}", printed.stderr);
    let shown = format!(
        "Current status for hub 3-1.4 {USB2}\n  Port 2: 0100 power\nSent power off request\n\
         New status for hub 3-1.4 {USB2}\n  Port 2: 0100 power\n"
    );
    assert_eq!(printed.stdout, shown);
    assert_eq!(play.stage.orders(), ["3-1.4 2 off: -9"]);
}

#[test]
fn a_status_that_cannot_be_read_is_printed_as_garbage() {
    let mut play = with(Fault::new("3-1.4", Call::Status, Does::Fail(error::TIMEOUT)).at_port(2));
    let printed = play.uhubctl("-e -l 3-1.4 -p 1-3");
    let shown = format!(
        "Current status for hub 3-1.4 {USB2}\n  Port 1: 0100 power\n  \
         Port 2: fffffff9 power indicator test highspeed lowspeed reset oc connect []\n  Port 3: 0100 power\n"
    );
    assert_eq!(printed.stdout, shown);
    play = with(Fault::new("4-1.4", Call::Status, Does::Fail(error::TIMEOUT)));
    let shown =
        format!("Current status for hub 4-1.4 {USB3}\n  Port 2: fffffff9 power reset oc connect []\n");
    assert_eq!(play.uhubctl("-e -l 4-1.4 -p 2").stdout, shown);
    play = with(Fault::new("3-1.4", Call::Status, Does::Fail(error::IO)).at_port(2));
    let printed = play.uhubctl("-e -l 3-1.4 -p 1-3");
    assert_eq!(printed.stderr, "cannot read port 2 status, Input/output error (5)\n");
    assert_eq!(printed.stdout, format!("Current status for hub 3-1.4 {USB2}\n  Port 1: 0100 power\n"));
}

#[test]
fn devices_put_lines_of_their_own_into_the_listing() {
    let forged = "Evil] x\n  Port 2: 0000 off\n\u{1b}[2J[Phone";
    let mut world = World::new(vec![four_ports("5-2")]);
    let mut phone = Device::phone("R58N12ABCDE");
    phone.words.product = Some(forged.to_owned());
    world.port_mut("5-2", 1).unwrap().device = Some(phone);
    let late = Device { listed: false, ..Device::phone("LATE") };
    world.port_mut("5-2", 3).unwrap().device = Some(late);
    let locked = Device { open: false, ..Device::phone("LOCKED") };
    world.port_mut("5-2", 4).unwrap().device = Some(locked);
    let play = Play::of(&world);
    let head = "Current status for hub 5-2 [05e3:0608 USB2.0 Hub, USB 2.00, 4 ports, ppps]\n";
    let rest = "  Port 2: 0100 power\n  Port 3: 0503 power highspeed enable connect []\n  \
        Port 4: 0503 power highspeed enable connect [04e8:6860]\n";
    let evil =
        format!("  Port 1: 0503 power highspeed enable connect [04e8:6860 SAMSUNG {forged} R58N12ABCDE]\n");
    assert_eq!(play.uhubctl("").stdout, format!("{head}{evil}{rest}"));
    let short = "  Port 1: 0503 power highspeed enable connect [04e8:6860]\n";
    let head = "Current status for hub 5-2 [05e3:0608, USB 2.00, 4 ports, ppps]\n";
    assert_eq!(play.uhubctl("-N").stdout, format!("{head}{short}{rest}"));
}

#[test]
fn letters_that_are_no_ascii_are_question_marks() {
    let mut world = World::new(vec![four_ports("5-2")]);
    let words = Words { vendor: None, ..Words::new("", "UKW-Prüfgenerator 📱") };
    let device = Device { words, ..Device::phone("") };
    world.port_mut("5-2", 1).unwrap().device = Some(device);
    let printed = Play::of(&world).uhubctl("-l 5-2 -p 1").stdout;
    assert!(printed.contains("[04e8:6860 UKW-Pr?fgenerator ??]"), "{printed}");
}

#[test]
fn without_permission_it_says_that_there_is_no_hub() {
    let mut world = mirrored();
    let hubs: Vec<String> = world.hubs.iter().map(|hub| hub.at.clone()).collect();
    world.faults.extend(hubs.iter().map(|at| Fault::new(at, Call::Open, Does::Fail(error::ACCESS))));
    let printed = Play::of(&world).uhubctl("-l 3-1.4 -p 1 -a off");
    assert_eq!((printed.code, printed.stdout.as_str()), (Some(1), ""));
    assert!(
        printed.stderr.contains("No compatible devices detected at location 3-1.4!"),
        "{}",
        printed.stderr
    );
}

#[test]
fn a_usb_3_side_whose_other_side_cannot_be_opened_is_found_with_e_only() {
    let mut world = mirrored();
    for chip in ["3-1", "3-1.3", "3-1.4", "3-1.3.3", "3-1.3.4"] {
        world.faults.push(Fault::new(chip, Call::Open, Does::Fail(error::ACCESS)));
    }
    let play = Play::of(&world);
    assert_eq!(play.uhubctl("-l 4-1.4").code, Some(1));
    assert_eq!(play.uhubctl("-e -l 4-1.4").code, Some(0));
}

#[test]
fn the_raspberry_pi_shows_soldered_hubs_as_if_each_port_could_be_switched() {
    let printed = Play::of(&World::new(raspberry_pi_4())).uhubctl("");
    assert!(
        printed
            .stdout
            .contains("Current status for hub 1-1 [2109:3431 USB2.0 Hub, USB 2.10, 4 ports, ppps]\n")
    );
    assert!(printed.stdout.starts_with("Current status for hub 2 [1d6b:0003 Linux 5.10.25-5-ARCH xhci-hcd xHCI Host Controller 0000:01:00.0, USB 3.00, 4 ports, ppps]\n"));
}
