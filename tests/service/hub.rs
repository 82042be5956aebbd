//! Trouble with `uhubctl`, through the whole service. The stand-in of `tests/uhubctl` plays the tool.

use std::{fs, os::unix::fs::symlink, path::PathBuf, time::Instant};

use reqwest::Method;
use serde_json::json;

use crate::{
    AT_ONCE,
    folder::{DESK, Folder},
    service::Service,
};

/// A stand-in for `uhubctl` with one hub of four sockets; ports 1 to 3 are its sockets 1 to 3.
pub(crate) struct Hub {
    folder: PathBuf,
}

impl Hub {
    /// Makes the station of the folder one on this hub.
    pub(crate) fn beside(folder: Folder) -> (Folder, Self) {
        let hub = Self { folder: folder.path("hub") };
        for name in ["off", "behind", "line", "once"] {
            fs::create_dir_all(hub.folder.join(name)).unwrap();
        }
        let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bin/uhubctl");
        symlink(tool, hub.folder.join("uhubctl")).unwrap();
        hub.put("hubs", "5-2.4 2.10 4\n");
        folder.write("stations/desk.ron", &Self::station());
        folder.settings(&hub.settings());
        (folder, hub)
    }

    /// The section of the settings for this hub.
    pub(crate) fn settings(&self) -> String {
        let folder = self.folder.display();
        format!("    uhubctl: (path: \"{folder}/uhubctl\", time_limit: \"1 s\", lock: \"{folder}/lock\"),\n")
    }

    /// The station file.
    pub(crate) fn station() -> String {
        let mut station =
            DESK.replace("Simulated()", "Uhubctl()").replace("zone", "poll: \"5 s\",\n    zone");
        for (number, name) in [(1, "one"), (2, "two"), (3, "three")] {
            let socket = format!("\"{name}\", socket: (hub: \"5-2.4\", port: {number})");
            station = station.replace(&format!("\"{name}\""), &socket);
        }
        station
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.folder.join(name)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    pub(crate) fn is_off(&self, port: u8) -> bool {
        self.folder.join(format!("off/5-2.4_{port}")).exists()
    }
}

/// The hub does not do what it should: that is told with this code, the API goes on at once, and once `repair` is done the
/// port is switched.
async fn heals(way: &str, code: &str, part: &str, repair: impl FnOnce(&Hub)) {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    service.until("a first reading", async |service| service.port(1).await["power"] == "on").await;
    let events = service.events().await;
    if way == "away" {
        fs::rename(hub.folder.join("uhubctl"), hub.folder.join("away")).unwrap();
    } else {
        hub.put(way, "");
    }
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    let failed = events.sees("switch_failed", &[("port", json!(1)), ("problem", json!(code))]).await;
    assert!(failed["message"].as_str().unwrap().contains(part), "{failed}");
    for level in 81..91 {
        service.report("one", level).await;
        let began = Instant::now();
        let port = service.port(1).await;
        assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
        assert_eq!(port["problem"]["code"], code, "{port}");
        assert_eq!(port["wanted"], "off");
        assert_ne!(port["power"], "off");
    }
    repair(&hub);
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert!(hub.is_off(1));
    assert_eq!(service.port(1).await["problem"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn a_tool_that_hangs_is_told_and_tried_again() {
    heals("hang-switch", "uhubctl_timeout", "did not answer within 1 s", |hub| hub.remove("hang-switch"))
        .await;
}

#[tokio::test]
async fn a_tool_that_is_missing_is_told_and_found_again() {
    let back = |hub: &Hub| fs::rename(hub.folder.join("away"), hub.folder.join("uhubctl")).unwrap();
    heals("away", "uhubctl_missing", "uhubctl was not found", back).await;
}

#[tokio::test]
async fn nonsense_is_told_and_not_believed() {
    heals("nonsense", "unreadable", "was not understood", |hub| hub.remove("nonsense")).await;
}

#[tokio::test]
async fn a_lack_of_permission_is_told_with_what_to_do() {
    heals("denied", "no_permission", "install the udev rule", |hub| hub.remove("denied")).await;
}

#[tokio::test]
async fn a_hub_that_refuses_silently_is_found_out() {
    heals("stubborn", "not_switched", "still shows the port on", |hub| hub.remove("stubborn")).await;
}

#[tokio::test]
async fn a_hub_that_cannot_be_read_is_told_once_and_reports_go_on() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    service.until("a first reading", async |service| service.port(2).await["power"] == "on").await;
    let events = service.events().await;
    hub.put("nonsense", "");
    let told = events.sees("unreadable", &[("port", json!(2))]).await;
    assert!(told["message"].as_str().unwrap().contains("was not understood"), "{told}");
    let port = service.port(2).await;
    assert_eq!((&port["power"], &port["problem"]["code"]), (&json!(null), &json!("unreadable")));
    assert_eq!(service.report("two", 50).await["verdict"], "keep");
    hub.remove("nonsense");
    service
        .until("a reading again", async |service| {
            let port = service.port(2).await;
            port["power"] == "on" && port["problem"].is_null()
        })
        .await;
    let of_port_2 = service.get("/health/ready").await;
    assert_eq!((&of_port_2["ready"], events.count_of("unreadable")), (&json!(true), 3));
}

#[tokio::test]
async fn a_hub_without_an_answer_at_the_start_does_not_keep_the_service_from_starting() {
    let (folder, hub) = Hub::beside(Folder::new());
    hub.put("hang-list", "");
    hub.put("hang-5-2.4", "");
    let began = Instant::now();
    let service = Service::start(&folder).await;
    assert!(began.elapsed() < AT_ONCE * 3, "{:?}", began.elapsed());
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    let (status, port) = service.set_mode(2, json!({"mode": "off"})).await;
    assert_eq!((status, &port["power"]), (200, &json!(null)), "{port}");
    service
        .until("a problem", async |service| service.port(1).await["problem"]["code"] == "uhubctl_timeout")
        .await;
    hub.remove("hang-list");
    hub.remove("hang-5-2.4");
    service
        .until("both ports are off", async |service| {
            service.port(1).await["power"] == "off" && service.port(2).await["power"] == "off"
        })
        .await;
    let gone = json!({"device": "nobody", "level": 50});
    assert_eq!(service.ask(Method::POST, "/api/v1/reports", Some(gone)).await.0, 404);
}

#[tokio::test]
async fn a_stop_does_not_wait_long_for_a_hub_that_hangs() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    hub.put("hang-switch", "");
    let began = Instant::now();
    service.stop().await;
    assert!(began.elapsed().as_secs() < 15, "{:?}", began.elapsed());
}

/// `timeout` and supervisors signal a process and its group: the same wish comes twice.
#[tokio::test]
async fn two_signals_at_once_are_one_and_ports_get_their_power_back() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    service.signal("INT").await;
    service.signal("TERM").await;
    service.stop().await;
    assert!(!hub.is_off(1));
}

#[tokio::test]
async fn a_port_switched_behind_the_services_back_is_noticed_and_mended() {
    let (folder, hub) = Hub::beside(Folder::new());
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    hub.remove("off/5-2.4_1");
    let seen = events.count();
    let wrong = [("port", json!(1)), ("seen", json!("on")), ("wanted", json!("off"))];
    events.sees_after(seen, "drift", &wrong).await;
    events.sees_after(seen, "switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert!(hub.is_off(1));
}
