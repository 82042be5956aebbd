//! What stays with the broker: nothing of what is gone, and all that is true, whatever happened meanwhile.

use std::{collections::BTreeSet, sync::Arc};

use rumqttc::{AsyncClient, MqttOptions};
use smart_charging_station::{
    model::{BatteryReport, Level, PortId, Station},
    mqtt::{DiscoverySettings, Form, InstallationId, Link, MqttSettings, Protocol},
};

use crate::{
    broker::Broker,
    watcher::Watcher,
    world::{World, login, settings, station},
};

const BOTH: [Protocol; 2] = [Protocol::V311, Protocol::V5];

fn announcing(broker: &Broker, form: Form, id: &str) -> MqttSettings {
    let discovery = DiscoverySettings { form, id: InstallationId::new(id), ..DiscoverySettings::default() };
    MqttSettings { discovery, ..settings(broker) }
}

fn desk(devices: &[&str]) -> Arc<Station> {
    station("desk", "smartcharger", devices)
}

/// The topics that the broker keeps, as somebody sees them who comes now.
async fn kept(broker: &Broker) -> BTreeSet<String> {
    let late = Watcher::at(broker.port()).await;
    late.send("end", "of what is kept").await;
    late.sees("end", "of what is kept").await;
    late.lines().into_iter().filter(|(.., retained)| *retained).map(|(topic, ..)| topic).collect()
}

#[tokio::test]
async fn all_topics_of_a_station_that_is_removed_are_cleared_at_every_quality() {
    let names: Vec<String> = (1..=60).map(|n| format!("phone {n}")).collect();
    let devices: Vec<&str> = names.iter().map(String::as_str).collect();
    for protocol in BOTH {
        for qos in 0..=2 {
            let broker = Broker::start();
            let settings = MqttSettings { protocol, qos, ..announcing(&broker, Form::Device, "sc_1") };
            let mut world = World::start(settings, vec![station("lab", "lab", &devices)]);
            let watcher = Watcher::on(broker.port(), &["lab/status"]).await;
            watcher.sees("lab/status", "online").await;
            world.remove("lab").await;
            watcher.sees("lab/status", "offline").await;
            let gone = |status: &smart_charging_station::mqtt::Status| !status.contains_key("lab");
            crate::shows(world.status.clone(), "the end of the bridge", gone).await;
            let rest: Vec<String> = kept(&broker).await.into_iter().collect();
            assert_eq!(rest, ["lab/status"], "{protocol} with quality {qos}");
        }
    }
}

#[tokio::test]
async fn what_was_removed_while_the_service_was_off_is_cleared() {
    for form in [Form::Device, Form::Entity] {
        let broker = Broker::start();
        let garage = station("garage", "home/garage", &["tablet"]);
        let world = World::start(announcing(&broker, form, "sc_1"), vec![desk(&["pixel-7", "", ""]), garage]);
        let watcher = Watcher::at(broker.port()).await;
        watcher.sees("smartcharger/status", "online").await;
        watcher.sees("home/garage/status", "online").await;
        let foreign = ["other/port/9/state", "homeassistant/switch/sc_2/x_p09_power/config"];
        for topic in foreign {
            watcher.send_retained(topic, "ON").await;
        }
        world.stop().await;

        let world = World::start(announcing(&broker, form, "sc_1"), vec![desk(&["pixel-7"])]);
        for gone in ["smartcharger/port/2/state", "smartcharger/port/3/info", "home/garage/port/1/state"] {
            watcher.sees(gone, "").await;
        }
        watcher.sees("home/garage/version", "").await;
        world.stop().await;
        let stays = kept(&broker).await;
        let of = |prefix: &str| stays.iter().filter(|topic| topic.starts_with(prefix)).count();
        assert_eq!((of("smartcharger/port/2/"), of("smartcharger/port/3/")), (0, 0), "{stays:?}");
        assert!(of("smartcharger/port/1/") == 9 && of("smartcharger/") == 9 + 5, "{stays:?}");
        let garage: Vec<&String> = stays.iter().filter(|topic| topic.starts_with("home/garage/")).collect();
        assert_eq!(garage, ["home/garage/status"]);
        assert!(foreign.iter().all(|topic| stays.contains(*topic)), "{stays:?}");
    }
}

