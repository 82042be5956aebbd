//! What the hub shows, what is wrong there, who waits for a name, and ports that are searched.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails by panicking, as tests do")]

use std::sync::Arc;

use serde_json::{Value, json};
use smart_charging_station::{
    http::Access,
    model::{Budget, Circuit, HubLocation, Limit, Plugged, PortId, Span, SwitchProblem, Thing},
};

use crate::support::{LIMIT, Options, TestService, answer};

/// Read often, and soon compared with what devices say.
pub(crate) fn watched() -> Options {
    Options { poll: Span::from_millis(100), verify_after: Span::from_millis(100), ..Options::default() }
}

fn port_path(number: u16) -> String {
    format!("/api/v1/stations/desk/ports/{number}")
}

impl TestService {
    /// Asks again and again until a port is so.
    pub(crate) async fn port_until(&self, number: u16, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let asking = async {
            let mut pictures = self.directory.station("desk").unwrap().changed();
            loop {
                let (_, port) = self.get(&port_path(number)).await;
                if so(&port) {
                    return port;
                }
                pictures.changed().await.unwrap();
            }
        };
        let found = tokio::time::timeout(LIMIT, asking).await;
        found.unwrap_or_else(|_| panic!("{what} did not come about"))
    }

    pub(crate) fn plug(&self, number: u16, serial: &str) {
        let thing = Thing {
            id: "18d1:4ee7".parse().unwrap(),
            serial: Some(serial.to_owned()),
            name: "Pixel \"7\"".to_owned(),
        };
        self.shown.send_modify(|shown| drop(shown.plugged.insert(number, Plugged::Thing(Arc::new(thing)))));
    }
}

#[tokio::test]
async fn what_nobody_knows_waits_for_a_name_and_keeps_it() {
    let service = TestService::start(watched()).await;
    let empty = service.port_until(3, "a look", |port| port["shows"] == "nothing").await;
    assert_eq!(service.get(&port_path(1)).await.1["file_device"], "pixel-7");
    assert_eq!((&empty["plugged"], &empty["unknown_device"]), (&json!(null), &json!(null)));

    service.plug(3, "R5CT");
    let port = service.port_until(3, "a thing", |port| port["shows"] == "thing").await;
    assert_eq!(port["plugged"], json!({"id": "18d1:4ee7", "serial": "R5CT", "name": "Pixel \"7\""}));
    assert_eq!(port["unknown_device"], json!({"serial": "R5CT", "name": "Pixel \"7\""}));
    let (status, waiting) = service.get("/api/v1/unknown-devices").await;
    let thing = |assumed: bool| json!({"station": "desk", "port": 3, "serial": "R5CT", "name": "Pixel \"7\"", "assumed": assumed});
    assert_eq!((status, waiting), (200, json!({"plugged": [thing(false)], "unplaced": []})));
    let (_, past) = service.get("/api/v1/events/past?station=desk&port=3").await;
    let told = past["events"].as_array().unwrap().iter().find(|event| event["code"] == "device_unknown");
    assert_eq!(told.unwrap()["serial"], "R5CT");

    service.put(&format!("{}/mode", port_path(3)), &json!({"mode": "off"})).await;
    service.port_until(3, "off", |port| port["power"] == "off" && port["shows"] == "not_shown").await;
    assert_eq!(service.get("/api/v1/unknown-devices").await.1["plugged"], json!([thing(true)]));
    service.put(&format!("{}/mode", port_path(3)), &json!({"mode": "auto"})).await;
    service.port_until(3, "a thing", |port| port["shows"] == "thing").await;

    let named = service.put(&format!("{}/device", port_path(3)), &json!({"device": "new phone"})).await;
    assert_eq!((named.0, &named.1["device"]), (200, &json!("new phone")));
    let seen = |port: &Value| port["device"] == "new phone" && port["device_assumed"] == false;
    let port = service.port_until(3, "a proof", seen).await;
    assert_eq!(port["unknown_device"], json!(null));
    assert_eq!(service.get("/api/v1/unknown-devices").await.1, json!({"plugged": [], "unplaced": []}));

    service.put(&format!("{}/mode", port_path(3)), &json!({"mode": "off"})).await;
    let port = service.port_until(3, "off", |port| port["power"] == "off").await;
    assert_eq!((&port["shows"], &port["plugged"]), (&json!("not_shown"), &json!(null)));
    assert_eq!((&port["device"], &port["device_assumed"]), (&json!("new phone"), &json!(true)));
    service.stop().await;
}

