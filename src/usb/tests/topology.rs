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
        tests::{code, one, read, written},
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
    assert!(matches!(unknown, OtherSide::Hidden(why) if why.contains("is not known")));
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
    assert!(
        matches!(side("3-1.4"), OtherSide::Hidden(why) if why.contains("`3-1.4` is not shown, and hub `3-1` of"))
    );
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

/// Two USB 2 hubs and a USB 3 hub that the kernel shows without links, and root hubs that are two sides of one each.
fn two_controllers() -> Fake {
    let mut fake = Fake::default();
    fake.survey.from_kernel = true;
    for (one, other) in [("1", "2"), ("3", "4")] {
        fake.add(one, false, "1d6b:0002", 4).twin = Some(hub(other));
        fake.add(other, true, "1d6b:0003", 4).twin = Some(hub(one));
    }
    fake.add("1-2", false, "0bda:5411", 4);
    fake.add("4-2", true, "0bda:0411", 4);
    fake
}

#[tokio::test]
async fn hubs_at_one_place_of_two_controllers_are_not_one() {
    let mut hubs = Hubs::new(two_controllers());
    let reach = written("desk", &[("1-2", 1), ("4-2", 1)]);
    assert_eq!(one(&mut hubs, &reach, ("1-2", 1), Power::Off).await, (Some(Power::Off), None));
    assert_eq!(hubs.driver.sets(), ["off 1-2 1"]);
    let problem = one(&mut hubs, &reach, ("4-2", 1), Power::Off).await.1;
    assert_eq!(code(problem.as_ref()), "other_side", "it has a USB 2 side that is not shown");
    hubs.driver.pairs.insert(hub("1-2"), hub("4-2"));
    read(&mut hubs, &reach).await;
    assert!(hubs.driver.calls.iter().all(|call| !call.starts_with("other side")), "nobody needs to be asked");
}

#[tokio::test]
async fn what_the_kernel_shows_without_links_is_one_hub_only_if_the_driver_says_so() {
    let shown = |root: bool| {
        let mut fake = two_controllers();
        if !root {
            fake.survey.hubs.values_mut().for_each(|found| found.twin = None);
        }
        fake.add("2-2", true, "0bda:0411", 4);
        fake.survey.hubs.remove(&hub("4-2"));
        fake
    };
    let reach = written("desk", &[("1-2", 1)]);
    for root in [true, false] {
        let mut hubs = Hubs::new(Fake { silent: true, ..shown(root) });
        let problem = one(&mut hubs, &reach, ("1-2", 1), Power::Off).await.1;
        assert_eq!(code(problem.as_ref()), "other_side");
        assert!(problem.unwrap().to_string().contains("`switch: Uhubctl()`"));
        assert_eq!(one(&mut hubs, &reach, ("1-2", 1), Power::On).await, (Some(Power::On), None));
        assert_eq!(hubs.driver.sets(), ["on 1-2 1"]);
        for (pair, sent) in [(Some("2-2"), &["off 2-2 1", "off 1-2 1"][..]), (None, &["off 1-2 1"])] {
            let mut hubs = Hubs::new(shown(root));
            hubs.driver.pairs.extend(pair.map(|other| (hub("1-2"), hub(other))));
            read(&mut hubs, &reach).await;
            assert_eq!(one(&mut hubs, &reach, ("1-2", 1), Power::Off).await, (Some(Power::Off), None));
            assert_eq!(hubs.driver.sets(), sent);
        }
    }
}

#[tokio::test]
async fn a_side_that_comes_later_is_asked_for_again() {
    let mut fake = Fake::default();
    fake.add("2-1.4", true, "0bda:0411", 4);
    fake.add("1-3.4", false, "0bda:5411", 4);
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("1-3.4", 1)]);
    read(&mut hubs, &reach).await;
    hubs.driver.add("2-5.4", true, "0bda:0411", 4);
    hubs.driver.pairs.insert(hub("1-3.4"), hub("2-5.4"));
    read(&mut hubs, &reach).await;
    one(&mut hubs, &reach, ("1-3.4", 1), Power::Off).await;
    assert_eq!(hubs.driver.sets(), ["off 2-5.4 1", "off 1-3.4 1"]);
}

#[tokio::test]
async fn a_side_that_enumerates_anew_is_waited_for_and_one_that_is_gone_is_not() {
    for from_kernel in [true, false] {
        let mut fake = Fake::default();
        fake.survey.from_kernel = from_kernel;
        fake.add("3-1", false, "0bda:5411", 4).twin = from_kernel.then(|| hub("4-1"));
        fake.add("4-1", true, "0bda:0411", 4).twin = from_kernel.then(|| hub("3-1"));
        let mut hubs = Hubs::new(fake);
        let reach = written("desk", &[("3-1", 1)]);
        read(&mut hubs, &reach).await;
        let side = hubs.driver.survey.hubs.remove(&hub("4-1")).unwrap();
        hubs.driver.survey.hubs.get_mut(&hub("3-1")).unwrap().twin = None;
        read(&mut hubs, &reach).await;
        let problem = one(&mut hubs, &reach, ("3-1", 1), Power::Off).await.1;
        assert_eq!(code(problem.as_ref()), "other_side");
        assert!(hubs.driver.sets().is_empty());
        hubs.driver.survey.hubs.insert(hub("4-1"), side);
        assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (Some(Power::Off), None));
        assert_eq!(hubs.driver.sets(), ["off 4-1 1", "off 3-1 1"]);
        hubs.driver.survey.hubs.remove(&hub("4-1"));
        for _ in 0..3 {
            read(&mut hubs, &reach).await;
        }
        one(&mut hubs, &reach, ("3-1", 1), Power::On).await;
        assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (Some(Power::Off), None));
        assert_eq!(hubs.driver.sets()[2..], ["on 3-1 1", "off 3-1 1"], "it hangs on a USB 2 cable now");
    }
}
