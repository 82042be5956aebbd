//! What Home Assistant is told: every message of both forms, their order, and that nothing of it outlives its reason.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use smart_charging_station::{
    model::Station,
    mqtt::{DiscoverySettings, Form, InstallationId, MqttSettings},
};

use crate::{
    broker::Broker,
    golden,
    watcher::{Line, Watcher},
    world::{World, rules, settings, station},
};

const STATION: &str = "homeassistant/device/sc_5f3a9c/desk/config";
const PORT_1: &str = "homeassistant/device/sc_5f3a9c/desk_p01/config";
const PORT_2: &str = "homeassistant/device/sc_5f3a9c/desk_p02/config";
const POWER_1: &str = "homeassistant/switch/sc_5f3a9c/desk_p01_power/config";
const POWER_2: &str = "homeassistant/switch/sc_5f3a9c/desk_p02_power/config";
const MIGRATE: &str = r#"{"migrate_discovery": true}"#;

fn announcing(broker: &Broker, form: Form) -> MqttSettings {
    let discovery = DiscoverySettings {
        form,
        area: Some("Office".to_owned()),
        id: InstallationId::new("sc_5f3a9c"),
        ..DiscoverySettings::default()
    };
    MqttSettings { discovery, ..settings(broker) }
}

fn desk(devices: &[&str]) -> Arc<Station> {
    station("desk", "smartcharger", devices)
}

/// A station that has announced all it has, and somebody who watches from its start.
async fn announced(broker: &Broker, form: Form) -> (World, Watcher) {
    let watcher = Watcher::at(broker.port()).await;
    let world = World::start(announcing(broker, form), vec![desk(&["pixel-7", ""])]);
    watcher.sees("smartcharger/status", "online").await;
    (world, watcher)
}

fn is_config(topic: &str) -> bool {
    topic.starts_with("homeassistant/") && topic.ends_with("/config")
}

/// What the broker keeps of the announcements, as somebody sees it who comes now.
async fn kept(broker: &Broker) -> BTreeMap<String, Value> {
    let late = Watcher::at(broker.port()).await;
    late.send("end", "of what is kept").await;
    late.sees("end", "of what is kept").await;
    let lines = late.lines().into_iter().filter(|(topic, _, retained)| *retained && is_config(topic));
    lines.map(|(topic, text, _)| (topic, serde_json::from_str(&text).unwrap())).collect()
}