#[tokio::test]
async fn topics_that_moved_while_the_service_was_off_are_cleared() {
    let broker = Broker::start();
    let watcher = Watcher::at(broker.port()).await;
    let world = World::start(announcing(&broker, Form::Device, "sc_1"), vec![desk(&["pixel-7"])]);
    watcher.sees("smartcharger/status", "online").await;
    world.stop().await;
    let moved = station("desk", "home/desk", &["pixel-7"]);
    let world = World::start(announcing(&broker, Form::Device, "sc_1"), vec![moved]);
    watcher.sees("smartcharger/port/1/state", "").await;
    watcher.sees("smartcharger/mode", "").await;
    watcher.sees("home/desk/status", "online").await;
    world.stop().await;
    let stays = kept(&broker).await;
    let old: Vec<&String> = stays.iter().filter(|topic| topic.starts_with("smartcharger/")).collect();
    assert_eq!(old, ["smartcharger/status"]);
    assert!(stays.contains("home/desk/port/1/state"));
}

#[tokio::test]
async fn the_status_is_never_cleared_by_a_new_connection() {
    let broker = Broker::start();
    let watcher = Watcher::at(broker.port()).await;
    let world = World::start(announcing(&broker, Form::Device, "sc_1"), vec![desk(&["pixel-7"])]);
    watcher.sees("smartcharger/status", "online").await;
    // Another client with the same id takes the connection away.
    let (_rival, mut events) =
        AsyncClient::new(MqttOptions::new("scs-test-desk", "127.0.0.1", broker.port()), 10);
    events.poll().await.unwrap();
    drop(events);
    watcher.sees_times("smartcharger/status", "online", 2).await;
    world.connected("desk").await;
    let status: Vec<String> =
        watcher.lines().into_iter().filter(|l| l.0 == "smartcharger/status").map(|l| l.1).collect();
    assert!(status.contains(&"offline".to_owned()) && !status.contains(&String::new()), "{status:?}");
}

#[tokio::test]
async fn a_broker_that_takes_not_all_is_still_said_to_be_so_after_a_fight() {
    let access = "user charger\ntopic readwrite smartcharger/#\ntopic deny smartcharger/port/+/info\n\
                  user watcher\ntopic readwrite smartcharger/#\n";
    let broker = Broker::start_for(&[("charger", "x"), ("watcher", "x")], access);
    let world = World::desk(login(&broker, "charger", "x"));
    let is_mute = |link: &Link| matches!(link, Link::Mute { reason } if reason.contains("not authorized"));
    world.link("desk", is_mute).await;
    let watcher = Watcher::as_user(broker.port(), "watcher", "x").await;
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;
    for _ in 0..15 {
        watcher.send("smartcharger/port/1/mode/set", "ON").await;
    }
    watcher.send("smartcharger/port/1/mode/set", "OFF").await;
    watcher.sees("smartcharger/port/1/mode", "ON").await;
    // The last one counts when the fight is over.
    watcher.sees("smartcharger/port/1/mode", "OFF").await;
    assert!(world.status.borrow().get("desk").is_some_and(is_mute), "{:?}", world.status.borrow());
}

