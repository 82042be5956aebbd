use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Tree, misfit, onboard, trees};
use crate::{
    model::{ChipPath, ChipSocket, HubLocation, HubModel, HubPlan, ModelName, PortId},
    usb::{HubFound, Survey, twin},
};

fn at(text: &str) -> HubLocation {
    HubLocation::new(text).unwrap()
}

/// A survey of these hubs: place, numbers, number of ports, and whether it is the USB 3 side.
fn survey(hubs: &[(&str, &str, u8, bool)]) -> Survey {
    let hub =
        |(place, id, ports, usb3): &(&str, &str, u8, bool)| (at(place), HubFound::bare(id, *usb3, *ports));
    Survey { hubs: hubs.iter().map(hub).collect(), ..Survey::default() }
}

fn model(name: &str, ids: &[&str], chips: &[(&str, u8)]) -> HubModel {
    let port = ChipSocket { chip: ChipPath::default(), port: 1 };
    HubModel {
        name: ModelName::new(name).unwrap(),
        title: name.to_owned(),
        chips: chips.iter().map(|(path, ports)| (ChipPath::new(path).unwrap(), *ports)).collect(),
        ids: ids.iter().map(|id| id.parse().unwrap()).collect(),
        ports: BTreeMap::from([(PortId::new(1).unwrap(), port)]),
        rows: Vec::new(),
        chain: BTreeSet::new(),
        never: None,
        cautions: vec![("0bda:5411".parse().unwrap(), "press the buttons".to_owned())],
        boards: Vec::new(),
    }
}
fn models() -> Vec<Arc<HubModel>> {
    let realtek = ["0bda:5411", "0bda:0411"];
    let mut pi_4 = model("pi-4", &["2109:3431"], &[("", 4)]);
    pi_4.boards = vec!["Raspberry Pi 4".to_owned()];
    let mut pi_5 = model("pi-5", &["1d6b:0002"], &[("", 2)]);
    pi_5.boards = vec!["Raspberry Pi 5".to_owned()];
    [
        model("plain-4", &[], &[("", 4)]),
        model("plain-7", &[], &[("", 4), ("4", 4)]),
        model("rsh-a10", &realtek, &[("", 4), ("3", 4), ("4", 4)]),
        model("rsh-a16", &realtek, &[("", 4), ("3", 4), ("4", 4), ("3.3", 4), ("3.4", 4)]),
        pi_4,
        pi_5,
    ]
    .map(Arc::new)
    .to_vec()
}

const A16: [&str; 5] = ["", ".3", ".4", ".3.3", ".3.4"];

/// The chips of an RSH-A16 at this place.
fn a16<'a>(chips: &'a [String], id: &'a str, usb3: bool) -> Vec<(&'a str, &'a str, u8, bool)> {
    chips.iter().map(|chip| (chip.as_str(), id, 4, usb3)).collect()
}
fn places(hub: &str) -> Vec<String> {
    A16.iter().map(|chip| format!("{hub}{chip}")).collect()
}

/// Each tree as `place: chips, best model and whether it is certain`.
fn shown(survey: &Survey) -> Vec<String> {
    let line = |tree: Tree| {
        let best = tree.fits.first();
        let best = best.map_or("?".to_owned(), |fit| {
            format!("{}{}", fit.model.name, if fit.certain { "!" } else { "" })
        });
        format!("{}: {} {best}", tree.at, tree.chips.len())
    };
    trees(survey, &models()).into_iter().map(line).collect()
}

