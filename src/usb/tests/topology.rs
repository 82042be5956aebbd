//! Which hubs are two sides of one, and what hangs on what.

use super::{Fake, hub, socket};
use crate::{
    model::Power,
    usb::{
        PowerSwitch, Survey,
        driver::Look,
        hubs::Hubs,
        listed,
        parser::parse,
        tests::{one, read, written},
        topology::{OtherSide, Topology},
    },
};

fn listed(hubs: &[(&str, bool)]) -> Topology {
    let mut fake = Fake::default();
    for (at, usb3) in hubs {
        fake.add(at, *usb3, if *usb3 { "0bda:0411" } else { "0bda:5411" }, 4);
    }
    learned(fake.survey)
}
fn learned(survey: Survey) -> Topology {
    let mut topology = Topology::default();
    topology.learn(Look { survey, ..Look::default() }, &Default::default());
    topology
}

#[test]
fn the_daisy_chain_of_the_sixteen_port_hub_is_known_and_its_sockets_are_free() {
    let listing = parse(include_bytes!("../../../tests/fixtures/uhubctl/rsh-a16.txt"));
    let topology = learned(listed::survey(&listing, None, &Survey::default()).0);
    for bus in ["3", "4"] {
        for at in ["1", "1.3", "1.4", "1.3.3", "1.3.4"] {
            let chip = format!("{bus}-{at}");
            let other = format!("{}-{at}", if bus == "3" { "4" } else { "3" });
            assert_eq!(topology.twin(&hub(&chip)), Some(hub(&other)));
            for port in 1..=4 {
                let in_the_chain = ["1", "1.3"].contains(&at) && port >= 3;
                assert_eq!(topology.power(&socket(&chip, port)), Ok(Power::On));
                let behind = topology.hub_behind(&socket(&chip, port));
                assert_eq!(behind.is_some(), in_the_chain, "{chip} {port}");
            }
        }
    }
}

#[test]
fn the_neighbouring_bus_has_the_twin() {
    let two = listed(&[("1-2", false), ("2-2", true), ("3-2", false), ("4-2", true)]);
    assert_eq!(two.twin(&hub("3-2")), Some(hub("4-2")));
    assert_eq!(two.twin(&hub("2-2")), Some(hub("1-2")));
    assert_eq!(listed(&[("1-2", false), ("8-2", true)]).twin(&hub("1-2")), Some(hub("8-2")));
    assert_eq!(listed(&[("1-2", false), ("2-2", false)]).twin(&hub("1-2")), None);
    let three = listed(&[("1-2", false), ("5-2", false), ("6-2", true)]);
    assert_eq!(three.twin(&hub("6-2")), Some(hub("5-2")));
    assert_eq!(three.twin(&hub("1-2")), None);
}

#[test]
fn what_the_kernel_says_of_sides_comes_first() {
    let mut fake = Fake::default();
    for (at, usb3) in [("1-2", false), ("3-4", false), ("2-2", true)] {
        fake.add(at, usb3, "0bda:5411", 4);
    }
    fake.add("2-2", true, "0bda:0411", 4).twin = Some(hub("3-4"));
    fake.add("3-4", false, "0bda:5411", 4).twin = Some(hub("2-2"));
    let topology = learned(fake.survey);
    assert_eq!(topology.twin(&hub("2-2")), Some(hub("3-4")));
    assert_eq!(topology.twin(&hub("1-2")), None, "2-2 is the side of another hub");
}

#[test]
fn a_chip_elsewhere_in_the_tree_is_foreign() {
    let mut topology = listed(&[
        ("3-1.4", false),
        ("4-1", true),
        ("4-1.3.4", true),
        ("8-1.4", false),
        ("9-5.4", true),
        ("8-5.4", false),
    ]);
    for foreign in ["4-1", "8-1.4", "9-5.4"] {
        topology.answered(&hub("3-1.4"), Some(&hub(foreign)));
        assert_eq!(topology.twin(&hub("3-1.4")), None, "{foreign}");
    }
}

#[test]
fn sides_on_ports_of_different_numbers_are_asked_for() {
    let mut topology = listed(&[("2-1.4", true), ("1-3.4", false), ("7-1", false)]);
    assert!(!topology.is_doubtful(&hub("7-1")));
    assert!(topology.is_doubtful(&hub("1-3.4")));
    let unknown = topology.other_side(&hub("1-3.4"), &Default::default());
    assert!(matches!(unknown, OtherSide::Hidden(why) if why.contains("not known yet")));
    topology.answered(&hub("1-3.4"), Some(&hub("2-1.4")));
    assert_eq!(topology.twin(&hub("2-1.4")), Some(hub("1-3.4")));
    let unpaired = listed(&[("2-1.4", true), ("1-3.4", false)]);
    assert!(unpaired.is_doubtful(&hub("1-3.4")));
}

#[test]
fn the_chips_of_one_housing_have_as_many_sides_as_each_other() {
    let topology = listed(&[("3-1", false), ("4-1", true), ("3-1.4", false), ("3-7", false)]);
    let side = |at: &str| topology.other_side(&hub(at), &Default::default());
    assert_eq!(side("3-1"), OtherSide::At(hub("4-1")));
    assert!(matches!(side("3-1.4"), OtherSide::Hidden(why) if why.contains("`4-1.4`")));
    assert_eq!(side("3-7"), OtherSide::None, "another hub, by a USB 2 cable");
}

#[tokio::test]
async fn a_driver_that_knows_the_other_side_is_asked_once_and_each_side_is_switched() {
    let mut fake = Fake::default();
    fake.add("2-1.4", true, "0bda:0411", 4);
    fake.add("1-3.4", false, "0bda:5411", 4);
    fake.pairs.insert(hub("1-3.4"), hub("2-1.4"));
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("1-3.4", 1)]);
    read(&mut hubs, &reach).await;
    assert_eq!(one(&mut hubs, &reach, ("1-3.4", 1), Power::Off).await, (Some(Power::Off), None));
    assert_eq!(hubs.driver.calls, ["look", "other side of 1-3.4", "off 2-1.4 1", "off 1-3.4 1"]);
    hubs.forget(&reach.station);
}
