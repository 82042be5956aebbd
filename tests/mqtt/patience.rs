//! How often a broker that does not want us is called. An hour passes in a moment here.

use std::time::Duration;

use smart_charging_station::mqtt::{Link, MqttSettings, Protocol};
use tokio::time::sleep;

use crate::{
    broker::{Answer, CONNECT, Packet, strange_broker},
    world::{World, at},
};

/// The longest pause is a minute, a quarter more or less; the first ones are shorter. Two connections each time.
const MOST_CALLS: u32 = (60 * 4 / 3 + 6) * 2;
const LEAST_CALLS: u32 = 2 * 40;

/// Lets an hour pass in front of such a broker. Gives the reason that is shown at its end.
async fn an_hour(settings: MqttSettings, most: u32, answer: fn(&Packet) -> Answer) -> String {
    let (port, count) = strange_broker(answer).await;
    let world = World::desk(MqttSettings { port, ..settings });
    sleep(Duration::from_secs(3600)).await;
    let calls = *count.borrow();
    assert!((LEAST_CALLS..=most).contains(&calls), "{calls} connections in an hour");
    let mut reason = String::new();
    let is_down = |link: &Link| matches!(link, Link::Down { .. });
    world.link("desk", is_down).await;
    if let Some(Link::Down { reason: shown }) = world.status.borrow().get("desk") {
        reason.clone_from(shown);
    }
    reason
}

fn older() -> MqttSettings {
    MqttSettings { protocol: Protocol::V311, ..at(0) }
}

#[tokio::test(start_paused = true)]
async fn one_that_closes_after_its_answer_is_called_once_a_minute() {
    let reason = an_hour(older(), MOST_CALLS, |packet| match packet.first {
        CONNECT => Answer::Close(vec![0x20, 2, 0, 0]),
        _ => Answer::Close(Vec::new()),
    })
    .await;
    assert!(reason.contains("does another program use the client id `scs-test-desk"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn one_that_refuses_the_password_is_called_once_a_minute() {
    let reason = an_hour(at(0), MOST_CALLS, |_| Answer::Close(vec![0x20, 3, 0, 0x86, 0])).await;
    assert!(reason.contains("refuses no user: check user and password"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn one_that_never_answers_is_called_in_both_versions_once_a_minute() {
    let reason = an_hour(at(0), MOST_CALLS * 2, |_| Answer::Bytes(Vec::new())).await;
    assert!(reason.contains("does not answer in time"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn one_that_closes_without_an_answer_is_called_in_both_versions_once_a_minute() {
    let reason = an_hour(at(0), MOST_CALLS * 2, |_| Answer::Close(Vec::new())).await;
    assert!(reason.contains("closed the connection before it knew us"), "{reason}");
}
