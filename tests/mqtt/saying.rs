//! What the bridge publishes, and when.

use crate::{
    broker::Broker,
    watcher::Watcher,
    world::{World, settings, station},
};

#[tokio::test]
async fn a_report_by_mqtt_decides_and_shows_on_every_topic() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/port/1/state", "ON").await;

    watcher.send("smartcharger/report/pixel-7", r#"{"level": 85, "charging": true}"#).await;

    watcher.sees("smartcharger/port/1/state", "OFF").await;
    watcher.sees("smartcharger/port/1/online", "online").await;
    watcher.sees("smartcharger/port/1/reason", "85% is high").await;
    watcher.sees("smartcharger/port/2/reason", "no report yet").await;
    insta::assert_snapshot!(watcher.picture(), @r#"
    smartcharger/mode AUTO
    smartcharger/port/1/batterylevel 85
    smartcharger/port/1/device pixel-7
    smartcharger/port/1/fault none
    smartcharger/port/1/mode AUTO
    smartcharger/port/1/online online
    smartcharger/port/1/reason 85% is high
    smartcharger/port/1/state OFF
    smartcharger/port/2/device None
    smartcharger/port/2/fault none
    smartcharger/port/2/mode AUTO
    smartcharger/port/2/online offline
    smartcharger/port/2/reason no report yet
    smartcharger/port/2/state ON
    smartcharger/report/pixel-7 {"level": 85, "charging": true}
    smartcharger/status online
    "#);
}

#[tokio::test]
async fn all_states_are_retained() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let early = Watcher::at(broker.port()).await;
    early.sees("smartcharger/status", "online").await;

    let late = Watcher::at(broker.port()).await;
    late.sees("smartcharger/port/2/state", "ON").await;
    late.sees("smartcharger/status", "online").await;
    for (topic, _, retained) in late.lines() {
        assert!(retained, "{topic}");
    }
}

#[tokio::test]
async fn nothing_but_the_status_is_retained_when_so_set() {
    let broker = Broker::start();
    let mut settings = settings(&broker);
    settings.retain = false;
    settings.qos = 0;
    let world = World::desk(settings);
    world.connected("desk").await;
    let early = Watcher::at(broker.port()).await;
    early.sees("smartcharger/status", "online").await;

    let late = Watcher::at(broker.port()).await;
    late.sees("smartcharger/status", "online").await;
    late.send("smartcharger/report/pixel-7", "50").await;
    late.sees("smartcharger/port/1/batterylevel", "50").await;
    let kept: Vec<_> = late.lines().into_iter().filter(|(.., retained)| *retained).collect();
    assert_eq!(kept, [("smartcharger/status".to_owned(), "online".to_owned(), true)]);
}

#[tokio::test]
async fn the_bridge_hears_nothing_that_it_says_itself() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("smartcharger/port/1/mode/set", "OFF").await;
    watcher.sees("smartcharger/port/1/mode", "OFF").await;
    watcher.send("smartcharger/port/1/mode/set", "AUTO").await;
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;

    let mut commands = 0;
    while let Ok(event) = world.events.try_recv() {
        assert_ne!(event.kind.code(), "report_rejected", "{event:?}");
        assert_ne!(event.kind.code(), "command_rejected", "{event:?}");
        commands += u32::from(event.kind.code() == "mode_changed");
    }
    assert_eq!(commands, 2);
}

#[tokio::test]
async fn hundreds_of_topics_come_through_at_every_quality_of_service() {
    for qos in 0..=2 {
        let broker = Broker::start();
        let mut settings = settings(&broker);
        settings.qos = qos;
        let names: Vec<String> = (1..=140).map(|n| format!("phone {n}")).collect();
        let devices: Vec<&str> = names.iter().map(String::as_str).collect();
        let world = World::start(settings, vec![station("lab", "lab", &devices)]);
        let watcher = Watcher::at(broker.port()).await;
        watcher.sees("lab/status", "online").await;
        watcher.sees("lab/port/140/device", "phone 140").await;
        watcher.sees("lab/port/140/state", "ON").await;
        world.stop().await;
        watcher.sees("lab/status", "offline").await;
    }
}

#[tokio::test]
async fn stations_come_and_go_each_with_its_own_status() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;

    world.add(station("garage", "home/garage", &["tablet"]));
    watcher.sees("home/garage/status", "online").await;
    watcher.sees("home/garage/port/1/device", "tablet").await;

    world.remove("garage").await;
    watcher.sees("home/garage/status", "offline").await;
    watcher.sees("home/garage/port/1/device", "tablet").await;
    watcher.sees("smartcharger/status", "online").await;
    assert!(!world.status.borrow().contains_key("garage"));

    world.add(station("garage", "home/garage", &["tablet"]));
    watcher.sees("home/garage/status", "online").await;
}

#[tokio::test]
async fn a_reload_moves_the_topics_and_takes_ports_away() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;

    let smaller = station("desk", "smartcharger", &["pixel-7"]);
    world.handle("desk").reload(smaller, crate::world::rules()).await.unwrap();
    watcher.sees("smartcharger/port/2/state", "None").await;
    watcher.sees("smartcharger/status", "online").await;

    let moved = station("desk", "home/desk", &["pixel-7"]);
    world.handle("desk").reload(moved, crate::world::rules()).await.unwrap();
    watcher.sees("smartcharger/status", "offline").await;
    watcher.sees("home/desk/status", "online").await;
    watcher.sees("home/desk/port/1/device", "pixel-7").await;
}
