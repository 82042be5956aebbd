//! Modes, names and wanted power outlive the service, however it ends.

use reqwest::Method;
use serde_json::json;

use crate::{
    folder::{DESK, Folder},
    hub::Hub,
    service::Service,
};

/// What people and a rule did before the end.
async fn live(service: &Service) -> serde_json::Value {
    assert_eq!(service.report("two", 85).await["verdict"], "rest");
    let path = "/api/v1/stations/desk/ports/3/device";
    let (status, port) = service.ask(Method::PUT, path, Some(json!({"device": "guest"}))).await;
    assert_eq!(status, 200, "{port}");
    let (status, port) = service.set_mode(1, json!({"mode": "off", "for": "2 h"})).await;
    assert_eq!(status, 200, "{port}");
    port["mode"].clone()
}

async fn everything_is_there(service: &Service, mode: &serde_json::Value) {
    assert_eq!(service.port(1).await["mode"], *mode);
    assert_eq!(service.port(2).await["wanted"], "off");
    assert_eq!(service.port(2).await["battery"]["level"], 85);
    assert_eq!(service.get("/api/v1/devices/guest").await["port"], 3);
    service
        .until("both ports are off", async |service| {
            service.port(1).await["power"] == "off" && service.port(2).await["power"] == "off"
        })
        .await;
}

#[tokio::test]
async fn what_people_asked_for_outlives_a_stop() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let mode = live(&service).await;
    service.stop().await;
    everything_is_there(&Service::start(&folder).await, &mode).await;
}

#[tokio::test]
async fn what_people_asked_for_outlives_a_kill_right_after_the_answer() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let mode = live(&service).await;
    service.kill().await;
    everything_is_there(&Service::start(&folder).await, &mode).await;
}

#[tokio::test]
async fn a_mode_that_ended_while_the_service_was_down_is_over() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let (_, port) = service.set_mode(1, json!({"mode": "off", "for": "1 s"})).await;
    service.kill().await;
    let until: smart_charging_station::model::Timestamp =
        port["mode"]["until"].as_str().unwrap().parse().unwrap();
    let service = Service::start(&folder).await;
    service
        .until("the end of the mode", async |service| service.port(1).await["mode"]["mode"] == "auto")
        .await;
    assert!(until <= smart_charging_station::model::Timestamp::now());
}

#[tokio::test]
async fn a_stop_gives_power_back_and_the_next_start_takes_it_again() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert!(hub.is_off(1));
    service.stop().await;
    assert!(!hub.is_off(1), "the port has no power after the stop");
    let service = Service::start(&folder).await;
    service.until("the port is off again", async |service| service.port(1).await["power"] == "off").await;
    assert!(hub.is_off(1));
}

#[tokio::test]
async fn a_station_that_says_so_keeps_its_ports_as_they_are() {
    let (folder, hub) = Hub::beside(Folder::new());
    folder.write("stations/desk.ron", &Hub::station().replace("zone", "on_exit: Keep,\n    zone"));
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.set_mode(2, json!({"mode": "off"})).await;
    events.sees("switched", &[("port", json!(2)), ("power", json!("off"))]).await;
    service.stop().await;
    assert!(hub.is_off(2));
}

#[tokio::test]
async fn a_port_taken_out_of_the_file_gets_its_power_back() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("two", 85).await;
    events.sees("switched", &[("port", json!(2)), ("power", json!("off"))]).await;
    assert!(hub.is_off(2));
    let without: String =
        Hub::station().lines().filter(|line| !line.contains("two")).collect::<Vec<_>>().join("\n");
    folder.write("stations/desk.ron", &without);
    service.until("power for the port", async |_| !hub.is_off(2)).await;
    assert_ne!(DESK, without);
}

#[tokio::test]
async fn modes_of_devices_and_of_the_station_outlive_a_kill_right_after_the_answer() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let wishes = [
        ("/api/v1/devices/two", json!({"mode": "hold", "level": 60, "until": "unplugged"})),
        ("/api/v1/stations/desk", json!({"mode": "once", "level": 90, "for": "2 h"})),
    ];
    let mut modes = Vec::new();
    for (path, wish) in wishes {
        let (status, answer) = service.ask(Method::PUT, &format!("{path}/mode"), Some(wish)).await;
        assert_eq!(status, 200, "{answer}");
        modes.push((path, answer["mode"].clone()));
    }
    service.kill().await;
    let service = Service::start(&folder).await;
    for (path, mode) in modes {
        assert_eq!(service.get(path).await["mode"], mode, "{path}");
    }
    assert_eq!(service.port(2).await["held_by"]["of"], "device");
    assert_eq!(service.port(1).await["held_by"]["of"], "station");
}
