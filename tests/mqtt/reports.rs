//! Batteries that are told on the topics of other programs.

use std::{collections::BTreeMap, sync::Arc};

use smart_charging_station::{
    controller::View,
    model::{
        Battery, DeviceName, Pointer, PortId, ReportFields, ReportForm, ReportPlan, Station, TopicFilter,
    },
};
use tokio::time::timeout;

use crate::{
    PATIENCE,
    broker::Broker,
    watcher::Watcher,
    world::{World, settings, station},
};

fn place(text: &str) -> Option<Pointer> {
    Some(Pointer::new(text).unwrap())
}

fn plan(topic: &str, device: &str, form: ReportForm) -> ReportPlan {
    let devices = BTreeMap::new();
    ReportPlan {
        topic: TopicFilter::new(topic).unwrap(),
        device: DeviceName::new(device).ok(),
        devices,
        form,
    }
}

fn owntracks(devices: &[(&str, &str)]) -> ReportPlan {
    let words = devices.iter().map(|(word, name)| ((*word).to_owned(), DeviceName::new(name).unwrap()));
    ReportPlan { devices: words.collect(), ..plan(ReportPlan::OWNTRACKS, "", ReportForm::OwnTracks) }
}

/// A station with a pixel-7 and an ipad, which hears these.
fn with(name: &str, topic: &str, devices: &[&str], reports: Vec<ReportPlan>) -> Arc<Station> {
    Arc::new(Station { reports: Arc::new(reports), ..(*station(name, topic, devices)).clone() })
}

async fn desk(broker: &Broker, reports: Vec<ReportPlan>) -> World {
    let desk = with("desk", "smartcharger", &["pixel-7", "ipad"], reports);
    let world = World::start(settings(broker), vec![desk]);
    world.connected("desk").await;
    world
}

/// The last report of a port.
fn last(view: &View, port: PortId) -> Option<&Battery> {
    view.ports.get(&port).and_then(|port| port.memory.battery.as_ref())
}

/// Waits until the last report of a port is as wanted.
async fn battery(world: &World, port: u16, wanted: impl Fn(&Battery) -> bool) {
    let port = PortId::new(port).unwrap();
    let mut pictures = world.handle("desk").changed();
    let has = |view: &View| last(view, port).is_some_and(&wanted);
    let found = timeout(PATIENCE, pictures.wait_for(has)).await.is_ok();
    assert!(found, "{:?}", last(&world.handle("desk").view(), port));
}

#[tokio::test]
async fn level_and_charging_of_two_topics_become_one_report() {
    let broker = Broker::start();
    let level = ReportFields { level: place(""), ..ReportFields::default() };
    let charging = ReportFields { charging: place(""), ..ReportFields::default() };
    let plans = vec![
        plan("homeassistant/sensor/pixel_7_battery_level/state", "pixel-7", ReportForm::Fields(level)),
        plan("homeassistant/sensor/pixel_7_battery_state/state", "pixel-7", ReportForm::Fields(charging)),
    ];
    let world = desk(&broker, plans).await;
    let home = Watcher::at(broker.port()).await;
    home.send("homeassistant/sensor/pixel_7_battery_level/state", "unavailable").await;
    home.send("homeassistant/sensor/pixel_7_battery_level/state", "57").await;
    home.sees("smartcharger/port/1/batterylevel", "57").await;
    home.send("homeassistant/sensor/pixel_7_battery_state/state", "discharging").await;
    battery(&world, 1, |battery| battery.charging == Some(false)).await;
    let before = world.handle("desk").view().ports[&PortId::new(1).unwrap()].memory.battery.clone().unwrap();
    home.send("homeassistant/sensor/pixel_7_battery_state/state", "charging").await;
    battery(&world, 1, |battery| battery.charging == Some(true)).await;
    battery(&world, 1, |battery| battery.measured_at == before.measured_at).await;
    home.send("homeassistant/sensor/pixel_7_battery_level/state", "58 %").await;
    battery(&world, 1, |battery| battery.level.percent() == 58 && battery.charging == Some(true)).await;
}

