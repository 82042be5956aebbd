//! How the bridge comes to a broker, and comes back.

use smart_charging_station::mqtt::{Link, MqttSettings, Protocol};

use crate::{
    broker::{Answer, Broker, CONNECT, SUBSCRIBE, strange_broker},
    watcher::Watcher,
    world::{World, at, login, settings},
};

fn is_down(link: &Link) -> bool {
    matches!(link, Link::Down { .. })
}

#[tokio::test]
async fn the_station_works_without_a_broker_and_connects_when_one_appears() {
    let mut broker = Broker::reserve();
    let mut world = World::desk(settings(&broker));
    let reason = world.event("broker_lost").await;
    assert!(reason.contains("no connection to a broker at `mqtt://127.0.0.1:"), "{reason}");
    world.link("desk", is_down).await;
    assert_eq!(world.handle("desk").view().ports.len(), 2);

    broker.run();
    world.connected("desk").await;
    assert_eq!(world.event("broker_back").await, "broker_back");
    Watcher::at(broker.port()).await.sees("smartcharger/port/1/state", "ON").await;
}

#[tokio::test]
async fn everything_is_said_again_to_a_broker_that_forgot_it() {
    let mut broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let before = Watcher::at(broker.port()).await;
    before.send("smartcharger/report/pixel-7", "85").await;
    before.sees("smartcharger/port/1/state", "OFF").await;

    broker.kill();
    world.link("desk", is_down).await;
    broker.run();
    world.connected("desk").await;
    let after = Watcher::at(broker.port()).await;
    after.sees("smartcharger/status", "online").await;
    after.sees("smartcharger/port/1/state", "OFF").await;
    after.sees("smartcharger/port/1/batterylevel", "85").await;
    after.send("smartcharger/report/pixel-7", "15").await;
    after.sees("smartcharger/port/1/state", "ON").await;
}

#[tokio::test]
async fn a_killed_service_is_offline() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    world.kill();
    watcher.sees("smartcharger/status", "offline").await;
    let late = Watcher::at(broker.port()).await;
    late.sees("smartcharger/status", "offline").await;
}

#[tokio::test]
async fn a_stopped_service_says_offline_itself() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    world.stop().await;
    watcher.sees("smartcharger/status", "offline").await;
}

#[tokio::test]
async fn a_right_password_is_needed() {
    let broker = Broker::start_for(&[("charger", "secret"), ("watcher", "w")], "");
    let world = World::desk(login(&broker, "charger", "secret"));
    world.connected("desk").await;
    Watcher::as_user(broker.port(), "watcher", "w").await.sees("smartcharger/status", "online").await;

    let wrong = World::desk(login(&broker, "charger", "guess"));
    let refused = |link: &Link| {
        link.problem().is_some_and(|why| why.contains("refuses user `charger`: check user and password"))
    };
    wrong.link("desk", refused).await;
    assert!(!format!("{:?}", login(&broker, "charger", "guess")).contains("guess"));
}

