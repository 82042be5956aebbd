//! Hubs that change while they are switched, and sides that fail.

use super::{Fake, all, code, hub, one, order, read, socket, switch, with_model, written};
use crate::{
    model::{Plugged, Power, SwitchProblem},
    usb::hubs::Hubs,
};

fn sixteen() -> Hubs<Fake> {
    let mut fake = Fake::default();
    fake.add_rsh_a16("3-1", "4-1");
    Hubs::new(fake)
}

#[tokio::test]
async fn half_a_port_off_gets_its_power_back() {
    let reach = with_model("desk", "3-1");
    let mut hubs = sixteen();
    let denied = SwitchProblem::Permission("no".to_owned());
    hubs.driver.fails.insert(hub("3-1"), denied.clone());
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (Some(Power::On), Some(denied)));
    assert_eq!(hubs.driver.sets(), ["off 4-1 1", "off 3-1 1", "on 4-1 1"]);
    assert_eq!(hubs.driver.socket("4-1", 1).power, Ok(Power::On));
}

#[tokio::test]
async fn a_side_that_may_not_be_written_forbids_off_before_anything_is_sent() {
    let reach = with_model("desk", "3-1");
    let mut hubs = sixteen();
    hubs.driver.locked = Some(hub("3-1"));
    let (_, problem) = one(&mut hubs, &reach, ("3-1", 1), Power::Off).await;
    assert_eq!(code(problem.as_ref()), "other_side");
    assert!(hubs.driver.sets().is_empty());
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::On).await, (Some(Power::On), None));
}

#[tokio::test]
async fn a_status_that_may_pass_is_told_as_it_is() {
    let reach = with_model("desk", "3-1");
    let mut hubs = sixteen();
    hubs.driver.socket("4-1", 1).power = Err("garbled".to_owned());
    let (_, problem) = one(&mut hubs, &reach, ("3-1", 1), Power::Off).await;
    assert!(
        matches!(&problem, Some(SwitchProblem::Unreadable(why)) if why.contains("garbled")),
        "{problem:?}"
    );
    hubs.driver.unread.insert(hub("4-1"), SwitchProblem::Timeout(3));
    read(&mut hubs, &reach).await;
    let (_, problem) = one(&mut hubs, &reach, ("3-1", 2), Power::Off).await;
    assert_eq!(problem, Some(SwitchProblem::Timeout(3)));
    assert!(hubs.driver.sets().is_empty());
}

#[tokio::test]
async fn a_hub_on_another_bus_gets_its_first_order_there() {
    let reach = with_model("desk", "3-1");
    let mut hubs = sixteen();
    read(&mut hubs, &reach).await;
    hubs.driver.survey.hubs.clear();
    hubs.driver.add_rsh_a16("7-1", "8-1");
    let seen = switch(&mut hubs, &[order(&reach, socket("3-1.4", 1), Power::Off)]).await.remove(0);
    assert_eq!((seen.power, seen.problem, seen.hub_at), (Some(Power::Off), None, Some(hub("7-1"))));
    assert_eq!(hubs.driver.sets().last(), Some(&"off 7-1.4 1"));
    assert_eq!(hubs.driver.looks(), 2);
}

#[tokio::test]
async fn a_hub_that_is_gone_is_looked_for_once_and_told() {
    let reach = with_model("desk", "3-1");
    let mut hubs = sixteen();
    read(&mut hubs, &reach).await;
    hubs.driver.survey.hubs.clear();
    let missing = Some(SwitchProblem::HubMissing(hub("3-1")));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (None, missing));
    assert_eq!(hubs.driver.looks(), 2);
}

#[tokio::test]
async fn a_hub_that_was_plugged_in_since_the_last_look_keeps_its_power() {
    let reach = written("desk", &[("3-1.4", 1), ("3-1.3.4", 1)]);
    let mut hubs = sixteen();
    read(&mut hubs, &reach).await;
    hubs.driver.socket("3-1.4", 1).hub = Some(hub("3-1.4.1"));
    let now = hubs.driver.survey.hubs[&hub("3-1.4")].clone();
    hubs.driver.since.insert(hub("3-1.4"), Some(now));
    let seen = switch(&mut hubs, &all(&reach, Power::Off)).await;
    assert_eq!(code(seen[1].problem.as_ref()), "forbidden_socket", "{seen:?}");
    assert_eq!((seen[0].power, &seen[0].problem), (Some(Power::Off), &None), "another hub is as it was");
    assert_eq!(hubs.driver.sets(), ["off 4-1.3.4 1", "off 3-1.3.4 1"]);
}

