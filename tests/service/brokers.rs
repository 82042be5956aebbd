//! The broker dies in the middle and comes back.

use serde_json::json;

use crate::{broker::Broker, folder::Folder, service::Service, watcher::Watcher};

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
