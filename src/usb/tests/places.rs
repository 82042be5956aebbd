//! The hub of a station is found where it is today.

use super::{Fake, all, code, hub, one, reach_of, read, rsh_a16, socket, switch, with_model, written};
use crate::{
    model::{HubModel, Power, SwitchProblem},
    usb::hubs::Hubs,
};

fn at(usb2: &str, usb3: &str) -> Hubs<Fake> {
    let mut fake = Fake::default();
    fake.add_rsh_a16(usb2, usb3);
    Hubs::new(fake)
}

#[tokio::test]
async fn a_hub_on_another_bus_is_found_by_its_shape() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("3-2", "4-2");
    for seen in read(&mut hubs, &reach).await.into_values() {
        assert_eq!((seen.power, seen.hub_at), (Some(Power::On), Some(hub("3-2"))));
    }
    let seen = switch(&mut hubs, &all(&reach, Power::Off)).await;
    assert!(seen.iter().all(|seen| seen.power == Some(Power::Off) && seen.hub_at == Some(hub("3-2"))));
    assert_eq!(hubs.driver.sets().len(), 10);
    let forbidden = one(&mut hubs, &reach, ("5-2", 3), Power::Off).await.1;
    assert_eq!(code(forbidden.as_ref()), "forbidden_socket");
}

#[tokio::test]
async fn a_hub_where_the_file_says_it_is_not_told_to_be_elsewhere() {
    let mut hubs = at("5-2", "6-2");
    let reach = with_model("desk", "5-2");
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.power.is_some() && seen.hub_at.is_none()));
    let reach = with_model("desk", "6-2");
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.power.is_some() && seen.hub_at.is_none()));
}

#[tokio::test]
async fn of_two_hubs_that_fit_neither_is_taken_unless_only_one_has_the_right_numbers() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("3-2", "4-2");
    hubs.driver.add_rsh_a16("7-2", "8-2");
    let seen = read(&mut hubs, &reach).await;
    let missing = Some(SwitchProblem::HubMissing(hub("5-2")));
    assert!(seen.values().all(|seen| seen.problem == missing && seen.hub_at.is_none()), "{seen:?}");
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::On).await, (None, missing));
    for found in hubs.driver.survey.hubs.iter_mut().filter(|(at, _)| at.parts().0 < 5).map(|(_, found)| found)
    {
        found.id = "2109:2822".parse().unwrap();
    }
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("7-2"))));
}

#[tokio::test]
async fn a_hub_that_was_found_stays_the_same_one_when_another_comes() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("3-2", "4-2");
    read(&mut hubs, &reach).await;
    hubs.driver.add_rsh_a16("7-2", "8-2");
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("3-2"))));
    hubs.driver.survey.hubs.retain(|at, _| at.parts().0 > 4);
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("7-2"))));
}

#[tokio::test]
async fn a_hub_that_goes_and_comes_back_is_told() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("5-2", "6-2");
    read(&mut hubs, &reach).await;
    let unplugged = std::mem::take(&mut hubs.driver.survey);
    let missing = SwitchProblem::HubMissing(hub("5-2"));
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::Off).await, (None, Some(missing.clone())));
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.problem.as_ref() == Some(&missing)));
    hubs.driver.survey = unplugged;
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn another_kind_of_hub_is_a_misfit() {
    let reach = with_model("desk", "5-2");
    for ports in [4, 7] {
        let mut fake = Fake::default();
        fake.add("5-2", false, "1a40:0101", ports);
        let mut hubs = Hubs::new(fake);
        assert!(
            read(&mut hubs, &reach).await.values().all(|seen| code(seen.problem.as_ref()) == "model_misfit")
        );
        let problem = one(&mut hubs, &reach, ("5-2", 1), Power::Off).await.1;
        assert_eq!(code(problem.as_ref()), "model_misfit");
        assert!(hubs.driver.sets().is_empty());
    }
    let mut hubs = at("5-2", "6-2");
    hubs.driver.add("5-2.3.3.1", false, "1a40:0101", 4);
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::Off).await, (Some(Power::Off), None));
    let mut four = rsh_a16();
    four.chips.retain(|path, _| path.as_str().is_empty());
    let four = HubModel { name: "four".parse().unwrap(), ..four };
    let mut hubs = at("5-2", "6-2");
    let seen = read(&mut hubs, &reach_of("other", four, "5-2")).await;
    let told = seen[&socket("5-2", 1)].problem.clone().unwrap().to_string();
    assert!(told.contains("hub `5-2.3` is no chip of `four`"), "{told}");
}