fn written(messages: &BTreeMap<String, Value>) -> String {
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    let message = |(topic, value)| format!("{topic}\n{}\n\n", serde_json::to_string_pretty(value).unwrap());
    let text: String = messages.iter().map(message).collect();
    text.replace(&version, "\"(version)\"")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn position(lines: &[Line], topic: &str, is_right: impl Fn(&str) -> bool) -> usize {
    let find = lines.iter().position(|(t, text, _)| t == topic && is_right(text));
    find.unwrap_or_else(|| panic!("not said: {topic}"))
}

#[tokio::test]
async fn all_messages_of_both_forms_are_these() {
    for (form, file, number) in [(Form::Device, "device", 3), (Form::Entity, "entity", 4 + 2 * 13)] {
        let broker = Broker::start();
        let (_world, _watcher) = announced(&broker, form).await;
        let messages = kept(&broker).await;
        assert_eq!(messages.len(), number);
        golden::assert(&format!("tests/golden/discovery/{file}.txt"), &written(&messages));
    }
}

#[tokio::test]
async fn at_the_root_stands_only_what_every_version_takes() {
    let device = [
        "identifiers",
        "name",
        "manufacturer",
        "model",
        "sw_version",
        "serial_number",
        "via_device",
        "suggested_area",
    ];
    let origin = ["name", "sw_version"];
    for form in [Form::Device, Form::Entity] {
        let broker = Broker::start();
        let (_world, _watcher) = announced(&broker, form).await;
        for (topic, message) in kept(&broker).await {
            assert!(keys(&message["device"]).iter().all(|key| device.contains(key)), "{topic}");
            assert_eq!(keys(&message["origin"]), origin, "{topic}");
            if form == Form::Device {
                let root = ["availability", "availability_mode", "components", "device", "origin"];
                let mut found = keys(&message);
                found.sort_unstable();
                assert_eq!(found, root, "{topic}");
                for (key, component) in message["components"].as_object().unwrap() {
                    entity(&format!("{topic} {key}"), component);
                    assert!(component["platform"].is_string(), "{topic} {key}");
                    let unique = component["unique_id"].as_str().unwrap();
                    assert!(unique.ends_with(&format!("_{key}")), "{topic} {key}");
                }
            } else {
                entity(&topic, &message);
                assert!(message.get("platform").is_none(), "{topic}");
            }
        }
    }
}

/// What every entity has, in both forms.
fn entity(what: &str, component: &Value) {
    assert!(component["unique_id"].as_str().unwrap().starts_with("sc_5f3a9c_desk_"), "{what}");
    assert_eq!(component["qos"], 1, "{what}");
    let (domain, wished) = component["default_entity_id"].as_str().unwrap().split_once('.').unwrap();
    assert_eq!(component["object_id"], wished, "{what}");
    assert!(wished.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{what}");
    assert!(!domain.is_empty() && component.get("availability_topic").is_none(), "{what}");
    assert!(component.get("availability").is_none_or(Value::is_array), "{what}");
    assert!(component.get("~").is_none(), "{what}");
}

#[tokio::test]
async fn both_forms_name_the_same_entities() {
    let unique = |value: &Value| value["unique_id"].as_str().unwrap().to_owned();
    let mut found = Vec::new();
    for form in [Form::Device, Form::Entity] {
        let broker = Broker::start();
        let (_world, _watcher) = announced(&broker, form).await;
        let messages = kept(&broker).await;
        let mut ids: Vec<String> = match form {
            Form::Device => {
                let all = messages.values().flat_map(|message| message["components"].as_object().unwrap());
                all.map(|(_, component)| unique(component)).collect()
            }
            Form::Entity | Form::Off => messages.values().map(unique).collect(),
        };
        ids.sort();
        let number = ids.len();
        ids.dedup();
        assert_eq!((ids.len(), number), (30, 30), "no id twice");
        found.push(ids);
    }
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn states_come_first_then_announcements_then_online() {
    for form in [Form::Device, Form::Entity] {
        let broker = Broker::start();
        let (_world, watcher) = announced(&broker, form).await;
        let lines = watcher.lines();
        let online = position(&lines, "smartcharger/status", |text| text == "online");
        let first = lines.iter().position(|(topic, ..)| is_config(topic)).unwrap();
        let last = lines.iter().rposition(|(topic, ..)| is_config(topic)).unwrap();
        assert!(position(&lines, "smartcharger/port/2/mode", |_| true) < first);
        assert!(last < online);
    }
}

#[tokio::test]
async fn only_what_changed_is_announced_again() {
    let broker = Broker::start();
    let (world, watcher) = announced(&broker, Form::Device).await;
    watcher.send("smartcharger/report/pixel-7", "85").await;
    watcher.sees("smartcharger/port/1/batterylevel", "85").await;
    let renamed = desk(&["pixel-7", "tablet"]);
    world.handle("desk").reload(renamed, rules()).await.unwrap();
    watcher.sees("smartcharger/port/2/device", "tablet").await;
    watcher.sees_text(PORT_2, "desk port 2 (tablet)").await;
    let times = |topic: &str| watcher.lines().iter().filter(|(t, ..)| t == topic).count();
    assert_eq!((times(STATION), times(PORT_1), times(PORT_2)), (1, 1, 2));
}

#[tokio::test]
async fn a_port_that_is_gone_disappears_also_when_the_service_was_off() {
    for (form, one, other) in [(Form::Device, PORT_1, PORT_2), (Form::Entity, POWER_1, POWER_2)] {
        let broker = Broker::start();
        let (world, watcher) = announced(&broker, form).await;
        world.handle("desk").reload(desk(&["pixel-7"]), rules()).await.unwrap();
        watcher.sees(other, "").await;
        assert!(kept(&broker).await.contains_key(one));
        world.stop().await;

        let world = World::start(announcing(&broker, form), vec![desk(&[])]);
        watcher.sees(one, "").await;
        world.connected("desk").await;
        assert!(kept(&broker).await.keys().all(|topic| !topic.contains("_p0")));
    }
}

#[tokio::test]
async fn who_listens_is_sent_elsewhere_before_topics_are_cleared() {
    for (form, one, other) in [(Form::Device, PORT_1, PORT_2), (Form::Entity, POWER_1, POWER_2)] {
        let broker = Broker::start();
        let (world, watcher) = announced(&broker, form).await;
        world.handle("desk").reload(desk(&["pixel-7"]), rules()).await.unwrap();
        watcher.sees("smartcharger/port/2/info", "").await;
        let lines = watcher.lines();
        let cleared = |port: u8| position(&lines, &format!("smartcharger/port/{port}/info"), str::is_empty);
        assert!(position(&lines, other, str::is_empty) < cleared(2));

        let moved = station("desk", "elsewhere", &["pixel-7"]);
        world.handle("desk").reload(moved, rules()).await.unwrap();
        watcher.sees("smartcharger/port/1/info", "").await;
        let lines = watcher.lines();
        let cleared = position(&lines, "smartcharger/port/1/info", str::is_empty);
        assert!(position(&lines, one, |text| text.contains("\"elsewhere/port/1/info\"")) < cleared);
        watcher.sees("elsewhere/status", "online").await;
        world.stop().await;
    }
}

#[tokio::test]
async fn a_station_that_is_gone_disappears_and_one_that_stops_does_not() {
    let broker = Broker::start();
    let both = || vec![desk(&["pixel-7"]), station("garage", "garage", &["tablet"])];
    let watcher = Watcher::at(broker.port()).await;
    let mut world = World::start(announcing(&broker, Form::Device), both());
    watcher.sees("smartcharger/status", "online").await;
    watcher.sees("garage/status", "online").await;
    world.remove("garage").await;
    watcher.sees("homeassistant/device/sc_5f3a9c/garage/config", "").await;
    watcher.sees("homeassistant/device/sc_5f3a9c/garage_p01/config", "").await;
    assert_eq!(kept(&broker).await.into_keys().collect::<Vec<_>>(), [STATION, PORT_1]);
    world.stop().await;
    assert_eq!(kept(&broker).await.into_keys().collect::<Vec<_>>(), [STATION, PORT_1]);

    let world = World::start(announcing(&broker, Form::Device), both());
    watcher.sees_times("garage/status", "online", 2).await;
    world.stop().await;
    assert_eq!(kept(&broker).await.len(), 4);
    // The garage is removed while nothing runs.
    let _world = World::start(announcing(&broker, Form::Device), vec![desk(&["pixel-7"])]);
    watcher.sees_times("homeassistant/device/sc_5f3a9c/garage/config", "", 2).await;
    watcher.sees_times("homeassistant/device/sc_5f3a9c/garage_p01/config", "", 2).await;
}

#[tokio::test]
async fn entities_move_from_one_form_to_the_other_and_back() {
    let broker = Broker::start();
    for (from, to, old, new) in
        [(Form::Device, Form::Entity, PORT_1, POWER_1), (Form::Entity, Form::Device, POWER_1, PORT_1)]
    {
        let (world, _watcher) = announced(&broker, from).await;
        world.stop().await;
        let watcher = Watcher::at(broker.port()).await;
        let world = World::start(announcing(&broker, to), vec![desk(&["pixel-7", ""])]);
        watcher.sees(old, "").await;
        watcher.sees("smartcharger/status", "online").await;
        let lines = watcher.lines();
        let lets_go = position(&lines, old, |text| text == MIGRATE);
        let named = position(&lines, new, |text| text.contains("sc_5f3a9c_desk_p01_power"));
        let cleared = position(&lines, old, str::is_empty);
        assert!(lets_go < named && named < cleared, "{lets_go} {named} {cleared}");
        assert!(lines.iter().filter(|(_, text, _)| text == MIGRATE).all(|(.., retained)| !retained));
        let number = kept(&broker).await.len();
        assert_eq!(number, if to == Form::Device { 3 } else { 30 });
        world.stop().await;
    }
}

#[tokio::test]
async fn when_it_is_switched_off_nothing_stays() {
    let broker = Broker::start();
    let (world, _watcher) = announced(&broker, Form::Entity).await;
    world.stop().await;
    let foreign = Watcher::at(broker.port()).await;
    foreign.send_retained("homeassistant/switch/sc_other/desk_p01_power/config", "{}").await;
    foreign.send_retained("homeassistant/light/lamp/config", "{}").await;
    let _world = World::start(announcing(&broker, Form::Off), vec![desk(&["pixel-7", ""])]);
    foreign.sees(POWER_1, "").await;
    foreign.sees("homeassistant/binary_sensor/sc_5f3a9c/desk_connection/config", "").await;
    foreign.sees(POWER_2, "").await;
    foreign.sees("homeassistant/text/sc_5f3a9c/desk_p02_device/config", "").await;
    let others: Vec<String> = kept(&broker).await.into_keys().collect();
    assert_eq!(
        others,
        ["homeassistant/light/lamp/config", "homeassistant/switch/sc_other/desk_p01_power/config"]
    );
}

#[tokio::test]
async fn a_birth_is_answered_with_everything() {
    let broker = Broker::start();
    let (_world, watcher) = announced(&broker, Form::Device).await;
    let before = watcher.lines().len();
    watcher.send("homeassistant/status", "online").await;
    watcher.sees_times("smartcharger/status", "online", 2).await;
    let lines = watcher.lines().split_off(before);
    let again = |topic: &str| position(&lines, topic, |_| true);
    let (config, state, status) =
        (again(PORT_2), again("smartcharger/port/1/state"), again("smartcharger/status"));
    assert!(again(STATION) < config && config < state && state < status);
}

#[tokio::test]
async fn the_prefix_is_a_setting_and_nothing_is_said_without_an_id() {
    let broker = Broker::start();
    let mut settings = announcing(&broker, Form::Device);
    settings.discovery.prefix = "my/hass".to_owned();
    let watcher = Watcher::at(broker.port()).await;
    let world = World::start(settings.clone(), vec![desk(&[])]);
    watcher.sees("smartcharger/status", "online").await;
    position(&watcher.lines(), "my/hass/device/sc_5f3a9c/desk/config", |_| true);
    world.stop().await;

    settings.discovery = DiscoverySettings { id: None, ..DiscoverySettings::default() };
    let _world = World::start(settings, vec![desk(&[])]);
    watcher.sees_times("smartcharger/status", "online", 2).await;
    assert!(kept(&broker).await.is_empty());
}

#[tokio::test]
async fn a_thousand_ports_are_announced() {
    let broker = Broker::start();
    let last = "homeassistant/device/sc_5f3a9c/desk_p1000/config";
    // Who looks at everything is too slow for so much, and the broker drops what it cannot hand over.
    let watcher = Watcher::on(broker.port(), &["smartcharger/status", last]).await;
    let world = World::start(announcing(&broker, Form::Device), vec![desk(&[""; 1000])]);
    watcher.sees("smartcharger/status", "online").await;
    watcher.sees_text(last, "desk port 1000").await;
    world.stop().await;
}