#[test]
fn a_sixteen_port_hub_is_one_tree_with_its_other_side() {
    let (usb2, usb3) = (places("5-2"), places("6-2"));
    let mut hubs = a16(&usb2, "0bda:5411", false);
    hubs.extend(a16(&usb3, "0bda:0411", true));
    hubs.extend([("5", "1d6b:0002", 4, false), ("6", "1d6b:0003", 4, true)]);
    let survey = survey(&hubs);
    let trees = trees(&survey, &models());
    assert_eq!(trees.len(), 1);
    assert_eq!((&trees[0].at, &trees[0].twin), (&at("5-2"), &Some(at("6-2"))));
    assert_eq!(trees[0].chips[&ChipPath::new("3.4").unwrap()], at("5-2.3.4"));
    let fits: Vec<_> = trees[0].fits.iter().map(|fit| fit.model.name.as_str()).collect();
    assert_eq!(fits, ["rsh-a16", "rsh-a10", "plain-7", "plain-4"]);
    assert!(trees[0].fits[0].certain);
    assert_eq!(trees[0].fits[0].cautions, ["press the buttons"]);
}

#[test]
fn other_chips_in_the_same_shape_fit_without_being_certain() {
    let usb2 = places("5-2");
    let survey = survey(&a16(&usb2, "2109:2822", false));
    assert_eq!(shown(&survey), ["5-2: 5 rsh-a16"]);
    assert!(trees(&survey, &models())[0].fits[0].cautions.is_empty());
}

#[test]
fn a_side_with_other_numbers_makes_it_uncertain() {
    let (usb2, usb3) = (places("5-2"), places("6-2"));
    let mut hubs = a16(&usb2, "0bda:5411", false);
    hubs.extend(a16(&usb3, "2109:0822", true));
    assert_eq!(shown(&survey(&hubs)), ["5-2: 5 rsh-a16"]);
}

#[test]
fn a_hub_in_a_free_socket_is_a_tree_of_its_own() {
    let usb2 = places("5-2.1");
    let mut hubs = a16(&usb2, "0bda:5411", false);
    hubs.extend([("5-2", "17ef:a357", 3, false), ("5-2.1.4.2", "1a40:0101", 4, false)]);
    assert_eq!(shown(&survey(&hubs)), ["5-2: 1 ?", "5-2.1: 5 rsh-a16!", "5-2.1.4.2: 1 plain-4"]);
    let plain = [("1-1", "05e3:0610", 4, false), ("1-1.2", "1a40:0101", 4, false)];
    assert_eq!(shown(&survey(&plain)), ["1-1: 1 plain-4", "1-1.2: 1 plain-4"]);
}

#[test]
fn chips_of_one_kind_that_fit_no_model_are_one_housing() {
    let ten = [
        ("1-1", "2109:2817", 4, false),
        ("1-1.1", "2109:2817", 4, false),
        ("1-1.2", "2109:2817", 4, false),
        ("1-10", "2109:2817", 4, false),
    ];
    assert_eq!(shown(&survey(&ten)), ["1-1: 3 ?", "1-10: 1 plain-4"]);
}

#[test]
fn a_hub_without_its_usb_2_side_is_known_by_the_other() {
    let usb3 = places("6-2");
    assert_eq!(shown(&survey(&a16(&usb3, "0bda:0411", true))), ["6-2: 5 rsh-a16!"]);
}

#[test]
fn the_other_side_is_found_by_place_where_the_kernel_does_not_say() {
    let four = |place, usb3| (place, "0bda:5411", 4, usb3);
    let two = survey(&[four("1-2", false), four("2-2", true), four("3-2", false), four("4-2", true)]);
    assert_eq!(twin(&two, &at("3-2")), Some(at("4-2")));
    assert_eq!(twin(&two, &at("2-2")), Some(at("1-2")));
    let three = survey(&[four("1-2", false), four("5-2", false), four("8-2", true)]);
    assert_eq!(twin(&three, &at("8-2")), None);
    let mut said = survey(&[four("2-1.4", true), four("1-3.4", false)]);
    assert_eq!(twin(&said, &at("1-3.4")), None);
    said.hubs.get_mut(&at("2-1.4")).unwrap().twin = Some(at("1-3.4"));
    assert_eq!(twin(&said, &at("1-3.4")), Some(at("2-1.4")));
}

