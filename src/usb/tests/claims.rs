//! What a station may have switched, and of two stations, which.

use super::{Fake, code, hub, one, order, reach_of, read, rsh_a16, socket, switch, with_model, written};
use crate::{
    model::{HubModel, Power, SwitchProblem},
    usb::{PowerSwitch, hubs::Hubs},
};

fn at(usb2: &str, usb3: &str) -> Hubs<Fake> {
    let mut fake = Fake::default();
    fake.add_rsh_a16(usb2, usb3);
    Hubs::new(fake)
}
fn reason(problem: Option<SwitchProblem>) -> String {
    match problem {
        Some(SwitchProblem::Forbidden(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_first_of_two_stations_keeps_a_socket_also_by_its_other_side() {
    let (desk, school) = (written("desk", &[("3-1", 1)]), written("school", &[("4-1", 1), ("4-1", 2)]));
    let mut hubs = at("3-1", "4-1");
    assert_eq!(one(&mut hubs, &desk, ("3-1", 1), Power::Off).await, (Some(Power::Off), None));
    let why = reason(one(&mut hubs, &school, ("4-1", 1), Power::On).await.1);
    assert_eq!(why, "it is a port of station `desk`");
    assert_eq!(one(&mut hubs, &school, ("4-1", 2), Power::Off).await, (Some(Power::Off), None));
    let seen = read(&mut hubs, &school).await;
    assert_eq!(code(seen[&socket("4-1", 1)].problem.as_ref()), "forbidden_socket");
    assert_eq!(seen[&socket("4-1", 2)].power, Some(Power::Off));
}

#[tokio::test]
async fn of_two_stations_that_ask_before_anything_is_known_one_has_both_sides() {
    let (desk, school) = (written("desk", &[("3-1", 1)]), written("school", &[("4-1", 1)]));
    let mut hubs = at("3-1", "4-1");
    let orders = [order(&desk, socket("3-1", 1), Power::Off), order(&school, socket("4-1", 1), Power::On)];
    let seen = switch(&mut hubs, &orders).await;
    assert_eq!((seen[0].power, code(seen[1].problem.as_ref())), (Some(Power::Off), "forbidden_socket"));
    // One that grows does not take what another has by now.
    let grown = written("desk", &[("3-1", 1), ("3-1", 2)]);
    let other = written("school", &[("4-1", 2)]);
    assert_eq!(one(&mut hubs, &other, ("4-1", 2), Power::Off).await.1, None);
    assert_eq!(
        reason(one(&mut hubs, &grown, ("3-1", 2), Power::On).await.1),
        "it is a port of station `school`"
    );
}

#[tokio::test]
async fn a_claim_ends_with_the_reach_and_with_the_station() {
    let (desk, school) = (written("desk", &[("3-1", 1), ("3-1", 2)]), written("school", &[("4-1", 1)]));
    let mut hubs = at("3-1", "4-1");
    one(&mut hubs, &desk, ("3-1", 1), Power::Off).await;
    reason(one(&mut hubs, &school, ("4-1", 1), Power::Off).await.1);
    let smaller = written("desk", &[("3-1", 2)]);
    one(&mut hubs, &smaller, ("3-1", 2), Power::Off).await;
    assert_eq!(one(&mut hubs, &school, ("4-1", 1), Power::Off).await.1, None);
    reason(one(&mut hubs, &desk, ("3-1", 1), Power::On).await.1);
    hubs.forget(&school.station);
    assert_eq!(one(&mut hubs, &desk, ("3-1", 1), Power::On).await.1, None);
}

#[tokio::test]
async fn a_socket_outside_the_station_is_refused_and_one_that_was_inside_is_not() {
    let (before, after) = (written("desk", &[("3-1", 1), ("3-1", 2)]), written("desk", &[("3-1", 2)]));
    let mut hubs = at("3-1", "4-1");
    assert_eq!(one(&mut hubs, &before, ("3-1", 1), Power::Off).await.1, None);
    assert_eq!(
        one(&mut hubs, &after, ("3-1", 1), Power::On).await,
        (Some(Power::On), None),
        "given its power back"
    );
    let sent = hubs.driver.calls.len();
    let why = reason(one(&mut hubs, &after, ("3-1.4", 1), Power::On).await.1);
    assert_eq!(why, "it is no port of station `desk`");
    assert_eq!(hubs.driver.calls.len(), sent);
}

#[tokio::test]
async fn a_station_does_not_find_its_hub_where_another_station_has_its_own() {
    let (lost, owner) = (with_model("lost", "5-1"), with_model("owner", "3-1"));
    let mut hubs = at("3-1", "4-1");
    let missing = Some(SwitchProblem::HubMissing(hub("5-1")));
    assert_eq!(
        read(&mut hubs, &lost).await[&socket("5-1", 1)].hub_at,
        Some(hub("3-1")),
        "nobody else is known"
    );
    assert_eq!(one(&mut hubs, &owner, ("3-1", 1), Power::Off).await, (Some(Power::Off), None));
    assert_eq!(one(&mut hubs, &lost, ("5-1", 1), Power::On).await, (None, missing));
    assert_eq!(hubs.driver.sets(), ["off 4-1 1", "off 3-1 1"]);
}

#[tokio::test]
async fn a_station_that_has_not_asked_yet_keeps_its_hub_too() {
    let (lost, owner) = (with_model("lost", "5-1"), with_model("owner", "3-1"));
    let mut hubs = at("3-1", "4-1");
    hubs.meet(&lost);
    hubs.meet(&owner);
    let missing = Some(SwitchProblem::HubMissing(hub("5-1")));
    assert_eq!(one(&mut hubs, &lost, ("5-1", 1), Power::Off).await, (None, missing));
    assert!(hubs.driver.sets().is_empty());
}

#[tokio::test]
async fn two_stations_that_lost_their_hubs_do_not_take_the_same_one() {
    let (one_, other) = (with_model("one", "5-1"), with_model("other", "7-1"));
    let mut hubs = at("3-1", "4-1");
    assert!(read(&mut hubs, &one_).await.values().all(|seen| seen.hub_at == Some(hub("3-1"))));
    let seen = read(&mut hubs, &other).await;
    assert!(seen.values().all(|seen| seen.problem == Some(SwitchProblem::HubMissing(hub("7-1")))));
    hubs.forget(&one_.station);
    assert!(read(&mut hubs, &other).await.values().all(|seen| seen.hub_at == Some(hub("3-1"))));
}

#[tokio::test]
async fn root_hubs_chain_sockets_and_hubs_that_never_switch_are_refused_with_their_reason() {
    let mut hubs = at("3-1", "4-1");
    hubs.driver.add("3", false, "1d6b:0002", 4);
    let sockets = [("3", 1), ("3-1", 3), ("3-1.4", 1)];
    let written = written("desk", &sockets);
    assert_eq!(reason(one(&mut hubs, &written, ("3", 1), Power::Off).await.1), "`3` is a root hub");
    assert!(hubs.driver.calls.is_empty());
    let why = reason(one(&mut hubs, &written, ("3-1", 3), Power::Off).await.1);
    assert_eq!(why, "hub `4-1.3` is or was plugged into it; restart the service once it is gone for good");
    let mut reach = (*with_model("drawer", "3-1")).clone();
    reach.sockets.insert(socket("3-1.3", 4));
    let why = reason(one(&mut hubs, &reach.into(), ("3-1.3", 4), Power::On).await.1);
    assert_eq!(why, "it connects the chips of the hub `RSHTECH RSH-A16`");
    let never = HubModel { never: Some("all ports go together".to_owned()), ..rsh_a16() };
    let why = reason(one(&mut hubs, &reach_of("pi", never, "3-1"), ("3-1", 1), Power::Off).await.1);
    assert_eq!(why, "all ports go together");
    assert!(hubs.driver.sets().is_empty());
}

#[tokio::test]
async fn a_hub_that_was_plugged_into_a_socket_once_is_remembered_on_either_side() {
    let reach = written("desk", &[("3-1.4", 1)]);
    let mut hubs = at("3-1", "4-1");
    hubs.driver.socket("4-1.4", 1).hub = Some(hub("4-1.4.1"));
    read(&mut hubs, &reach).await;
    hubs.driver.socket("4-1.4", 1).hub = None;
    read(&mut hubs, &reach).await;
    let why = reason(one(&mut hubs, &reach, ("3-1.4", 1), Power::Off).await.1);
    assert_eq!(why, "hub `4-1.4.1` is or was plugged into it; restart the service once it is gone for good");
}

#[tokio::test]
async fn the_hubs_on_a_raspberry_pi_are_refused_and_the_same_chips_elsewhere_are_not() {
    let soldered = |board: Option<&str>, hubs: &[(&str, &str, u8)]| {
        let mut fake = Fake::default();
        fake.survey.board = board.map(str::to_owned);
        for (at, id, ports) in hubs {
            fake.add(at, false, id, *ports);
        }
        Hubs::new(fake)
    };
    let pi = Some("Raspberry Pi 4 Model B Rev 1.4");
    for (board, hubs, at, refused) in [
        (None, &[("1-1", "0424:9514", 5)][..], "1-1", true),
        (Some("Raspberry Pi 3 Model B"), &[("1-1", "0424:9514", 5)], "1-1", true),
        (None, &[("1-1.2", "0424:9514", 5)], "1-1.2", false),
        (None, &[("1-1", "0424:2514", 4), ("1-1.1", "0424:2514", 3)], "1-1.1", true),
        (None, &[("1-1", "0424:2514", 4), ("1-1.1", "0424:2514", 3)], "1-1", true),
        (None, &[("1-1", "0424:9512", 3)], "1-1", true),
        (Some("Raspberry Pi Model B Rev 2"), &[("1-1", "0424:9512", 3)], "1-1", true),
        (None, &[("1-1", "0424:2514", 4)], "1-1", false),
        (pi, &[("1-1", "2109:3431", 4)], "1-1", true),
        (pi, &[("1-1", "2109:3431", 4), ("1-1.2", "2109:3431", 4)], "1-1.2", false),
        (None, &[("1", "1d6b:0002", 1), ("1-1", "2109:3431", 4)], "1-1", true),
        (None, &[("1-1", "2109:3431", 4)], "1-1", true),
        (None, &[("1", "1d6b:0002", 16), ("1-1", "2109:3431", 4)], "1-1", false),
        (Some("Radxa ROCK 5B"), &[("1-1", "0424:9514", 5)], "1-1", false),
    ] {
        let mut hubs = soldered(board, hubs);
        let reach = written("desk", &[(at, 3)]);
        let problem = one(&mut hubs, &reach, (at, 3), Power::Off).await.1;
        assert_eq!(code(problem.as_ref()) == "forbidden_socket", refused, "{board:?} {at}: {problem:?}");
        assert_eq!(hubs.driver.sets().is_empty(), refused);
    }
}
