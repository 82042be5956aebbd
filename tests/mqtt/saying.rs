//! What the bridge publishes, and when.

use std::sync::Arc;

use smart_charging_station::{controller::Clock, model::Span};

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

    let measured_at = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap();
    let report =
        format!(r#"{{"level": 85, "charging": true, "temperature": 31.46, "measured_at": "{measured_at}"}}"#);
    watcher.send("smartcharger/report/pixel-7", report).await;

    watcher.sees("smartcharger/port/1/state", "OFF").await;
    watcher.sees("smartcharger/ports_on", "1").await;
    watcher.sees("smartcharger/port/1/online", "online").await;
    watcher.sees("smartcharger/port/1/reason", "85% is high").await;
    watcher.sees("smartcharger/port/2/reason", "no report yet").await;
    let measured_at = measured_at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    watcher.sees("smartcharger/port/1/last_report", &measured_at).await;
    let picture = watcher.picture();
    let plain = |line: &&str| {
        !["/event ", "/info ", "/started ", "/last_report ", "/report/"]
            .iter()
            .any(|moving| line.contains(moving))
    };
    let lines: Vec<&str> = picture.lines().filter(plain).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    smartcharger/mode AUTO
    smartcharger/port/1/batterylevel 85
    smartcharger/port/1/charging ON
    smartcharger/port/1/device pixel-7
    smartcharger/port/1/fault OFF
    smartcharger/port/1/maxlevel 80
    smartcharger/port/1/minlevel 20
    smartcharger/port/1/mode AUTO
    smartcharger/port/1/online online
    smartcharger/port/1/reason 85% is high
    smartcharger/port/1/state OFF
    smartcharger/port/1/temperature 31.5
    smartcharger/port/2/device None
    smartcharger/port/2/fault OFF
    smartcharger/port/2/maxlevel 80
    smartcharger/port/2/minlevel 20
    smartcharger/port/2/mode AUTO
    smartcharger/port/2/online offline
    smartcharger/port/2/reason no report yet
    smartcharger/port/2/state ON
    smartcharger/ports_on 1
    smartcharger/status online
    smartcharger/version 0.1.0
    ");
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
        assert!(retained != topic.ends_with("/event"), "{topic}");
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
    watcher.sees("home/garage/port/1/device", "").await;
    watcher.sees("home/garage/mode", "").await;
    watcher.sees("smartcharger/status", "online").await;
    let late = Watcher::at(broker.port()).await;
    late.sees("smartcharger/status", "online").await;
    late.sees("home/garage/status", "offline").await;
    assert!(!late.picture().contains("home/garage/port"), "{}", late.picture());
    crate::shows(world.status.clone(), "the end of the bridge", |all| !all.contains_key("garage")).await;

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
    watcher.sees_times("smartcharger/port/2/state", "None", 1).await;
    watcher.sees_times("smartcharger/port/2/online", "offline", 2).await;
    watcher.sees("smartcharger/port/2/state", "").await;
    watcher.sees("smartcharger/port/2/info", "").await;
    watcher.sees("smartcharger/status", "online").await;
    let late = Watcher::at(broker.port()).await;
    late.sees("smartcharger/port/1/device", "pixel-7").await;
    late.sees("smartcharger/status", "online").await;
    assert!(!late.picture().contains("smartcharger/port/2"), "{}", late.picture());

    let moved = station("desk", "home/desk", &["pixel-7"]);
    world.handle("desk").reload(moved, crate::world::rules()).await.unwrap();
    watcher.sees("smartcharger/status", "offline").await;
    watcher.sees("smartcharger/port/1/device", "").await;
    watcher.sees("home/desk/status", "online").await;
    watcher.sees("home/desk/port/1/device", "pixel-7").await;
}

#[tokio::test]
async fn a_station_without_change_publishes_nothing() {
    let broker = Broker::start();
    let names: Vec<String> = (1..=16).map(|n| format!("phone-{n}")).collect();
    let devices: Vec<&str> = names.iter().map(String::as_str).collect();
    let clock = Clock::faster(600.0);
    // Nothing is due by itself for longer than a busy machine needs: at 85 % they rest, and nobody waits for reports.
    let mut lab = (*station("lab", "lab", &devices)).clone();
    lab.silent_after = Span::from_mins(24 * 60);
    let world = World::start_at(settings(&broker), vec![Arc::new(lab)], clock);
    world.connected("lab").await;
    let watcher = Watcher::at(broker.port()).await;
    for name in &devices {
        watcher
            .send(&format!("lab/report/{name}"), r#"{"level": 85, "charging": false, "temperature": 25}"#)
            .await;
    }
    for number in 1..=16 {
        watcher.sees(&format!("lab/port/{number}/state"), "OFF").await;
    }
    // What comes at most once a second is out with this; the report of each port was before it.
    watcher.send("lab/report/phone-16", r#"{"level": 86, "charging": false, "temperature": 25}"#).await;
    watcher.sees("lab/port/16/batterylevel", "86").await;
    watcher.sees("lab/port/16/reason", "86% is high").await;
    let begin = clock.now() + jiff::SignedDuration::from_mins(10);
    let mut pictures = world.handle("lab").changed();
    let mut until = async |at: jiff::Timestamp| {
        while clock.now() < at {
            tokio::time::timeout(crate::PATIENCE, pictures.changed()).await.unwrap().unwrap();
        }
    };
    until(begin).await;
    let before = watcher.lines().len();
    until(begin + jiff::SignedDuration::from_mins(20)).await;
    watcher.send("marker", "now").await;
    watcher.sees("marker", "now").await;
    let lines = watcher.lines();
    assert_eq!(lines[before..], [("marker".to_owned(), "now".to_owned(), false)], "twenty minutes of polls");
}
