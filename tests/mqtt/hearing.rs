//! What others may say to a station, and what comes of it.

use std::sync::Arc;

use smart_charging_station::{
    controller::View,
    model::{Care, DeadlinePlan, Due, Level, PortPlan, SignalName, SignalPlan, Station, Told},
};
use tokio::time::timeout;

use crate::{
    PATIENCE,
    broker::Broker,
    watcher::Watcher,
    world::{World, rules, settings, station},
};

#[tokio::test]
async fn commands_set_the_mode_and_are_answered_by_the_state() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("smartcharger/port/1/state/set", "off").await;
    watcher.sees("smartcharger/port/1/mode", "OFF").await;
    watcher.sees("smartcharger/port/1/state", "OFF").await;
    assert_eq!(world.event("mode_changed").await, "off by MQTT");

    watcher.send("smartcharger/port/1/state/set", "ON").await;
    watcher.sees("smartcharger/port/1/state", "ON").await;
    watcher.send("smartcharger/port/1/mode/set", "Auto").await;
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;
}

#[tokio::test]
async fn a_mode_may_have_a_level_and_an_end_and_the_station_has_one_too() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("smartcharger/port/1/mode/set", "once 90 until unplugged").await;
    watcher.sees("smartcharger/port/1/mode", "ONCE").await;
    assert_eq!(world.event("mode_changed").await, "once to 90% by MQTT");
    watcher.send("smartcharger/mode/set", "OFF FOR 2 h").await;
    watcher.sees("smartcharger/mode", "OFF").await;
    watcher.sees("smartcharger/port/2/state", "OFF").await;
    watcher.sees("smartcharger/port/2/mode", "AUTO").await;
    assert_eq!(world.event("mode_changed").await, "off by MQTT");
    watcher.send("smartcharger/mode/set", "on until unplugged").await;
    let told = world.event("command_rejected").await;
    assert!(told.contains("a station is not unplugged"), "{told}");
    watcher.sees("smartcharger/port/1/mode", "ONCE").await;
}

#[tokio::test]
async fn the_same_wish_twice_is_answered_twice() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("smartcharger/port/1/mode/set", "ON").await;
    watcher.sees("smartcharger/port/1/mode", "ON").await;
    let so_far =
        watcher.lines().iter().filter(|(t, p, _)| t == "smartcharger/port/1/mode" && p == "ON").count();
    watcher.send("smartcharger/port/1/mode/set", "ON").await;
    watcher.sees_times("smartcharger/port/1/mode", "ON", so_far + 1).await;
}

#[tokio::test]
async fn a_retained_command_is_not_obeyed() {
    let broker = Broker::start();
    let watcher = Watcher::at(broker.port()).await;
    watcher.send_retained("smartcharger/port/1/state/set", "OFF").await;
    watcher.send_retained("smartcharger/report/pixel-7", "85").await;
    watcher.sees("smartcharger/report/pixel-7", "85").await;

    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    // Messages come in order, so what was retained is through once this is.
    watcher.send("smartcharger/report/pixel-7", "50").await;
    watcher.sees("smartcharger/port/1/batterylevel", "50").await;
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;
    let levels: Vec<_> = watcher
        .lines()
        .into_iter()
        .filter(|(topic, ..)| topic == "smartcharger/port/1/batterylevel")
        .collect();
    assert_eq!(levels.len(), 1, "{levels:?}");
}

#[tokio::test]
async fn a_retained_report_with_its_time_counts() {
    let broker = Broker::start();
    let watcher = Watcher::at(broker.port()).await;
    let measured_at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5);
    let report = format!(r#"{{"level": 61, "measured_at": "{measured_at}"}}"#);
    watcher.send_retained("smartcharger/report/pixel-7", report.clone()).await;
    watcher.sees("smartcharger/report/pixel-7", &report).await;
    let _world = World::desk(settings(&broker));
    watcher.sees("smartcharger/port/1/batterylevel", "61").await;
}