#[tokio::test]
async fn another_hub_at_the_same_place_is_looked_at_before_it_loses_power() {
    let reach = written("desk", &[("3-1.4", 1)]);
    for change in ["other", "side", "ports", "gone"] {
        let mut hubs = sixteen();
        read(&mut hubs, &reach).await;
        let mut now = hubs.driver.survey.hubs[&hub("3-1.4")].clone();
        match change {
            "other" => now.id = "1a40:0101".parse().unwrap(),
            "side" => now.twin = Some(hub("4-1.4")),
            "ports" => drop(now.sockets.remove(&4)),
            _ => {}
        }
        hubs.driver.since.insert(hub("3-1.4"), (change != "gone").then_some(now));
        assert_eq!(one(&mut hubs, &reach, ("3-1.4", 1), Power::Off).await, (Some(Power::Off), None));
        assert_eq!(hubs.driver.looks(), 2, "{change}");
        assert_eq!(hubs.driver.sets().len(), 2, "{change}");
    }
}

#[tokio::test]
async fn a_hub_that_never_stops_changing_is_not_switched_and_its_orders_may_pass() {
    let reach = written("desk", &[("3-1.4", 1)]);
    let mut hubs = sixteen();
    hubs.driver.restless = true;
    read(&mut hubs, &reach).await;
    hubs.driver.since.insert(hub("3-1.4"), None);
    let (power, problem) = one(&mut hubs, &reach, ("3-1.4", 1), Power::Off).await;
    assert_eq!(power, Some(Power::On));
    assert!(problem.is_some_and(|problem| problem.may_pass()));
    assert!(hubs.driver.sets().is_empty());
    assert_eq!(hubs.driver.looks(), 3);
}

#[tokio::test]
async fn off_comes_first_also_after_a_hub_hung() {
    let reach = written("desk", &[("3-1", 1), ("3-1.4", 1)]);
    let mut hubs = sixteen();
    read(&mut hubs, &reach).await;
    hubs.driver.fails.insert(hub("4-1"), SwitchProblem::Timeout(3));
    one(&mut hubs, &reach, ("3-1", 1), Power::Off).await;
    hubs.driver.fails.clear();
    hubs.driver.calls.clear();
    let orders = [("3-1", 1, Power::Off), ("3-1.4", 1, Power::On)];
    let orders = orders.map(|(at, port, power)| order(&reach, socket(at, port), power));
    switch(&mut hubs, &orders).await;
    assert_eq!(hubs.driver.sets(), ["off 4-1 1", "off 3-1 1", "on 4-1.4 1", "on 3-1.4 1"]);
}

#[tokio::test]
async fn a_driver_that_cannot_tell_the_other_side_is_not_asked_at_every_look() {
    let mut fake = Fake::default();
    fake.add("2-1.4", true, "0bda:0411", 4);
    fake.add("1-3.4", false, "0bda:5411", 4);
    fake.speechless = Some(SwitchProblem::Unreadable("nonsense".to_owned()));
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("1-3.4", 1)]);
    let questions =
        |hubs: &Hubs<Fake>| hubs.driver.calls.iter().filter(|call| call.starts_with("other")).count();
    for _ in 0..20 {
        read(&mut hubs, &reach).await;
    }
    assert_eq!(questions(&hubs), 1);
    assert_eq!(code(one(&mut hubs, &reach, ("1-3.4", 1), Power::Off).await.1.as_ref()), "other_side");
    for _ in 0..20 {
        read(&mut hubs, &reach).await;
    }
    assert_eq!(questions(&hubs), 2, "but it is asked again");
}

#[tokio::test]
async fn that_nothing_was_found_does_not_count_while_a_hub_cannot_be_opened() {
    let mut fake = Fake::default();
    fake.add("2-1.4", true, "0bda:0411", 4);
    fake.add("1-3.4", false, "0bda:5411", 4);
    fake.unread.insert(hub("2-1.4"), SwitchProblem::Permission("no".to_owned()));
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("1-3.4", 1)]);
    read(&mut hubs, &reach).await;
    assert_eq!(code(one(&mut hubs, &reach, ("1-3.4", 1), Power::Off).await.1.as_ref()), "other_side");
    assert!(hubs.driver.sets().is_empty());
}

#[tokio::test]
async fn a_device_that_has_not_said_who_it_is_is_not_nothing() {
    let reach = written("desk", &[("3-1", 1), ("3-1", 2)]);
    let mut hubs = sixteen();
    hubs.driver.socket("3-1", 1).undescribed = true;
    let seen = read(&mut hubs, &reach).await;
    assert_eq!(seen[&socket("3-1", 1)].plugged, Plugged::NotShown);
    assert_eq!(seen[&socket("3-1", 2)].plugged, Plugged::Nothing);
}
