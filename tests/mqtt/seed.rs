//! Those who listened to the service before this one, whose client id was `SmartCharger`.

use crate::{
    broker::Broker,
    watcher::Watcher,
    world::{World, settings},
};

#[tokio::test]
async fn the_three_old_topics_have_the_old_texts() {
    let broker = Broker::start();
    let mut settings = settings(&broker);
    settings.client_id = "SmartCharger".to_owned();
    let world = World::desk(settings);
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    // The root of its topics was the client id in lower case: the station's file says it now.
    watcher.send("smartcharger/report/pixel-7", "85").await;
    watcher.sees("smartcharger/port/1/state", "OFF").await;
    watcher.sees("smartcharger/port/1/device", "pixel-7").await;
    watcher.sees("smartcharger/port/1/batterylevel", "85").await;
    watcher.send("smartcharger/report/pixel-7", "7").await;
    watcher.sees("smartcharger/port/1/state", "ON").await;
    watcher.sees("smartcharger/port/1/batterylevel", "7").await;

    // Its files for openHAB had other letters and looked for JSON: for both nothing ever came.
    for (topic, text, _) in watcher.lines() {
        assert!(!topic.starts_with("SmartCharger"), "{topic}");
        let is_old = ["/state", "/device", "/batterylevel"].iter().any(|end| topic.ends_with(end));
        assert!(!is_old || !text.starts_with('{'), "{topic} {text}");
    }
}