#[tokio::test]
async fn a_chip_that_goes_does_not_take_the_others_with_it() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("5-2", "6-2");
    read(&mut hubs, &reach).await;
    hubs.driver.survey.hubs.retain(|at, _| !at.as_str().contains("-2.3"));
    for _ in 0..4 {
        let seen = read(&mut hubs, &reach).await;
        assert_eq!(seen.values().filter(|seen| seen.power == Some(Power::On)).count(), 6);
        assert_eq!(seen[&socket("5-2.3.4", 1)].problem, Some(SwitchProblem::HubMissing(hub("5-2.3.4"))));
    }
    hubs.driver.survey.hubs.retain(|at, _| !at.as_str().contains("-2.4"));
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn a_hub_that_lacks_chips_when_it_is_seen_first_is_a_misfit() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("5-2", "6-2");
    hubs.driver.survey.hubs.retain(|at, _| !at.as_str().contains("-2.3"));
    let misfit = "of the 5 chips of `rsh-a16`, the chips `5-2.3`, `5-2.3.3`, `5-2.3.4` are not there";
    let misfit = Some(SwitchProblem::Misfit(misfit.to_owned()));
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.problem == misfit));
    for power in [Power::Off, Power::On] {
        assert_eq!(one(&mut hubs, &reach, ("5-2", 1), power).await, (None, misfit.clone()));
    }
    assert!(hubs.driver.sets().is_empty());
    let garbled = SwitchProblem::Unreadable("hub `5-2.3.3` is shown twice".to_owned());
    hubs.driver.unread.insert(hub("5-2.3.3"), garbled.clone());
    assert_eq!(one(&mut hubs, &reach, ("5-2", 1), Power::Off).await, (None, Some(garbled)));
}

#[tokio::test]
async fn the_whole_hub_elsewhere_is_meant_and_not_the_smaller_one_at_its_place() {
    let reach = with_model("desk", "5-2");
    for known in [true, false] {
        let mut hubs = at("5-2", "6-2");
        if known {
            read(&mut hubs, &reach).await;
        }
        hubs.driver.survey.hubs.clear();
        hubs.driver.add_rsh_a16("3-2", "4-2");
        hubs.driver.add("5-2", false, "1a40:0101", 4);
        hubs.driver.add("5-2.4", false, "1a40:0101", 4);
        assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("3-2"))));
        one(&mut hubs, &reach, ("5-2.4", 1), Power::Off).await;
        assert_eq!(hubs.driver.sets(), ["off 4-2.4 1", "off 3-2.4 1"]);
    }
}

#[tokio::test]
async fn a_smaller_hub_in_the_place_of_the_one_that_was_there_is_a_stranger() {
    let reach = with_model("desk", "5-2");
    for (id, seen_to_go) in [("0bda:5411", true), ("1a40:0101", false)] {
        let mut hubs = at("5-2", "6-2");
        read(&mut hubs, &reach).await;
        hubs.driver.survey.hubs.clear();
        if seen_to_go {
            read(&mut hubs, &reach).await;
        }
        hubs.driver.add("5-2", false, id, 4);
        let seen = read(&mut hubs, &reach).await;
        assert!(seen.values().all(|seen| code(seen.problem.as_ref()) == "model_misfit"), "{seen:?}");
        let problem = one(&mut hubs, &reach, ("5-2", 1), Power::Off).await.1;
        assert_eq!(code(problem.as_ref()), "model_misfit", "{id}");
        assert!(hubs.driver.sets().is_empty());
    }
    // That it went is told by the call that found nothing.
    let mut hubs = at("5-2", "6-2");
    read(&mut hubs, &reach).await;
    hubs.driver.survey.hubs.clear();
    hubs.driver.replaced = Some(("5-2", "0bda:5411"));
    one(&mut hubs, &reach, ("5-2", 1), Power::Off).await;
    let sent = hubs.driver.sets().len();
    let problem = one(&mut hubs, &reach, ("5-2", 1), Power::Off).await.1;
    assert_eq!((code(problem.as_ref()), hubs.driver.sets().len()), ("model_misfit", sent));
}

