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
async fn a_chip_that_is_gone_does_not_take_the_others_with_it() {
    let reach = with_model("desk", "5-2");
    let mut hubs = at("5-2", "6-2");
    hubs.driver.survey.hubs.retain(|at, _| !at.as_str().contains("-2.3"));
    let seen = read(&mut hubs, &reach).await;
    assert_eq!(seen.values().filter(|seen| seen.power == Some(Power::On)).count(), 6);
    assert_eq!(seen[&socket("5-2.3.4", 1)].problem, Some(SwitchProblem::HubMissing(hub("5-2.3.4"))));
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
    assert_eq!(hubs.driver.calls, ["look at some", "look"]);
    hubs.driver.calls.clear();
    read(&mut hubs, &reach).await;
    assert_eq!(hubs.driver.calls, ["look at some"]);
    hubs.driver.survey.hubs.clear();
    hubs.driver.add_rsh_a16("7-2", "8-2");
    assert!(read(&mut hubs, &reach).await.values().all(|seen| seen.hub_at == Some(hub("7-2"))));
}
