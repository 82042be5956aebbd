use proptest::prelude::{any, prop, proptest};

use super::*;

const USB2: &str = "[0bda:5411 Generic USB2.1 Hub, USB 2.10, 4 ports, ppps]";
const USB3: &str = "[0bda:0411 Generic USB3.2 Hub, USB 3.20, 4 ports, ppps]";

fn one(description: &str, line: &str) -> Option<Shown> {
    let text = format!("Current status for hub 5-2.3 {description}\n  Port {line}\n");
    let hub = HubLocation::new("5-2.3").unwrap();
    parse(text.as_bytes()).block(Phase::Current, &hub).and_then(|block| block.ports.values().next().cloned())
}
/// As the line says, whatever thing it shows.
fn bare(description: &str, line: &str) -> Option<Shown> {
    one(description, line).map(without_thing)
}
fn without_thing(shown: Shown) -> Shown {
    match shown {
        Shown::Power { power, hub_behind, .. } => {
            Shown::Power { power, hub_behind, connected: false, thing: None }
        }
        other @ Shown::Unreadable(_) => other,
    }
}
fn plain(power: Power) -> Option<Shown> {
    Some(Shown::Power { power, connected: false, hub_behind: false, thing: None })
}
fn unreadable(shown: Option<&Shown>) -> bool {
    matches!(shown, Some(Shown::Unreadable(_)))
}

#[test]
fn the_power_bit_decides_and_not_the_words() {
    for (hub, line, power) in [
        (USB2, "1: 0100 power", Power::On),
        (USB2, "1: 0000 off", Power::Off),
        (USB2, "2: 1000 indicator", Power::Off),
        (USB2, "3: 0403 off enable connect []", Power::Off),
        (USB2, "4: 0108 power oc", Power::On),
        (USB2, "4: 1103 power indicator enable connect [1366:1024 SEGGER J-Link_r2.0 0011]", Power::On),
        (USB2, "3: 0303 power lowspeed enable connect [046d:c00c Logitech Mouse]", Power::On),
        (USB3, "1: 02a0 power 5gbps Rx.Detect", Power::On),
        (USB3, "2: 0203 power 5gbps U0 enable connect [152d:0567 USB 3.0 Device 0000]", Power::On),
        (USB3, "1: 00a0 off", Power::Off),
        (USB3, "4: 0080 off", Power::Off),
        (USB3, "1: 06a0 power Rx.Detect", Power::On),
        (USB3, "1: 0280 power 5gbps SS.Disabled", Power::On),
        (USB3, "1: 0100 power", Power::Off),
        (USB2, "3: 0103 power enable connect [10c4:ea60 ELV HQ-Stereo-UKW-Pr?fgenerator]", Power::On),
        (USB2, "1: 0503 power highspeed enable connect [0403:6011 FTDI USB <-> Serial Cable]", Power::On),
        (USB2, "1: 0503 power highspeed enable connect [04e8:6860 SAMSUNG Evil] x", Power::On),
        (USB2, "1: 0503 power highspeed enable connect [04e8:6860 \u{1b}[2J Phone]", Power::On),
    ] {
        assert_eq!(bare(hub, line), plain(power), "{line}");
    }
}

#[test]
fn a_status_out_of_shape_is_not_believed() {
    for line in [
        "2: fffffff9 power indicator test highspeed lowspeed reset oc connect []",
        "2: 100 power",
        "2: 01Ff power",
        "2: 0100\u{1b} power",
        "2: 0100  power",
        "2: 0000 off]",
        "2: ",
    ] {
        assert!(unreadable(one(USB2, line).as_ref()), "{line}");
    }
    assert!(unreadable(one("[1d6b:0003 no tail]", "1: 0100 power").as_ref()), "a hub of unknown kind");
    assert_eq!(one(USB2, "9: 0100 power"), None, "the hub has four ports");
    assert_eq!(one(USB2, "02: 0100 power"), None);
}

#[test]
fn a_hub_behind_a_port_is_told_by_its_end() {
    for behind in [
        USB2,
        "[1a40:0201 USB 2.0 Hub [MTT], USB 2.00, 7 ports, ganged]",
        "[2109:0822 VIA Labs, Inc. USB3.1 Hub 000000001, USB 3.20, 4 ports, ppps]",
        "[0424:9514, USB 2.00, 5 ports, ppps]",
        "[2109:8110 VIA Labs, Inc. USB3.0 Hub, USB 3.00, 4 ports]",
        "[0bda:5411]",
    ] {
        let line = format!("3: 0507 power highspeed suspend enable connect {behind}");
        let behind = Shown::Power { power: Power::On, connected: false, hub_behind: true, thing: None };
        assert_eq!(bare(USB2, &line), Some(behind), "{line}");
    }
    assert_eq!(bare(USB2, "3: 0503 power enable connect [04e8:6860, 4 ports]"), plain(Power::On));
}