#[tokio::test]
async fn a_device_that_the_hub_shows_elsewhere_is_named_nowhere_else() {
    let service = TestService::start(watched()).await;
    service.plug(3, "R5CT");
    service.port_until(3, "a thing", |port| port["shows"] == "thing").await;
    let wish = json!({"device": "new phone"});
    assert_eq!(service.put(&format!("{}/device", port_path(3)), &wish).await.0, 200);
    let (status, problem) = service.put(&format!("{}/device", port_path(4)), &wish).await;
    assert_eq!((status, &problem["code"]), (409, &json!("device_elsewhere")));
    // All of an old command or nothing.
    let command = json!({"command": "OFF", "device_name": "new phone", "battery_level": 57});
    let (status, error) = service.post("/api/smartcharger/command/4", &command).await;
    assert_eq!(status, 409, "{error}");
    let (_, port) = service.get(&port_path(4)).await;
    assert_eq!((&port["device"], &port["mode"]["mode"]), (&json!(null), &json!("auto")));
    service.stop().await;
}

#[tokio::test]
async fn a_device_that_is_in_no_port_is_refused_and_waits_for_a_place() {
    let service = TestService::start(Options::default()).await;
    let report = json!({"device": "guest", "level": 41, "charging": true});
    let (status, problem) = service.post("/api/v1/reports", &report).await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_device")));
    assert!(problem["detail"].as_str().unwrap().contains("GET /api/v1/unknown-devices"), "{problem}");
    let mut pictures = service.directory.station("desk").unwrap().changed();
    let heard = pictures.wait_for(|view| !view.unplaced.is_empty());
    tokio::time::timeout(LIMIT, heard).await.unwrap().unwrap();
    let (_, waiting) = service.get("/api/v1/unknown-devices").await;
    let guest = &waiting["unplaced"][0];
    assert_eq!((&guest["device"], &guest["station"]), (&json!("guest"), &json!("desk")));
    assert_eq!((&guest["battery"]["level"], &guest["battery"]["charging"]), (&json!(41), &json!(true)));
    assert!(guest["heard_at"].is_string());

    let (status, port) = service.put(&format!("{}/device", port_path(4)), &json!({"device": "guest"})).await;
    assert_eq!((status, &port["device"]), (200, &json!("guest")));
    assert_eq!(service.get("/api/v1/unknown-devices").await.1["unplaced"], json!([]));
    assert_eq!(service.post("/api/v1/reports", &report).await.1["port"], 4);
    service.stop().await;
}

#[tokio::test]
async fn of_several_stations_the_one_that_is_named_keeps_the_device() {
    let service = TestService::start(Options { stations: &["desk", "shelf"], ..Options::default() }).await;
    let report = |station| json!({"station": station, "device": "guest", "level": 41});
    assert_eq!(service.post("/api/v1/reports", &report(Some("shelf"))).await.0, 404);
    let mut pictures = service.directory.station("shelf").unwrap().changed();
    let heard = pictures.wait_for(|view| !view.unplaced.is_empty());
    tokio::time::timeout(LIMIT, heard).await.unwrap().unwrap();
    // Neither hub is real, so nobody would look for it there unasked.
    let (_, problem) = service.post("/api/v1/reports", &report(None)).await;
    assert!(problem["detail"].as_str().unwrap().ends_with("report by `station` and `port`"), "{problem}");
    let (_, waiting) = service.get("/api/v1/unknown-devices").await;
    let stations: Vec<_> = waiting["unplaced"].as_array().unwrap().iter().map(|w| &w["station"]).collect();
    assert_eq!(stations, ["shelf"]);
    service.stop().await;
}