#[tokio::test]
async fn a_broker_with_room_for_one_message_is_told_everything() {
    let names: Vec<String> = (1..=60).map(|n| format!("phone {n}")).collect();
    let devices: Vec<&str> = names.iter().map(String::as_str).collect();
    // MQTT 3.1.1 cannot say how much a broker takes, and mosquitto leaves the rest of `exactly once` without an answer.
    for (protocol, most) in [(Protocol::V311, 1), (Protocol::V5, 2)] {
        for qos in 0..=most {
            let mut broker = Broker::reserve();
            broker.add("max_inflight_messages 1\nmax_queued_messages 1");
            broker.run();
            let lab = station("lab", "lab", &devices);
            let world = World::start(MqttSettings { protocol, qos, ..settings(&broker) }, vec![lab]);
            let watcher = Watcher::on(broker.port(), &["lab/status"]).await;
            watcher.sees("lab/status", "online").await;
            world.stop().await;
            watcher.sees("lab/status", "offline").await;
            // One after the other: this broker hands no more than one to a client.
            for number in [1, 30, 60] {
                let (state, info) = (format!("lab/port/{number}/device"), format!("lab/port/{number}/info"));
                let late = Watcher::on(broker.port(), &[&state]).await;
                late.sees(&state, &format!("phone {number}")).await;
                let late = Watcher::on(broker.port(), &[&info]).await;
                late.sees_part(&info, "keep-between").await;
            }
        }
    }
}

#[tokio::test]
async fn what_happened_without_a_broker_is_right_afterwards_and_nothing_was_kept_for_it() {
    let mut broker = Broker::start();
    let world = World::start(announcing(&broker, Form::Device, "sc_1"), vec![desk(&["pixel-7", ""])]);
    world.connected("desk").await;
    broker.kill();
    world.link("desk", |link| matches!(link, Link::Down { .. })).await;
    let desk = world.handle("desk");
    // A day of reports every half minute.
    for number in 0..2880_u32 {
        let report = BatteryReport {
            device: None,
            port: PortId::new(1).unwrap(),
            level: Level::saturating(u8::try_from(number % 60 + 10).unwrap()),
            charging: Some(number % 2 == 0),
            temperature: None,
            measured_at: None,
        };
        desk.report(report).await.unwrap();
    }
    broker.run();
    let after = Watcher::at(broker.port()).await;
    after.sees("smartcharger/status", "online").await;
    after.sees("smartcharger/port/1/batterylevel", "69").await;
    after.sees("smartcharger/port/1/charging", "OFF").await;
    let lines = after.lines();
    let times = |topic: &str| lines.iter().filter(|(t, ..)| t == topic).count();
    assert_eq!(times("smartcharger/port/1/batterylevel"), 1);
    assert!(times("smartcharger/event") < 10, "events of the past are told: {lines:?}");
}

#[tokio::test]
async fn two_services_announce_on_one_broker_and_leave_each_other_alone() {
    let broker = Broker::start();
    let watcher = Watcher::at(broker.port()).await;
    let mut second = announcing(&broker, Form::Entity, "sc_2");
    second.client_id = "scs-other".to_owned();
    let first = World::start(announcing(&broker, Form::Device, "sc_1"), vec![desk(&["pixel-7"])]);
    let mut second = World::start(second, vec![station("desk", "garage", &["tablet"])]);
    watcher.sees("smartcharger/status", "online").await;
    watcher.sees("garage/status", "online").await;
    let both = kept(&broker).await;
    let of = |all: &BTreeSet<String>, part: &str| all.iter().filter(|topic| topic.contains(part)).count();
    assert_eq!((of(&both, "/sc_1/"), of(&both, "/sc_2/")), (2, 4 + 13));
    second.remove("desk").await;
    watcher.sees("homeassistant/switch/sc_2/desk_p01_power/config", "").await;
    watcher.sees("garage/port/1/state", "").await;
    first.stop().await;
    let first = World::start(announcing(&broker, Form::Device, "sc_1"), vec![desk(&["pixel-7"])]);
    watcher.sees_times("smartcharger/status", "online", 2).await;
    first.stop().await;
    second.stop().await;
    let rest = kept(&broker).await;
    assert_eq!((of(&rest, "/sc_1/"), of(&rest, "/sc_2/")), (2, 0));
    assert_eq!(
        (of(&rest, "smartcharger/port/1/"), of(&rest, "garage/")),
        (of(&both, "smartcharger/port/1/"), 1)
    );
}
