//! A reload loses nothing: modes and their ends, wanted power, hold times, silent timers.

use serde_json::{Value, json};
use smart_charging_station::model::Timestamp;

use crate::{
    events::Events,
    folder::{DESK, Folder, rule},
    hub::Hub,
    service::Service,
};

pub(crate) fn time(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no time"))
}

pub(crate) fn seconds(from: &Value, to: &Value) -> f64 {
    time(to).duration_since(time(from)).as_secs_f64()
}

pub(crate) async fn save_rule(folder: &Folder, events: &Events, high: u8) {
    let seen = events.count();
    folder.write("rules/keep-between.rhai", &rule(high));
    events.sees_after(seen, "config_loaded", &[]).await;
}

#[tokio::test]
async fn a_mode_ends_at_its_time_also_when_files_change_in_between() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let (status, port) = service.set_mode(1, json!({"mode": "off", "for": "3 s"})).await;
    assert_eq!(status, 200, "{port}");
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    save_rule(&folder, &events, 60).await;
    let now = service.port(1).await;
    assert_eq!((&now["mode"]["mode"], &now["mode"]["until"]), (&json!("off"), &port["mode"]["until"]));
    let seen = events.count();
    let ended = events.sees_after(seen, "mode_changed", &[("port", json!(1))]).await.1;
    assert_eq!(ended["mode"]["mode"], "auto");
    assert!((0.0..1.0).contains(&seconds(&port["mode"]["until"], &ended["at"])), "{ended}");
    // Nobody has reported: the port that a person had switched off is charged again.
    events.sees_after(seen, "switched", &[("port", json!(1)), ("power", json!("on"))]).await;
}

#[tokio::test]
async fn wanted_power_and_the_rule_that_holds_it_go_on() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    let before = service.port(1).await;
    save_rule(&folder, &events, 90).await;
    // 85 % is between the limits of the new rule: the port stays as the old one left it.
    assert_eq!(service.report("one", 84).await["verdict"], "keep");
    let after = service.port(1).await;
    assert_eq!((&after["wanted"], &after["power"]), (&json!("off"), &json!("off")));
    assert_eq!(after["power_since"], before["power_since"]);
    assert_eq!(events.count_of("switched"), 1);
}

#[tokio::test]
async fn a_hold_time_goes_on() {
    let folder = Folder::new();
    folder.write("stations/desk.ron", &DESK.replace("\"0 s\"", "\"5 s\""));
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    let off = events.sees("switched", &[("power", json!("off"))]).await;
    assert_eq!(service.report("one", 15).await["verdict"], "charge");
    save_rule(&folder, &events, 60).await;
    let port = service.port(1).await;
    assert_eq!((&port["wanted"], &port["power"]), (&json!("on"), &json!("off")));
    let on = events.sees("switched", &[("power", json!("on"))]).await;
    let held = seconds(&off["at"], &on["at"]);
    assert!((5.0..8.0).contains(&held), "held for {held} s");
}

pub(crate) fn seconds_since(value: &Value) -> f64 {
    Timestamp::now().duration_since(time(value)).as_secs_f64()
}

/// Another kind of hub is another life of the station, and loses nothing either.
#[tokio::test]
async fn modes_and_names_go_on_when_the_hub_becomes_another() {
    let (folder, hub) = Hub::beside(Folder::new());
    folder.write("stations/desk.ron", DESK);
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("two", 85).await;
    let (_, port) = service.set_mode(1, json!({"mode": "off", "for": "2 h"})).await;
    folder.write("stations/desk.ron", &Hub::station());
    events.sees("config_loaded", &[]).await;
    service.until("both are off", async |_| hub.is_off(1) && hub.is_off(2)).await;
    assert_eq!(service.port(1).await["mode"], port["mode"]);
    folder.write("stations/desk.ron", DESK);
    service.until("power on the hub", async |_| !hub.is_off(1) && !hub.is_off(2)).await;
    service.until("the mode", async |service| service.port(1).await["power"] == "off").await;
    assert_eq!(service.port(1).await["mode"], port["mode"]);
    service.stop().await;
}