#[tokio::test]
async fn the_access_list_of_the_documentation_gives_each_role_its_rights() {
    let text = include_str!("../../docs/mqtt.md");
    let list = text.split("```acl\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let users = ["charger", "phone", "openhab", "dashboard"].map(|name| (name, "x"));
    let broker = Broker::start_for(&users, list);
    let mut world = World::desk(login(&broker, "charger", "x"));
    world.connected("desk").await;
    let dashboard = Watcher::as_user(broker.port(), "dashboard", "x").await;
    dashboard.sees("smartcharger/status", "online").await;

    let phone = Watcher::as_user(broker.port(), "phone", "x").await;
    phone.send("smartcharger/port/1/mode/set", "OFF").await;
    dashboard.send("smartcharger/port/1/mode/set", "OFF").await;
    phone.send("smartcharger/report/pixel-7", "85").await;
    dashboard.sees("smartcharger/port/1/state", "OFF").await;
    assert!(dashboard.picture().contains("smartcharger/port/1/mode AUTO"), "only openhab may command");

    let openhab = Watcher::as_user(broker.port(), "openhab", "x").await;
    openhab.send("smartcharger/port/1/state", "ON").await;
    openhab.send("smartcharger/port/1/mode/set", "ON").await;
    assert_eq!(world.event("mode_changed").await, "on by MQTT");
    dashboard.sees("smartcharger/port/1/mode", "ON").await;
}

#[tokio::test]
async fn a_broker_that_grants_no_subscription_is_told_and_still_shown_everything() {
    let (port, _) = strange_broker(|packet| match packet.first {
        CONNECT => Answer::Bytes(vec![0x20, 2, 0, 0]),
        SUBSCRIBE => Answer::Bytes(vec![0x90, 6, packet.id()[0], packet.id()[1], 0x80, 0x80, 0x80, 0x80]),
        _ => Answer::Bytes(Vec::new()),
    })
    .await;
    let mut settings = at(port);
    settings.protocol = Protocol::V311;
    settings.qos = 0;
    let world = World::desk(settings);
    let deaf = |link: &Link| matches!(link, Link::Deaf { reason } if reason.contains("access list"));
    world.link("desk", deaf).await;
}

#[tokio::test]
async fn a_broker_that_speaks_nonsense_is_left_and_charging_goes_on() {
    let older =
        [vec![0xff; 300], vec![0x20, 2, 0, 0, 0x40, 2, 0xff, 0xff], vec![0x30, 3, 0, 9, 9], vec![0xd0, 1, 0]];
    let newer = [
        vec![0xff; 300],
        vec![0x20, 3, 0, 0, 0, 0x40, 2, 0xff, 0xff],
        vec![0x20, 3, 0, 0, 0, 0x30, 3, 0, 9, 9],
        vec![0x20, 3, 0, 0, 0, 0xe0, 0],
        vec![0x20, 6, 0, 0, 3, 0x13, 0, 0, 0xd0, 1, 0],
    ];
    let older = older.into_iter().map(|answer| (Protocol::V311, answer));
    for (protocol, answer) in older.chain(newer.into_iter().map(|answer| (Protocol::V5, answer))) {
        let (port, _) = strange_broker(move |_| Answer::Bytes(answer.clone())).await;
        let world = World::desk(MqttSettings { protocol, ..at(port) });
        world.link("desk", is_down).await;
        assert_eq!(world.handle("desk").view().ports.len(), 2);
    }
}

#[tokio::test]
async fn mqtt_5_leaves_a_message_of_ten_megabytes_out_and_goes_on() {
    let broker = Broker::start();
    let huge = Watcher::at(broker.port()).await;
    huge.send_retained("smartcharger/report/pixel-7", vec![b'9'; 10 << 20]).await;
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    huge.send("smartcharger/port/1/mode/set", vec![b'9'; 10 << 20]).await;
    huge.send("smartcharger/report/pixel-7", "85").await;
    Watcher::at(broker.port()).await.sees("smartcharger/port/1/batterylevel", "85").await;
    world.link("desk", |link| *link == Link::Connected).await;
    assert!(world.events_so_far().iter().all(|code| *code != "broker_lost"), "the connection was lost");
}

#[tokio::test]
async fn a_retained_message_that_no_connection_survives_does_not_silence_the_station() {
    let broker = Broker::start();
    let poison = Watcher::at(broker.port()).await;
    poison.send_retained("smartcharger/report/pixel-7", vec![b'9'; 300 * 1024]).await;
    poison.sees("smartcharger/report/pixel-7", &"9".repeat(300 * 1024)).await;

    let world = World::desk(MqttSettings { protocol: Protocol::V311, ..settings(&broker) });
    let deaf = |link: &Link| matches!(link, Link::Deaf { reason } if reason.contains("mosquitto_pub -r -n"));
    world.link("desk", deaf).await;
    poison.sees("smartcharger/status", "online").await;
    poison.sees("smartcharger/port/1/state", "ON").await;
}