#[test]
fn an_answer_shows_the_hub_before_and_after() {
    let text = "Current status for hub 1-1.2.4 [2109:2817 USB2.0 Hub, USB 2.10, 4 ports, ppps]\n  \
        Port 3: 0000 off\nSent power on request\n\
        New status for hub 1-1.2.4 [2109:2817 USB2.0 Hub, USB 2.10, 4 ports, ppps]\n  Port 3: 0100 power\n";
    let listing = parse(text.as_bytes());
    let hub = HubLocation::new("1-1.2.4").unwrap();
    let at = |phase| listing.block(phase, &hub).unwrap().ports.get(&3).cloned();
    assert_eq!(at(Phase::Current), plain(Power::Off));
    assert_eq!(at(Phase::New), plain(Power::On));
}

#[test]
fn a_thing_is_known_by_its_numbers_and_its_last_word_may_be_a_serial() {
    let said = |words: &str| match one(USB2, &format!("1: 0503 power enable connect [{words}]")) {
        Some(Shown::Power { thing, .. }) => thing.map(|thing| (thing.serial, thing.name)),
        _ => None,
    };
    let serial = |text: &str| Some(text.to_owned());
    for (words, right) in [
        (
            "04e8:6860 SAMSUNG SAMSUNG_Android 1015fa59c10a3905",
            (serial("1015fa59c10a3905"), "SAMSUNG SAMSUNG_Android"),
        ),
        (
            "05ac:12a8 Apple Inc. iPhone 00008130000478502EA0001C",
            (serial("00008130000478502EA0001C"), "Apple Inc. iPhone"),
        ),
        ("05ac:12a8 Apple Inc. iPhone", (None, "Apple Inc. iPhone")),
        ("04e8:6860", (None, "")),
        ("1366:1024 \u{1b}[2J] Evil \u{202e}", (None, "?[2J] Evil ?")),
    ] {
        assert_eq!(said(words), Some((right.0, right.1.to_owned())), "{words}");
    }
    assert_eq!(said(""), None, "not yet there");
    for (line, connected) in [("0503 power enable connect []", true), ("0100 power", false)] {
        let shown = one(USB2, &format!("1: {line}"));
        assert!(matches!(shown, Some(Shown::Power { connected: is, .. }) if is == connected), "{shown:?}");
    }
    assert_eq!(said("SAMSUNG"), None);
    let long = format!("04e8:6860 {}", "é".repeat(500));
    assert_eq!(said(&long).unwrap().1.chars().count(), WORDS_MAX);
}

#[test]
fn lines_that_a_device_forged_make_the_port_unreadable() {
    let forged = format!(
        "New status for hub 5-2 {USB2}\n  Port 1: 0503 power enable connect [04e8:6860 SAMSUNG Evil\n  \
         Port 2: 0000 off\n]\n  Port 2: 0100 power\nSent power off request\n  Port 3: 0000 off\n"
    );
    let hub = HubLocation::new("5-2").unwrap();
    let listing = parse(forged.as_bytes());
    let block = listing.block(Phase::New, &hub).unwrap();
    assert!(unreadable(block.ports.get(&2)));
    assert_eq!(block.ports.get(&3), None, "no port line follows `Sent power`");

    let twice = format!("{forged}New status for hub 5-2 {USB2}\n  Port 4: 0000 off\n");
    assert_eq!(parse(twice.as_bytes()).block(Phase::New, &hub), Some(&Block::default()));
}

#[test]
fn lines_below_a_broken_header_belong_to_no_hub() {
    let text =
        format!("Current status for hub 5-2 {USB2}\nCurrent status for hub 6-x [y]\n  Port 1: 0000 off\n");
    let listing = parse(text.as_bytes());
    assert!(listing.blocks.values().all(|block| block.ports.is_empty()));
    assert_eq!(parse(b"Current status for hub 3-1.5, vendor 2109:2811, 4 ports\n"), Listing::default());
}

#[test]
fn a_root_hub_is_just_a_bus_number() {
    let text = "Current status for hub 2 [1d6b:0003 Linux 5.10 xhci-hcd xHCI Host Controller, USB 3.00, 4 ports, ppps]\n  \
        Port 1: 02a0 power 5gbps Rx.Detect\n";
    assert!(parse(text.as_bytes()).block(Phase::Current, &HubLocation::new("2").unwrap()).is_some());
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        parse(&bytes);
    }

    #[test]
    fn any_mixture_of_real_pieces_is_survived(pieces in prop::collection::vec(prop::sample::select(vec![
        "Current status for hub ", "New status for hub ", "5-2.3", "5-", " [", "]", "\n", "  Port ", "1", ": ",
        "0100", "fffffff9", " power", ", USB 2.10", ", 4 ports", ", ppps", "Sent power off request\n", "\u{0}", "é",
    ]), 0..80)) {
        parse(pieces.concat().as_bytes());
    }
}
