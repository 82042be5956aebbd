//! Both sides of a hub are switched and believed one by one.

use super::{Fake, all, code, hub, one, order, read, socket, switch, thing, with_model, written};
use crate::{
    model::{Plugged, Power, SwitchProblem},
    usb::hubs::Hubs,
};

fn sixteen() -> Fake {
    let mut fake = Fake::default();
    fake.add_rsh_a16("3-1", "4-1");
    fake
}

#[tokio::test]
async fn sixteen_ports_take_one_call_per_hub_and_side_and_no_look_in_between() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    read(&mut hubs, &reach).await;
    for power in [Power::Off, Power::On] {
        hubs.driver.calls.clear();
        let seen = switch(&mut hubs, &all(&reach, power)).await;
        assert_eq!(seen.len(), 16);
        assert!(seen.iter().all(|seen| seen.power == Some(power) && seen.problem.is_none()), "{seen:?}");
        let right = [
            ("4-1", "1,2"),
            ("3-1", "1,2"),
            ("4-1.3", "1,2"),
            ("3-1.3", "1,2"),
            ("4-1.3.3", "1,2,3,4"),
            ("3-1.3.3", "1,2,3,4"),
            ("4-1.3.4", "1,2,3,4"),
            ("3-1.3.4", "1,2,3,4"),
            ("4-1.4", "1,2,3,4"),
            ("3-1.4", "1,2,3,4"),
        ];
        assert_eq!(hubs.driver.calls, right.map(|(hub, ports)| format!("{power} {hub} {ports}")));
    }
}

#[tokio::test]
async fn ports_that_go_off_come_first() {
    let reach = written("desk", &[("3-1", 1), ("3-1.4", 1), ("3-1.4", 2)]);
    let mut hubs = Hubs::new(sixteen());
    let orders = [("3-1", 1, Power::On), ("3-1.4", 1, Power::Off), ("3-1.4", 2, Power::On)];
    let orders = orders.map(|(at, port, power)| order(&reach, socket(at, port), power));
    switch(&mut hubs, &orders).await;
    let right = ["off 4-1.4 1", "off 3-1.4 1", "on 4-1 1", "on 3-1 1", "on 4-1.4 2", "on 3-1.4 2"];
    assert_eq!(hubs.driver.sets(), right);
}

#[tokio::test]
async fn a_port_is_off_only_if_both_sides_are() {
    let reach = written("desk", &[("4-1.4", 1), ("4-1.4", 2), ("4-1.4", 3)]);
    let mut hubs = Hubs::new(sixteen());
    hubs.driver.socket("3-1.4", 1).power = Ok(Power::Off);
    for side in ["3-1.4", "4-1.4"] {
        hubs.driver.socket(side, 2).power = Ok(Power::Off);
    }
    hubs.driver.socket("3-1.4", 3).power = Ok(Power::Off);
    hubs.driver.socket("4-1.4", 3).power = Err("garbled".to_owned());
    let seen = read(&mut hubs, &reach).await;
    let powers: Vec<_> = seen.values().map(|seen| seen.power).collect();
    assert_eq!(powers, [Some(Power::On), Some(Power::Off), None]);
    assert_eq!(code(seen[&socket("4-1.4", 3)].problem.as_ref()), "unreadable");
}

#[tokio::test]
async fn a_side_that_ignores_the_order_is_told_and_the_other_side_keeps_its_connection() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    hubs.driver.stubborn.insert(socket("4-1", 1));
    let refused = Some(SwitchProblem::Refused(Power::On));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (Some(Power::On), refused.clone()));
    assert_eq!(hubs.driver.sets(), ["off 4-1 1"]);
    hubs.driver.stubborn.insert(socket("3-1", 2));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 2), Power::Off).await, (Some(Power::On), refused));
    assert_eq!(hubs.driver.sets()[1..], ["off 4-1 2", "off 3-1 2", "on 4-1 2"]);
    assert_eq!(hubs.driver.looks(), 1);
}

#[tokio::test]
async fn a_side_that_must_be_there_and_is_not_forbids_off_and_not_on() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    hubs.driver.hidden.insert(hub("4-1.4"));
    let (power, problem) = one(&mut hubs, &reach, ("3-1.4", 2), Power::Off).await;
    assert_eq!((power, code(problem.as_ref())), (None, "other_side"));
    assert!(problem.unwrap().to_string().contains("the other side of hub `3-1.4` is not shown"));
    assert!(hubs.driver.sets().is_empty());
    assert_eq!(one(&mut hubs, &reach, ("3-1.4", 2), Power::On).await, (Some(Power::On), None));
    assert_eq!(hubs.driver.sets(), ["on 3-1.4 2"], "the daisy-chain port 4 of 4-1 is not touched");
    hubs.driver.socket("3-1.4", 2).power = Ok(Power::Off);
    let seen = read(&mut hubs, &reach).await;
    let seen = &seen[&socket("3-1.4", 2)];
    assert_eq!((seen.power, code(seen.problem.as_ref())), (None, "other_side"));
    hubs.driver.hidden.clear();
    assert_eq!(one(&mut hubs, &reach, ("3-1.4", 2), Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn a_usb_3_side_alone_is_never_believed_to_be_off() {
    let mut fake = Fake::default();
    fake.add("4-2", true, "2109:0822", 4);
    let mut hubs = Hubs::new(fake);
    let reach = written("desk", &[("4-2", 1)]);
    let (_, problem) = one(&mut hubs, &reach, ("4-2", 1), Power::Off).await;
    assert_eq!(code(problem.as_ref()), "other_side");
}

#[tokio::test]
async fn a_side_that_this_user_may_not_open_forbids_off() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    let denied = SwitchProblem::Permission("the device file of hub `4-1` cannot be opened".to_owned());
    hubs.driver.unread.insert(hub("4-1"), denied);
    let (_, problem) = one(&mut hubs, &reach, ("3-1", 1), Power::Off).await;
    assert_eq!(code(problem.as_ref()), "other_side");
    assert!(problem.unwrap().to_string().contains("device file of hub `4-1`"));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::On).await, (Some(Power::On), None));
    assert_eq!(hubs.driver.sets(), ["on 3-1 1"]);
}

