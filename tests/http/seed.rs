//! The lines that clients of the service before this one send.

use serde_json::json;
use smart_charging_station::model::{ModeKind, PortId};

use crate::support::{Hub, Options, TestService};

#[tokio::test]
async fn the_old_lines_work_unchanged() {
    let service = TestService::start(Options::default()).await;
    assert_eq!(service.get("/api/smartcharger/state/3").await, (200, json!("ON")));
    let command = json!({"command": "OFF", "device_name": "old phone", "battery_level": 57});
    assert_eq!(service.post("/api/smartcharger/command/3", &command).await, (200, json!("OFF")));
    assert_eq!(service.get("/api/smartcharger/state/3").await, (200, json!("OFF")));

    let (_, port) = service.get("/api/v1/stations/desk/ports/3").await;
    assert_eq!(port["device"], "old phone");
    assert_eq!(port["battery"]["level"], 57);
    assert_eq!(port["mode"]["mode"], "off");
    assert_eq!(port["mode"]["by"], "smartcharger REST");

    let command = json!({"command": "ON", "device_name": "", "battery_level": "12"});
    assert_eq!(service.post("/api/smartcharger/command/3", &command).await, (200, json!("ON")));
    let (_, port) = service.get("/api/v1/stations/desk/ports/3").await;
    assert_eq!((&port["device"], &port["battery"]["level"]), (&json!("old phone"), &json!(12)));
    service.stop().await;
}

#[tokio::test]
async fn a_command_switches_at_most_once() {
    let service = TestService::start(Options::default()).await;
    let report = json!({"port": 1, "level": 85});
    assert_eq!(service.post("/api/v1/reports", &report).await.1["verdict"], "rest");
    // Without the mode, the rules would charge each of these devices.
    for (name, level) in [("first", 10), ("second", 5)] {
        let command = json!({"command": "OFF", "device_name": name, "battery_level": level});
        assert_eq!(service.post("/api/smartcharger/command/1", &command).await, (200, json!("OFF")));
    }
    let command = json!({"command": "ON", "device_name": "third", "battery_level": 90});
    assert_eq!(service.post("/api/smartcharger/command/1", &command).await, (200, json!("ON")));
    let (_, found) = service.get("/api/v1/switches?station=desk&port=1").await;
    let wanted: Vec<_> = found["switches"].as_array().unwrap().iter().map(|row| &row["wanted"]).collect();
    assert_eq!(wanted, ["on", "off"]);
    service.stop().await;
}

#[tokio::test]
async fn a_wrong_command_changes_nothing() {
    let service = TestService::start(Options::default()).await;
    let command = json!({"command": "TOGGLE", "device_name": "old phone", "battery_level": 57});
    let error = json!({"error": "Command is not available. Please send ON or OFF."});
    assert_eq!(service.post("/api/smartcharger/command/3", &command).await, (404, error));
    let view = service.directory.station("desk").unwrap().view();
    let port = &view.ports[&PortId::new(3).unwrap()];
    assert_eq!((port.device(), &port.memory.battery), (None, &None));
    assert_eq!(port.memory.mode.kind, ModeKind::Auto);
    let error = json!({"error": "The port_id is not available."});
    assert_eq!(service.post("/api/smartcharger/command/17", &command).await, (404, error));
    service.stop().await;
}

#[tokio::test]
async fn an_unknown_state_is_an_error_and_no_guess() {
    let service = TestService::start(Options { hub: Hub::Silent, ..Options::default() }).await;
    let (status, error) = service.get("/api/smartcharger/state/1").await;
    assert_eq!((status, error), (503, json!({"error": "the state of the port is not known"})));
    service.stop().await;
}

#[tokio::test]
async fn the_station_with_the_old_topic_is_meant() {
    let service = TestService::start(Options { stations: &["attic", "desk"], ..Options::default() }).await;
    let (status, _) = service.post("/api/smartcharger/command/1", &json!({"command": "OFF"})).await;
    assert_eq!(status, 200);
    let (_, port) = service.get("/api/v1/stations/desk/ports/1").await;
    assert_eq!(port["power"], "off");
    let (_, port) = service.get("/api/v1/stations/attic/ports/1").await;
    assert_eq!(port["power"], "on");
    service.stop().await;
}

#[tokio::test]
async fn a_name_of_another_station_is_refused_and_changes_nothing() {
    let service = TestService::start(Options { stations: &["attic", "desk"], ..Options::default() }).await;
    let wish = json!({"device": "pixel-7"});
    let (status, problem) = service.put("/api/v1/stations/attic/ports/3/device", &wish).await;
    assert_eq!((status, &problem["code"]), (409, &json!("name_taken")));
    let told = problem["detail"].as_str().unwrap();
    assert!(told.starts_with("`pixel-7` is in station `desk`: "), "{told}");
    // Within a station it moves.
    assert_eq!(service.put("/api/v1/stations/desk/ports/3/device", &wish).await.0, 200);

    let wish = json!({"device": "visitor"});
    assert_eq!(service.put("/api/v1/stations/attic/ports/1/device", &wish).await.0, 200);
    let command = json!({"command": "OFF", "device_name": "visitor", "battery_level": 57});
    let (status, error) = service.post("/api/smartcharger/command/4", &command).await;
    assert_eq!(status, 409, "{error}");
    assert!(error["error"].as_str().unwrap().contains("station `attic`"), "{error}");
    let (_, port) = service.get("/api/v1/stations/desk/ports/4").await;
    assert_eq!((&port["device"], &port["mode"]["mode"]), (&json!(null), &json!("auto")));
    service.stop().await;
}
