//! The broker dies in the middle and comes back; a station goes for good.

use std::fs;

use serde_json::json;

use crate::{
    broker::Broker,
    folder::{DESK, Folder},
    service::Service,
    watcher::Watcher,
};

#[tokio::test]
async fn charging_goes_on_without_the_broker_and_everything_is_said_again() {
    let mut broker = Broker::start();
    let folder = Folder::new();
    folder.settings(&format!("    mqtt: (url: \"mqtt://127.0.0.1:{}\"),\n", broker.port()));
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("desk/port/1/state", "ON").await;
    watcher.send("desk/report/one", "50").await;
    events.sees("reported", &[("port", json!(1)), ("level", json!(50))]).await;

    broker.kill();
    events.sees("broker_lost", &[]).await;
    assert_ne!(service.get("/health/ready").await["mqtt"], "connected");
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    assert_eq!(service.set_mode(2, json!({"mode": "off"})).await.0, 200);

    broker.run();
    events.sees("broker_back", &[]).await;
    let watcher = Watcher::at(broker.port()).await;
    for (topic, text) in [
        ("status", "online"),
        ("port/1/state", "OFF"),
        ("port/1/batterylevel", "85"),
        ("port/1/device", "one"),
        ("port/2/mode", "OFF"),
        ("port/2/state", "OFF"),
        ("port/3/state", "ON"),
    ] {
        watcher.sees(&format!("desk/{topic}"), text).await;
    }
    watcher.send("desk/port/2/mode/set", "AUTO").await;
    events.sees("mode_changed", &[("port", json!(2))]).await;
    assert_eq!(service.get("/health/ready").await["mqtt"], "connected");
    service.stop().await;
    watcher.sees("desk/status", "offline").await;
}

#[tokio::test]
async fn a_station_that_is_removed_leaves_nothing_with_the_broker() {
    let broker = Broker::start();
    let folder = Folder::new();
    folder.settings(&format!("    mqtt: (url: \"mqtt://127.0.0.1:{}\"),\n", broker.port()));
    let shed = DESK.replace("topic: \"desk\"", "topic: \"shed\"");
    let shed = ["one", "two", "three"]
        .iter()
        .fold(shed, |shed, name| shed.replace(&format!("\"{name}\""), &format!("\"old {name}\"")));
    folder.write("stations/shed.ron", &shed);
    let service = Service::start(&folder).await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("shed/status", "online").await;
    watcher.sees("shed/port/3/state", "ON").await;
    fs::remove_file(folder.path("stations/shed.ron")).unwrap();
    for topic in ["port/1/state", "port/3/info", "version"] {
        watcher.sees(&format!("shed/{topic}"), "").await;
    }
    watcher.sees("shed/status", "offline").await;
    watcher.sees("desk/status", "online").await;
    service.stop().await;
}