#[tokio::test]
async fn a_token_of_one_device_brings_no_others_in() {
    let tokens = &[("phone", "report:pixel-7")];
    let service = TestService::start(Options { access: Access::Tokens, tokens, ..Options::default() }).await;
    let ask = async |method: &str, path: &str, body: Value| {
        let request = service.request(method, path).bearer_auth(&service.secrets["phone"]);
        answer(request.json(&body)).await
    };
    let (status, problem) = ask("POST", "/api/v1/reports", json!({"device": "guest", "level": 4})).await;
    assert_eq!(status, 404);
    assert!(!problem["detail"].as_str().unwrap().contains("waits"), "{problem}");
    let own = ask("POST", "/api/v1/reports", json!({"device": "pixel-7", "level": 40})).await;
    assert_eq!(own.0, 200);
    assert!(service.directory.station("desk").unwrap().view().unplaced.is_empty());
    let probe = ask("PUT", &format!("{}/probe", port_path(1)), json!({"power": "off", "for": "5 s"})).await;
    assert_eq!((probe.0, &probe.1["needed_role"]), (403, &json!("operate")));
    service.stop().await;
}

#[tokio::test]
async fn a_probe_switches_whatever_the_rules_say_until_it_is_ended() {
    let service = TestService::start(Options::default()).await;
    let path = format!("{}/probe", port_path(1));
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 10})).await;
    let (status, port) = service.put(&path, &json!({"power": "off", "for": "10 min"})).await;
    assert_eq!(
        (status, &port["probe"]["power"], &port["mode"]["mode"]),
        (200, &json!("off"), &json!("auto"))
    );
    assert!(port["probe"]["until"].is_string());
    service.port_until(1, "off", |port| port["power"] == "off").await;
    let decision = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 9})).await;
    assert_eq!(decision.0, 200);
    assert_eq!(service.get(&port_path(1)).await.1["wanted"], "off");

    let (status, port) = answer(service.request("DELETE", &path)).await;
    assert_eq!((status, &port["probe"]), (200, &json!(null)));
    service.port_until(1, "on", |port| port["power"] == "on").await;
    assert_eq!(answer(service.request("DELETE", &path)).await.0, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_probe_ends_by_itself() {
    let service = TestService::start(Options::default()).await;
    let (status, _) =
        service.put(&format!("{}/probe", port_path(2)), &json!({"power": "off", "for": "1 s"})).await;
    assert_eq!(status, 200);
    service.port_until(2, "off", |port| port["power"] == "off").await;
    let port = service.port_until(2, "on", |port| port["power"] == "on").await;
    assert_eq!(port["probe"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn a_device_that_charges_without_power_is_a_fault_of_its_port() {
    let service = TestService::start(watched()).await;
    service.put(&format!("{}/mode", port_path(1)), &json!({"mode": "off"})).await;
    service.port_until(1, "off", |port| port["power"] == "off").await;
    let asking = async {
        let report = json!({"device": "pixel-7", "level": 50, "charging": true});
        loop {
            service.post("/api/v1/reports", &report).await;
            let (_, port) = service.get(&port_path(1)).await;
            if port["fault"] != json!(null) {
                return port;
            }
        }
    };
    let port = tokio::time::timeout(LIMIT, asking).await.unwrap();
    assert_eq!(port["fault"]["code"], "power_leak");
    assert!(port["fault"]["since"].is_string() && port["fault"]["message"].is_string());
    assert_eq!(service.get("/api/v1/stations/desk").await.1["counts"]["leaked"], 1);
    service.stop().await;
}

#[tokio::test]
async fn a_station_tells_who_has_power_and_who_waits() {
    let limits = vec![Limit { circuit: Circuit::Station, max_on: Some(1), watts: None }];
    let bound = (1..=4).map(|number| (PortId::new(number).unwrap(), vec![0])).collect();
    let budget = Budget { limits, bound, ..Budget::default() };
    let service = TestService::start(Options { budget, ..watched() }).await;
    let waits = service.port_until(2, "off", |port| port["power"] == "off").await;
    assert!(waits["waits_since"].is_string(), "{waits}");
    let limit = |on: u32| json!({"of": "station", "name": null, "max_on": 1, "on": on, "max_watts": null, "watts": f64::from(on) * 7.5});
    let (_, station) = service.get("/api/v1/stations/desk").await;
    let budget = json!({"turn": "15m", "stagger": "0s", "limits": [limit(1)], "waiting": [2]});
    assert_eq!(station["budget"], budget);
    service.put(&format!("{}/mode", port_path(2)), &json!({"mode": "on"})).await;
    let port = service.port_until(2, "on", |port| port["power"] == "on").await;
    assert_eq!(port["waits_since"], json!(null));
    let decision = service.get(&port_path(1)).await.1["decision"].clone();
    assert_eq!((&decision["by"], &decision["verdict"]), (&json!("budget"), &json!("rest")));
    let reason = decision["reason"].as_str().unwrap();
    assert!(reason.starts_with("waits for power: "), "{reason}");
    service.stop().await;
}

#[tokio::test]
async fn a_station_tells_of_its_hubs_and_counts() {
    let service = TestService::start(watched()).await;
    let (_, station) = service.get("/api/v1/stations/desk").await;
    assert_eq!((&station["hub"], &station["hubs_missing"]), (&json!(null), &json!([])));
    assert_eq!(station["verify_after"], "0s");
    assert_eq!(station["counts"]["failed"], 0);
    service.put(&format!("{}/mode", port_path(1)), &json!({"mode": "off"})).await;
    service.port_until(1, "off", |port| port["power"] == "off").await;
    assert_eq!(service.get("/api/v1/stations/desk").await.1["counts"]["verified"], 1);

    service.shown.send_modify(|shown| shown.hub_at = HubLocation::new("7-2").ok());
    service.port_until(2, "a hub elsewhere", |port| port["hub_at"] == "7-2").await;
    let missing = SwitchProblem::HubMissing(HubLocation::new("5-2").unwrap());
    service.shown.send_modify(|shown| shown.problem = Some(missing));
    let port = service.port_until(4, "no hub", |port| port["problem"] != json!(null)).await;
    assert_eq!(port["problem"]["code"], "hub_missing");
    let missing = service.get("/api/v1/stations/desk").await.1["hubs_missing"].clone();
    assert_eq!((missing.as_array().map(Vec::len), &missing[0]["hub"]), (Some(1), &json!("5-2")));
    assert!(missing[0]["since"].is_string(), "{missing}");
    service.stop().await;
}

#[tokio::test]
async fn a_power_cycle_is_over_after_seconds_and_says_who_asked() {
    let service = TestService::start(Options::default()).await;
    service.port_until(1, "on", |port| port["power"] == "on").await;
    let path = format!("{}/cycle", port_path(1));
    let (status, port) = service.post(&path, &json!({})).await;
    assert_eq!((status, &port["probe"]["power"]), (200, &json!("off")), "{port}");
    let reason = port["decision"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("power cycle by REST: off until "), "{reason}");
    let (status, problem) = service.post(&path, &json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("underway")));
    service.port_until(1, "off", |port| port["power"] == "off").await;
    let port = service.port_until(1, "on", |port| port["power"] == "on").await;
    assert_eq!(port["probe"], json!(null));
    let (status, _) = service.post(&format!("{}/cycle", port_path(99)), &json!({})).await;
    assert_eq!(status, 404);
    service.stop().await;
}
