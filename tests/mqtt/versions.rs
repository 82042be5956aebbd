//! MQTT 5 and 3.1.1, and the two connections of a station.

use rumqttc::{AsyncClient, MqttOptions};
use smart_charging_station::mqtt::{Link, MqttSettings, Protocol};

use crate::{
    broker::{Answer, Broker, CONNECT, SUBSCRIBE, strange_broker},
    watcher::Watcher,
    world::{World, at, login, settings},
};

#[tokio::test]
async fn every_station_has_two_clients_of_the_wanted_version() {
    for (protocol, version) in [(Protocol::V311, "p2, c1, k15"), (Protocol::V5, "p5, c1, k15")] {
        let broker = Broker::start();
        let world = World::desk(MqttSettings { protocol, ..settings(&broker) });
        world.connected("desk").await;
        let log = broker.log();
        for id in ["scs-test-desk", "scs-test-desk.in"] {
            assert!(log.contains(&format!(" as {id} ({version}")), "no {id} with {version}:\n{log}");
        }
        let wills = log.matches("smartcharger/status\n").count();
        assert_eq!(wills, 1, "the will is that of the client that says:\n{log}");
    }
}

#[tokio::test]
async fn everything_works_with_both_versions_and_every_quality() {
    for protocol in [Protocol::V311, Protocol::V5] {
        for qos in 0..=2 {
            let broker = Broker::start();
            let world = World::desk(MqttSettings { protocol, qos, ..settings(&broker) });
            world.connected("desk").await;
            let watcher = Watcher::at(broker.port()).await;
            watcher.sees("smartcharger/port/1/state", "ON").await;
            watcher.send("smartcharger/report/pixel-7", "85").await;
            watcher.sees("smartcharger/port/1/state", "OFF").await;
            world.stop().await;
            watcher.sees("smartcharger/status", "offline").await;
        }
    }
}

#[tokio::test]
async fn a_broker_that_knows_only_the_older_version_is_asked_for_it() {
    let (port, count) = strange_broker(|packet| match packet.first {
        CONNECT if packet.version() == 4 => Answer::Bytes(vec![0x20, 2, 0, 0]),
        CONNECT => Answer::Close(vec![0x20, 2, 0, 1]),
        SUBSCRIBE => Answer::Bytes(vec![0x90, 6, packet.id()[0], packet.id()[1], 0, 0, 0, 0]),
        _ => Answer::Bytes(Vec::new()),
    })
    .await;
    let mut world = World::desk(MqttSettings { qos: 0, ..at(port) });
    world.connected("desk").await;
    assert!(*count.borrow() <= 4, "{} connections", *count.borrow());
    assert!(world.events_so_far().iter().all(|code| *code != "broker_lost"), "nothing was lost");
}

#[tokio::test]
async fn either_half_that_is_lost_ends_both_and_both_come_back() {
    for id in ["scs-test-desk", "scs-test-desk.in"] {
        let broker = Broker::start();
        let mut world = World::desk(settings(&broker));
        world.connected("desk").await;
        let watcher = Watcher::at(broker.port()).await;
        watcher.sees("smartcharger/status", "online").await;

        let (_client, mut events) = AsyncClient::new(MqttOptions::new(id, "127.0.0.1", broker.port()), 10);
        events.poll().await.unwrap();
        watcher.sees_times("smartcharger/status", "offline", 1).await;
        let reason = world.event("broker_lost").await;
        assert!(reason.contains(&format!("does another program use the client id `{id}`")), "{reason}");
        drop(events);
        world.connected("desk").await;
        watcher.sees("smartcharger/status", "online").await;
        watcher.send("smartcharger/report/pixel-7", "85").await;
        watcher.sees("smartcharger/port/1/state", "OFF").await;
    }
}

#[tokio::test]
async fn a_broker_that_does_not_let_us_publish_says_so_and_we_go_on_hearing() {
    let access =
        "user charger\ntopic write smartcharger/status\ntopic read #\nuser other\ntopic readwrite #\n";
    let broker = Broker::start_for(&[("charger", "x"), ("other", "x")], access);
    let mut world = World::desk(login(&broker, "charger", "x"));
    let mute =
        |link: &Link| matches!(link, Link::Mute { reason } if reason.contains("(not authorized): allow"));
    world.link("desk", mute).await;
    let other = Watcher::as_user(broker.port(), "other", "x").await;
    other.send("smartcharger/port/1/mode/set", "OFF").await;
    assert_eq!(world.event("mode_changed").await, "off by MQTT");
}

#[tokio::test]
async fn a_refused_login_is_told_with_both_versions() {
    let broker = Broker::start_for(&[("charger", "secret")], "");
    for protocol in [Protocol::V311, Protocol::V5] {
        let world = World::desk(MqttSettings { protocol, ..login(&broker, "charger", "guess") });
        let refused = |link: &Link| link.problem().is_some_and(|why| why.contains("refuses user `charger`"));
        world.link("desk", refused).await;
        assert!(!format!("{:?}", world.status.borrow()).contains("guess"));
    }
}