#[tokio::test]
async fn a_hub_that_lacks_a_chip_is_not_left_for_another_one() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("5-2", "6-2");
    read(&mut hubs, &reach).await;
    hubs.driver.survey.hubs.retain(|at, _| !at.as_str().ends_with("-2.4"));
    hubs.driver.add_rsh_a16("3-2", "4-2");
    let seen = read(&mut hubs, &reach).await;
    assert!(seen.values().all(|seen| code(seen.problem.as_ref()) == "model_misfit"), "{seen:?}");
    let problem = one(&mut hubs, &reach, ("5-2.4", 1), Power::Off).await.1;
    assert_eq!(code(problem.as_ref()), "model_misfit", "nobody knows which of them is meant");
    assert!(hubs.driver.sets().is_empty());
}

#[tokio::test]
async fn a_hub_without_ports_has_not_started_and_is_no_misfit() {
    let reach = with_model("desk", "5-2");
    let mut fake = Fake::default();
    fake.add("5-2", false, "0bda:5411", 0);
    let seen = read(&mut Hubs::new(fake), &reach).await;
    assert!(seen.values().all(|seen| seen.problem == Some(SwitchProblem::HubMissing(hub("5-2")))));
}

#[tokio::test]
async fn a_port_that_only_one_side_has_is_switched_there() {
    let mut fake = Fake::default();
    fake.add("3-1", false, "0bda:5411", 5).twin = Some(hub("4-1"));
    fake.add("4-1", true, "0bda:0411", 4).twin = Some(hub("3-1"));
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("3-1", 4), ("3-1", 5)]);
    assert_eq!(one(&mut hubs, &reach, ("3-1", 5), Power::Off).await, (Some(Power::Off), None));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 4), Power::Off).await, (Some(Power::Off), None));
    assert_eq!(hubs.driver.sets(), ["off 3-1 5", "off 4-1 4", "off 3-1 4"]);
    hubs.driver.survey.hubs.get_mut(&hub("4-1")).unwrap().sockets.clear();
    read(&mut hubs, &reach).await;
    let problem = one(&mut hubs, &reach, ("3-1", 5), Power::Off).await.1;
    assert_eq!(code(problem.as_ref()), "other_side", "its other side has not started yet");
}

#[tokio::test]
async fn a_port_that_the_hub_does_not_have_is_missing() {
    let reach = written("desk", &[("5-2", 9), ("9-1", 1)]);
    let mut hubs = at("5-2", "6-2");
    let seen = read(&mut hubs, &reach).await;
    assert_eq!(code(seen[&socket("5-2", 9)].problem.as_ref()), "port_missing");
    assert_eq!(code(seen[&socket("9-1", 1)].problem.as_ref()), "hub_missing");
    let problem = one(&mut hubs, &reach, ("5-2", 9), Power::On).await.1;
    assert_eq!(code(problem.as_ref()), "port_missing");
}

#[tokio::test]
async fn a_driver_that_shows_what_it_is_asked_for_is_asked_for_all_when_that_is_not_enough() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("3-2", "4-2");
    hubs.driver.modest = true;
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("3-2"))));
    assert_eq!(hubs.driver.calls, ["look at some", "look", "look at some"]);
    hubs.driver.calls.clear();
    read(&mut hubs, &reach).await;
    assert_eq!(hubs.driver.calls, ["look at some"]);
    hubs.driver.survey.hubs.clear();
    hubs.driver.add_rsh_a16("7-2", "8-2");
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("7-2"))));
}