#[tokio::test]
async fn what_a_call_leaves_open_is_looked_at_once() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    read(&mut hubs, &reach).await;
    hubs.driver.fails.insert(hub("4-1"), SwitchProblem::Unreadable("nonsense".to_owned()));
    let refused = SwitchProblem::Refused(Power::On);
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (Some(Power::On), Some(refused)));
    assert_eq!(hubs.driver.looks(), 2);
    hubs.driver.fails.insert(hub("4-1"), SwitchProblem::Permission("no".to_owned()));
    let (power, problem) = one(&mut hubs, &reach, ("3-1", 2), Power::Off).await;
    assert_eq!((power, code(problem.as_ref())), (Some(Power::On), "no_permission"));
    assert_eq!(hubs.driver.sets().last(), Some(&"off 4-1 2"), "nothing goes to the other side then");
}

#[tokio::test]
async fn a_hub_that_hangs_ends_the_batch_and_comes_last_in_the_next_one() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    read(&mut hubs, &reach).await;
    hubs.driver.fails.insert(hub("4-1.3"), SwitchProblem::Timeout(3));
    let seen = switch(&mut hubs, &all(&reach, Power::Off)).await;
    assert_eq!(hubs.driver.sets(), ["off 4-1 1,2", "off 3-1 1,2", "off 4-1.3 1,2"]);
    let timeouts = seen.iter().filter(|seen| seen.problem == Some(SwitchProblem::Timeout(3))).count();
    assert_eq!(timeouts, 2, "{seen:?}");
    let not_tried = SwitchProblem::NotTried(hub("3-1.3"));
    let waiting = seen.iter().filter(|seen| seen.problem.as_ref() == Some(&not_tried)).count();
    assert_eq!(waiting, 12, "hubs that nobody asked are not said to hang");
    assert!(seen.iter().all(|seen| seen.power.is_some()), "all were read again");
    hubs.driver.calls.clear();
    let seen = switch(&mut hubs, &all(&reach, Power::Off)).await;
    let done = seen.iter().filter(|seen| seen.power == Some(Power::Off)).count();
    assert_eq!(done, 14, "{:?}", hubs.driver.calls);
}

#[tokio::test]
async fn what_is_plugged_in_is_shown_from_either_side() {
    let reach = written("desk", &[("3-1", 1), ("3-1", 2), ("3-1.4", 1), ("3-1.4", 2)]);
    let mut hubs = Hubs::new(sixteen());
    hubs.driver.socket("4-1", 1).thing = Some(thing(Some("R58N12ABCDE")));
    hubs.driver.socket("3-1", 2).thing = Some(thing(None));
    for side in ["3-1.4", "4-1.4"] {
        hubs.driver.socket(side, 1).power = Ok(Power::Off);
        hubs.driver.socket(side, 1).thing = Some(thing(Some("STALE")));
    }
    let seen = read(&mut hubs, &reach).await;
    let plugged: Vec<_> = seen.into_values().map(|seen| seen.plugged).collect();
    let right = [
        Plugged::Thing(thing(Some("R58N12ABCDE")).into()),
        Plugged::Thing(thing(None).into()),
        Plugged::NotShown,
        Plugged::Nothing,
    ];
    assert_eq!(plugged, right);
}

#[tokio::test]
async fn nothing_is_known_when_the_hubs_cannot_be_seen() {
    let reach = with_model("desk", "3-1");
    let mut hubs = Hubs::new(sixteen());
    hubs.driver.blind = Some(SwitchProblem::Busy(4));
    for seen in read(&mut hubs, &reach).await.into_values() {
        assert_eq!(
            (seen.power, seen.problem, seen.plugged),
            (None, Some(SwitchProblem::Busy(4)), Plugged::NotShown)
        );
    }
    let busy = Some(SwitchProblem::Busy(4));
    assert_eq!(one(&mut hubs, &reach, ("3-1", 1), Power::Off).await, (None, busy));
    assert!(hubs.driver.sets().is_empty());
}