#[tokio::test]
async fn owntracks_works_with_one_line() {
    let broker = Broker::start();
    let world = desk(&broker, vec![owntracks(&[("jane/phone", "ipad")])]).await;
    let phone = Watcher::at(broker.port()).await;
    let now = jiff::Timestamp::now().as_second();
    let location = |batt: u8, bs: u8, at: i64| {
        format!(
            r#"{{"_type":"location","lat":52.5,"lon":13.4,"tid":"p7","batt":{batt},"bs":{bs},"tst":{at}}}"#
        )
    };
    phone.send("owntracks/john/pixel-7", location(61, 1, now - 60)).await;
    battery(&world, 1, |battery| battery.level.percent() == 61 && battery.charging == Some(false)).await;
    battery(&world, 1, |battery| battery.measured_at.as_second() == now - 60).await;
    phone.send("owntracks/jane/phone", location(44, 2, now)).await;
    battery(&world, 2, |battery| battery.level.percent() == 44 && battery.charging == Some(true)).await;
    phone.send("owntracks/john/pixel-7", r#"{"_type":"lwt","tst":1}"#).await;
    phone.send("owntracks/john/pixel-7", location(62, 3, now - 30)).await;
    battery(&world, 1, |battery| battery.level.percent() == 62 && battery.charging.is_none()).await;
}

#[tokio::test]
async fn who_is_not_known_is_told_once_and_those_of_other_stations_never() {
    let broker = Broker::start();
    let desk = with("desk", "smartcharger", &["pixel-7"], vec![owntracks(&[])]);
    let garage = with("garage", "garage", &["tablet"], vec![]);
    let mut world = World::start(settings(&broker), vec![desk, garage]);
    world.connected("desk").await;
    let phone = Watcher::at(broker.port()).await;
    for _ in 0..3 {
        phone.send("owntracks/jane/tablet", r#"{"_type":"location","batt":50}"#).await;
        phone.send("owntracks/jane/phone", r#"{"_type":"location","batt":50}"#).await;
    }
    phone.send("owntracks/jane/pixel-7", r#"{"_type":"location","batt":50}"#).await;
    phone.sees("smartcharger/port/1/batterylevel", "50").await;
    let mut told = Vec::new();
    while let Ok(event) = world.events.try_recv() {
        if let smart_charging_station::model::EventKind::ReportRejected { message } = &event.kind {
            told.push(message.clone());
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r#"`owntracks/jane/phone`: no device is called `phone`: if it is one of this station, add devices: {"phone": "its name"} to this topic's entry in `reports`"#);
    assert!(world.handle("desk").view().unplaced.is_empty());
}

#[tokio::test]
async fn a_retained_value_counts_only_with_its_time() {
    let broker = Broker::start();
    let home = Watcher::at(broker.port()).await;
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5);
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(5);
    home.send_retained("phones/pixel-7", "57").await;
    home.send_retained("json/pixel-7", format!(r#"{{"level": 58, "at": "{old}"}}"#)).await;
    home.send_retained("json/ipad", format!(r#"{{"level": 59, "at": "{at}"}}"#)).await;
    home.sees("json/ipad", &format!(r#"{{"level": 59, "at": "{at}"}}"#)).await;
    let whole = ReportFields { level: place(""), ..ReportFields::default() };
    let dated = ReportFields { level: place("/level"), measured_at: place("/at"), ..ReportFields::default() };
    let plans =
        vec![plan("phones/+", "", ReportForm::Fields(whole)), plan("json/+", "", ReportForm::Fields(dated))];
    let mut world = desk(&broker, plans).await;
    battery(&world, 2, |battery| battery.level.percent() == 59).await;
    home.send("phones/pixel-7", "60").await;
    battery(&world, 1, |battery| battery.level.percent() == 60).await;
    while let Ok(event) = world.events.try_recv() {
        assert_ne!(event.kind.code(), "report_rejected", "{event:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_with_its_topic() {
    let broker = Broker::start();
    let dated =
        ReportFields { level: place("/level"), charging: place("/charging"), ..ReportFields::default() };
    let mut world = desk(&broker, vec![plan("json/+", "", ReportForm::Fields(dated))]).await;
    let home = Watcher::at(broker.port()).await;
    let mut told = Vec::new();
    for payload in [
        b"57".to_vec(),
        br#"{"level": 0.57}"#.to_vec(),
        br#"{"level": 157}"#.to_vec(),
        br#"{"level": 57, "charging": "maybe"}"#.to_vec(),
        b"\xff".to_vec(),
        vec![b'9'; 100_000],
    ] {
        home.send("json/pixel-7", payload).await;
        told.push(world.event("report_rejected").await);
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    `json/pixel-7`: nothing stands at `/level`, `/charging`: look at the payload, `mosquitto_sub -v -t …` shows it
    `json/pixel-7`: level 0.57 looks like one from 0 to 1: add scale: 100 to its entry in `reports`
    `json/pixel-7`: level 157 is out of range: percent, 0 to 100
    `json/pixel-7`: `maybe` does not say whether it charges: ON, OFF, true, false, charging, discharging, not_charging, full
    `json/pixel-7`: the payload is not text: send UTF-8
    `json/pixel-7`: 100000 bytes are too many: at most 65536 are read
    ");
    home.send("json/pixel-7", r#"{"level": 57}"#).await;
    battery(&world, 1, |battery| battery.level.percent() == 57).await;
}

#[tokio::test]
async fn a_reload_changes_what_is_heard() {
    let broker = Broker::start();
    let world = desk(&broker, Vec::new()).await;
    let home = Watcher::at(broker.port()).await;
    let whole = ReportFields { level: place(""), ..ReportFields::default() };
    let plans = vec![plan("phones/+", "", ReportForm::Fields(whole))];
    let desk = with("desk", "smartcharger", &["pixel-7", "ipad"], plans);
    // `online` is said when everything is subscribed, and so it is said again.
    home.sees_times("smartcharger/status", "online", 1).await;
    world.handle("desk").reload(desk, crate::world::rules()).await.unwrap();
    home.sees_times("smartcharger/status", "online", 2).await;
    home.send("phones/ipad", "33").await;
    battery(&world, 2, |battery| battery.level.percent() == 33).await;
}
