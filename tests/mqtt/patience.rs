//! How often a broker that does not want us is called. An hour passes in a moment here.

use std::{future::pending, time::Duration};

use smart_charging_station::mqtt::{Link, MqttSettings, Protocol};
use tokio::{sync::watch, time::timeout};

use crate::{
    broker::{Answer, CONNECT, PING, PUBLISH, PUBLISH_RETAINED, Packet, SUBSCRIBE, strange_broker},
    shows,
    world::{World, at},
};

/// The longest pause is a minute, a quarter more or less; the first ones are shorter. Two connections each time.
const MOST_CALLS: u32 = (60 * 4 / 3 + 6) * 2;
const LEAST_CALLS: u32 = 2 * 40;

/// Lets an hour pass in front of such a broker. Gives the reason that is shown at its end.
async fn an_hour(settings: MqttSettings, most: u32, answer: fn(&Packet) -> Answer) -> String {
    let (port, count) = strange_broker(answer).await;
    let world = World::desk(MqttSettings { port, ..settings });
    let _ = timeout(Duration::from_secs(3600), pending::<()>()).await;
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
    assert!(reason.contains("refuses who gives no user: check user and password"), "{reason}");
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

#[tokio::test(start_paused = true)]
async fn one_that_has_no_room_for_a_while_is_told_all_again_a_minute_later() {
    let (said, saying) = watch::channel(Vec::new());
    let (port, _) = strange_broker(move |packet| match packet.first {
        CONNECT => Answer::Bytes(vec![0x20, 3, 0, 0, 0]),
        SUBSCRIBE => Answer::Bytes([&[0x90, 6], &packet.id()[..], &[0, 1, 1, 1]].concat()),
        PING => Answer::Bytes(vec![0xd0, 0]),
        PUBLISH | PUBLISH_RETAINED => {
            let is_full = said.borrow().len() < 5;
            let topic = String::from_utf8_lossy(packet.body.get(2..).unwrap_or_default()).into_owned();
            said.send_modify(|said| said.push(topic));
            let code = if is_full { 0x97 } else { 0 };
            Answer::Bytes([&[0x40, 3], &packet.published_id()[..], &[code]].concat())
        }
        _ => Answer::Bytes(Vec::new()),
    })
    .await;
    let world = World::desk(at(port));
    let is_full =
        |link: &Link| matches!(link, Link::Mute { reason } if reason.contains("(quota exceeded): is it"));
    world.link("desk", is_full).await;
    world.connected("desk").await;
    let state = |said: &Vec<String>| {
        said.iter().filter(|topic| topic.starts_with("smartcharger/port/1/state")).count() >= 2
    };
    shows(saying, "what was not taken", state).await;
    assert_eq!(world.status.borrow().get("desk"), Some(&Link::Connected));
}
