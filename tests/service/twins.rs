//! A USB 3 hub through the whole service: the real `uhubctl`, and hubs that do not exist behind it.

use reqwest::Method;
use serde_json::json;
use stand_in::{Call, Does, Fault, World, error, rsh_a16};

use crate::{
    folder::{DESK, Folder},
    play::Play,
    service::Service,
};

/// The sixteen-port hub at the addresses of the shipped station, and three of its ports.
fn beside(folder: &Folder) -> Play {
    let play = Play::of(&World::new(rsh_a16(Some(5), Some(6), &[2])));
    let mut station = DESK.replace("Simulated()", "Uhubctl()").replace("zone", "poll: \"5 s\",\n    zone");
    for (name, hub, port) in [("one", "5-2.4", 1), ("two", "5-2", 2), ("three", "5-2.3.4", 2)] {
        let socket = format!("\"{name}\", socket: (hub: \"{hub}\", port: {port})");
        station = station.replace(&format!("\"{name}\""), &socket);
    }
    folder.write("stations/desk.ron", &station);
    let (tool, place) = (play.stage.tool(), play.folder.path().display());
    folder.settings(&format!(
        "    uhubctl: (path: \"{}\", time_limit: \"10 s\", lock: \"{place}/lock\", sysfs: \"{place}/sys\"),\n",
        tool.display()
    ));
    play
}

#[tokio::test]
async fn a_report_switches_both_sides_of_its_port_and_nothing_else() {
    let folder = Folder::new();
    let play = beside(&folder);
    let service = Service::start(&folder).await;
    service.until("a first reading", async |service| service.port(1).await["power"] == "on").await;
    let events = service.events().await;
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert_eq!(play.stage.orders(), ["6-2.4 1 off", "5-2.4 1 off"]);
    assert_eq!(service.report("one", 20).await["verdict"], "charge");
    events.sees("switched", &[("port", json!(1)), ("power", json!("on"))]).await;
    assert_eq!(play.stage.orders()[2..], ["6-2.4 1 on", "5-2.4 1 on"]);
    service.report("three", 85).await;
    events.sees("switched", &[("port", json!(3)), ("power", json!("off"))]).await;
    service.stop().await;
    let orders = play.stage.orders();
    assert_eq!(orders[4..], ["6-2.3.4 2 off", "5-2.3.4 2 off", "6-2.3.4 2 on", "5-2.3.4 2 on"]);
}

#[tokio::test]
async fn a_side_that_cannot_be_opened_is_told_and_nothing_is_sent_until_it_can() {
    let folder = Folder::new();
    let play = beside(&folder);
    play.stage.change(|world| {
        world.faults.push(Fault::new("6-2.4", Call::Open, Does::Fail(error::ACCESS)));
    });
    let service = Service::start(&folder).await;
    let events = service.events().await;
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    let told = events.sees("switch_failed", &[("port", json!(1)), ("problem", json!("other_side"))]).await;
    assert!(told["message"].as_str().unwrap().contains("scs doctor"), "{told}");
    assert_eq!(service.port(1).await["problem"]["code"], "other_side");
    assert_eq!(play.stage.orders(), [""; 0]);
    play.stage.change(|world| world.faults.clear());
    let (status, _) = service.set_mode(1, json!({"mode": "off"})).await;
    assert_eq!(status, 200);
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert_eq!(play.stage.orders(), ["6-2.4 1 off", "5-2.4 1 off"]);
    assert_eq!(service.ask(Method::GET, "/health/ready", None).await.0, 200);
}