#[tokio::test]
async fn a_restless_level_is_published_with_pauses_and_the_last_one_stays() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    for level in 30..=70 {
        watcher.send("smartcharger/report/pixel-7", level.to_string()).await;
    }
    watcher.sees("smartcharger/port/1/batterylevel", "70").await;
    let times = watcher.lines().iter().filter(|(t, ..)| t == "smartcharger/port/1/batterylevel").count();
    assert!(times < 20, "41 reports gave {times} publishes");
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_and_changes_nothing() {
    let broker = Broker::start();
    let desk = station("desk", "smartcharger", &["pixel-7", ""]);
    let garage = station("garage", "home/garage", &["tablet"]);
    let mut world = World::start(settings(&broker), vec![desk, garage]);
    world.connected("desk").await;
    world.connected("garage").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    let mut told = Vec::new();
    let old = r#"{"level": 57, "measured_at": "2020-01-01T00:00:00Z"}"#;
    for (topic, payload, code) in [
        ("smartcharger/report/pixel-7", b"101".to_vec(), "report_rejected"),
        ("smartcharger/report/pixel-7", b"\xff\xfe".to_vec(), "report_rejected"),
        ("smartcharger/report/pixel-7", vec![b'9'; 100_000], "report_rejected"),
        ("smartcharger/report/pixel-7", old.into(), "report_rejected"),
        ("smartcharger/report/nobody", b"57".to_vec(), "report_rejected"),
        ("smartcharger/report/tablet", b"57".to_vec(), "report_rejected"),
        ("smartcharger/port/1/state/set", b"AUTO".to_vec(), "command_rejected"),
        ("smartcharger/port/9/mode/set", b"ON".to_vec(), "command_rejected"),
        ("smartcharger/port/nine/mode/set", b"ON".to_vec(), "command_rejected"),
    ] {
        watcher.send(topic, payload).await;
        told.push(world.event(code).await);
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    `smartcharger/report/pixel-7`: level 101 is out of range: percent, 0 to 100
    `smartcharger/report/pixel-7`: the payload is not text: send UTF-8
    `smartcharger/report/pixel-7`: 100000 bytes are too many: send at most 65536
    measured_at 2020-01-01T00:00:00Z is too old: this station takes reports up to 45m old
    no port of any station holds a device named `nobody`: it now waits at GET /api/v1/unknown-devices; say where it is with PUT /api/v1/stations/{station}/ports/{port}/device, or name it in a station file
    `tablet` is in station `garage`: report to `home/garage/report/tablet`
    `smartcharger/port/1/state/set`: `AUTO` is not a state: send ON or OFF
    mode on for port 9: station `desk` has no port 9
    `smartcharger/port/nine/mode/set`: `nine` is not a port: ports are numbered from 1
    ");
    let mut pictures = world.handle("desk").changed();
    let waits = pictures.wait_for(|view| view.unplaced.keys().map(|device| device.as_str()).eq(["nobody"]));
    tokio::time::timeout(std::time::Duration::from_secs(30), waits).await.unwrap().unwrap();
    assert!(world.handle("garage").view().unplaced.is_empty());
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;
    assert!(!watcher.picture().contains("batterylevel"));
}

#[tokio::test]
async fn a_flood_of_nonsense_is_not_told_one_by_one() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    for _ in 0..200 {
        watcher.send("smartcharger/report/pixel-7", "nonsense").await;
    }
    watcher.send("smartcharger/report/pixel-7", "42").await;
    watcher.sees("smartcharger/port/1/batterylevel", "42").await;
    let mut told = 0;
    while let Ok(event) = world.events.try_recv() {
        told += u32::from(event.kind.code() == "report_rejected");
    }
    assert!((1..=60).contains(&told), "{told}");
}

#[tokio::test]
async fn a_number_on_the_topic_of_a_signal_is_heard() {
    let broker = Broker::start();
    let price = SignalName::new("price").unwrap();
    let plan = |topic: &str| SignalPlan { topic: Some(topic.to_owned()) };
    let with =
        |signals| Arc::new(Station { signals, ..(*station("desk", "smartcharger", &["pixel-7"])).clone() });
    let mut world =
        World::start(settings(&broker), vec![with([(price.clone(), plan("energy/price"))].into())]);
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    let mut pictures = world.handle("desk").changed();
    let mut value = async |wanted: f64| {
        let heard = |view: &View| view.signals.get("price").is_some_and(|signal| signal.value == wanted);
        timeout(PATIENCE, pictures.wait_for(heard)).await.unwrap_or_else(|_| panic!("no {wanted}")).unwrap();
    };
    watcher.send("energy/price", "0.21").await;
    value(0.21).await;
    watcher.send("energy/price", "cheap").await;
    let told = world.event("report_rejected").await;
    assert_eq!(told, "`energy/price`: `cheap` is not a number: publish a plain number such as 0.21");
    watcher.send("energy/price", "-0.05").await;
    value(-0.05).await;

    watcher.send_retained("energy/spot", "0.4").await;
    let moved = with([(price.clone(), plan("energy/spot"))].into());
    world.handle("desk").reload(moved, rules()).await.unwrap();
    value(0.4).await;
}

#[tokio::test]
async fn what_others_say_of_a_deadline_is_heard_and_may_be_retained() {
    let broker = Broker::start();
    let mut desk = (*station("desk", "smartcharger", &["pixel-7"])).clone();
    let plan = DeadlinePlan { due: Due::Topic("school/next".to_owned()), level: Level::new(100).unwrap() };
    for port in desk.ports.values_mut() {
        let care = Arc::new(Care { deadlines: Arc::new(vec![plan.clone()]), ..(*port.care).clone() });
        *port = Arc::new(PortPlan { care, ..(**port).clone() });
    }
    let watcher = Watcher::at(broker.port()).await;
    watcher.send_retained("school/next", "07:30").await;
    let mut world = World::start(settings(&broker), vec![Arc::new(desk)]);
    world.connected("desk").await;
    let mut pictures = world.handle("desk").changed();
    let mut said = async |wanted: Option<Told>| {
        let heard = |view: &View| view.memory.told.get("school/next").copied() == wanted;
        timeout(PATIENCE, pictures.wait_for(heard))
            .await
            .unwrap_or_else(|_| panic!("no {wanted:?}"))
            .unwrap();
    };
    said(Some(Told::Daily("07:30:00".parse().unwrap()))).await;
    watcher.send("school/next", "2026-11-24T06:30:00Z").await;
    said(Some(Told::At("2026-11-24T06:30:00Z".parse().unwrap()))).await;
    watcher.send("school/next", "tomorrow").await;
    let told = world.event("command_rejected").await;
    assert!(told.starts_with("`tomorrow` is not a time: write \"07:30\""), "{told}");
    watcher.send("school/next", "").await;
    said(None).await;
}
