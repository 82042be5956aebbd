//! A device that moved to another port, told by its name.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{folder::Folder, service::Service};

async fn command(service: &Service, port: u16, device: &str, level: u8) -> (u16, Value) {
    let body = json!({"command": "ON", "device_name": device, "battery_level": level.to_string()});
    service.ask(Method::POST, &format!("/api/smartcharger/command/{port}"), Some(body)).await
}

/// Where each device is, as `GET /api/v1/devices` lists them.
async fn places(service: &Service) -> Vec<(String, u64)> {
    let devices = service.get("/api/v1/devices").await;
    let place =
        |device: &Value| (device["device"].as_str().unwrap().to_owned(), device["port"].as_u64().unwrap());
    devices.as_array().unwrap().iter().map(place).collect()
}

fn listed(devices: &[(&str, u64)]) -> Vec<(String, u64)> {
    devices.iter().map(|(device, port)| ((*device).to_owned(), *port)).collect()
}

#[tokio::test]
async fn a_device_is_where_it_was_last_said_to_be_and_nowhere_else() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    service.report("one", 50).await;
    assert_eq!(command(&service, 2, "one", 55).await, (200, json!("ON")));
    assert_eq!(places(&service).await, listed(&[("one", 2), ("three", 3)]));
    assert_eq!(service.report("one", 56).await["port"], 2);
    let one = service.get("/api/v1/devices/one").await;
    assert_eq!((&one["port"], &one["battery"]["level"]), (&json!(2), &json!(56)));
    let left = service.port(1).await;
    assert_eq!((&left["device"], &left["battery"]), (&json!(null), &json!(null)), "{left}");
    let gone = json!({"device": "two", "level": 50});
    assert_eq!(service.ask(Method::POST, "/api/v1/reports", Some(gone)).await.0, 404);

    service.kill().await;
    let service = Service::start(&folder).await;
    assert_eq!(places(&service).await, listed(&[("one", 2), ("three", 3)]));

    let path = "/api/v1/stations/desk/ports/2/device";
    assert_eq!(service.ask(Method::PUT, path, Some(json!({"device": null}))).await.0, 200);
    assert_eq!(places(&service).await, listed(&[("one", 1), ("two", 2), ("three", 3)]));
    service.stop().await;
}

#[tokio::test]
async fn a_device_that_nobody_knew_is_known_from_then_on() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    assert_eq!(command(&service, 3, "guest", 85).await, (200, json!("ON")));
    assert_eq!(places(&service).await, listed(&[("one", 1), ("two", 2), ("guest", 3)]));
    assert_eq!(service.port(3).await["battery"]["level"], 85);
    assert_eq!(command(&service, 1, "guest", 80).await, (200, json!("ON")));
    assert_eq!(places(&service).await, listed(&[("guest", 1), ("two", 2), ("three", 3)]));
    service.stop().await;
}
