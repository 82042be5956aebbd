//! Modes of ports, devices and stations over REST.

use serde_json::json;

use crate::support::{Options, TestService};

#[tokio::test]
async fn a_device_is_charged_once_and_its_port_says_so() {
    let service = TestService::start(Options::default()).await;
    let wish = json!({"mode": "once", "level": 90, "until": "unplugged"});
    let (status, device) = service.put("/api/v1/devices/pixel-7/mode", &wish).await;
    assert_eq!(status, 200, "{device}");
    let once = json!({"mode": "once", "level": 90, "until": null, "until_unplugged": true, "by": "REST"});
    assert_eq!((&device["mode"], &device["held_by"]["of"]), (&once, &json!("device")));
    let (_, port) = service.get("/api/v1/stations/desk/ports/1").await;
    assert_eq!(port["mode"]["mode"], "auto", "{port}");
    assert_eq!(port["held_by"], json!({"of": "device", "mode": once}));

    let (_, decision) = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 85})).await;
    assert_eq!((&decision["verdict"], &decision["by"]), (&json!("charge"), &json!("mode")), "{decision}");
    assert_eq!(decision["reason"], "charged once to 90% for this device by REST, until unplugged");
    let (_, decision) = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 90})).await;
    assert_eq!((&decision["verdict"], &decision["by"]), (&json!("rest"), &json!("policy")), "{decision}");
    let (_, past) = service.get("/api/v1/events/past?station=desk&port=1&limit=1").await;
    let event = &past["events"][0];
    assert_eq!((&event["code"], &event["ended"]), (&json!("mode_changed"), &json!("reached")), "{event}");
    assert_eq!((&event["device"], &event["mode"]["mode"]), (&json!("pixel-7"), &json!("auto")), "{event}");
    service.stop().await;
}

#[tokio::test]
async fn a_station_is_held_where_nobody_holds_a_port() {
    let service = TestService::start(Options::default()).await;
    service.put("/api/v1/stations/desk/ports/2/mode", &json!({"mode": "on"})).await;
    let wish = json!({"mode": "off", "for": "2 h"});
    let (status, station) = service.put("/api/v1/stations/desk/mode", &wish).await;
    assert_eq!((status, &station["mode"]["mode"]), (200, &json!("off")), "{station}");
    let first = service.port_until(1, "off", |port| port["power"] == "off").await;
    assert_eq!(first["held_by"]["of"], "station", "{first}");
    let (_, second) = service.get("/api/v1/stations/desk/ports/2").await;
    assert_eq!((&second["held_by"]["of"], &second["power"]), (&json!("port"), &json!("on")), "{second}");
    let (_, station) = service.get("/api/v1/stations/desk").await;
    assert_eq!(station["ports_manual"], station["ports"], "{station}");

    let (status, problem) =
        service.put("/api/v1/stations/desk/mode", &json!({"mode": "on", "until": "unplugged"})).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_end")), "{problem}");
    service.put("/api/v1/stations/desk/mode", &json!({"mode": "auto"})).await;
    let first = service.port_until(1, "given back", |port| port["held_by"].is_null()).await;
    assert_eq!(first["mode"]["mode"], "auto");
    service.stop().await;
}

#[tokio::test]
async fn a_device_in_no_port_and_a_station_that_is_not_there_have_no_mode() {
    let service = TestService::start(Options::default()).await;
    for (path, code) in [
        ("/api/v1/devices/nobody/mode", "unknown_device"),
        ("/api/v1/stations/attic/mode", "unknown_station"),
    ] {
        let (status, problem) = service.put(path, &json!({"mode": "on"})).await;
        assert_eq!((status, &problem["code"]), (404, &json!(code)), "{problem}");
    }
    service.stop().await;
}