#[test]
fn a_misfit_is_told_in_words() {
    let plan = |place, name: &str| {
        let model = models().into_iter().find(|model| model.name.as_str() == name).unwrap();
        HubPlan { model, at: at(place) }
    };
    let usb2 = places("5-2");
    let mut hubs = a16(&usb2, "0bda:5411", false);
    hubs.push(("5-2.4.1", "1a40:0101", 4, false));
    let whole = survey(&hubs);
    assert_eq!(misfit(&whole, &plan("5-2", "rsh-a16")), None, "the hub in its socket does no harm");
    hubs[1].2 = 7;
    let other = survey(&hubs);
    assert_eq!(
        misfit(&other, &plan("5-2", "rsh-a16")).as_deref(),
        Some("`5-2.3` has 7 ports, the model says 4")
    );
    let said = misfit(&whole, &plan("5-2.3", "plain-7"));
    assert_eq!(said, None);
    assert_eq!(
        misfit(&whole, &plan("5-2.4", "plain-7")).as_deref(),
        Some("of the 2 chips of `plain-7`, the chip `5-2.4.4` is not there")
    );
    assert!(misfit(&Survey::default(), &plan("5-2", "plain-4")).is_some());
}

#[test]
fn a_hub_of_a_board_is_recognised_there_and_nowhere_else() {
    let mut pi = survey(&[
        ("1", "1d6b:0002", 1, false),
        ("1-1", "2109:3431", 4, false),
        ("1-1.3", "2109:3431", 4, false),
        ("2", "1d6b:0003", 4, true),
    ]);
    pi.board = Some("Raspberry Pi 4 Model B Rev 1.4".to_owned());
    assert_eq!(shown(&pi), ["1-1: 1 pi-4!", "1-1.3: 1 plain-4"]);
    assert!(onboard(&pi, &at("1-1")).unwrap().contains("one switch"));
    assert_eq!(onboard(&pi, &at("1-1.3")), None);
    assert_eq!(onboard(&pi, &at("9-9")), None);
    pi.board = None;
    assert!(onboard(&pi, &at("1-1")).is_some(), "in a container the board has no name");
    let external = survey(&[("1", "1d6b:0002", 16, false), ("1-1", "2109:3431", 4, false)]);
    assert_eq!(onboard(&external, &at("1-1")), None, "the chip is sold in housings too");
    pi.board = Some("Radxa ROCK 5B".to_owned());
    assert_eq!(onboard(&pi, &at("1-1")), None);
    assert_eq!(shown(&pi)[0], "1-1: 2 ?");
}

#[test]
fn root_hubs_are_trees_only_where_the_board_itself_is_the_hub() {
    let mut pi = survey(&[("1", "1d6b:0002", 2, false), ("1-1", "05e3:0610", 4, false)]);
    assert_eq!(shown(&pi), ["1-1: 1 plain-4"]);
    pi.board = Some("Raspberry Pi 5 Model B Rev 1.0".to_owned());
    assert_eq!(shown(&pi), ["1: 1 pi-5!", "1-1: 1 plain-4"]);
    assert!(onboard(&pi, &at("1")).unwrap().contains("all ports"));
    assert_eq!(onboard(&pi, &at("1-1")), None);
}

#[test]
fn a_chip_that_is_sold_by_itself_is_the_board_only_with_the_second_behind_it() {
    let mut pi = survey(&[("1-1", "0424:2514", 4, false), ("1-1.1", "0424:2514", 3, false)]);
    assert!(onboard(&pi, &at("1-1")).is_some() && onboard(&pi, &at("1-1.1")).is_some());
    pi.hubs.remove(&at("1-1.1"));
    assert_eq!(onboard(&pi, &at("1-1")), None);
    pi.board = Some("Raspberry Pi 3 Model B Plus Rev 1.3".to_owned());
    assert!(onboard(&pi, &at("1-1")).is_some());
    pi.board = Some("Raspberry Pi Zero 2 W Rev 1.0".to_owned());
    assert_eq!(onboard(&pi, &at("1-1")), None);
}
