//! Whether the files for openHAB name what the service really says and hears.

use std::collections::BTreeSet;

use smart_charging_station::mqtt::openhab::{self, Bridge, Place};

use crate::{
    broker::Broker,
    watcher::Watcher,
    world::{World, settings, station},
};

/// All topics of one kind in the file of Things.
fn topics(things: &str, key: &str) -> BTreeSet<String> {
    let start = format!("{key}=\"");
    let topics = things.match_indices(&start).filter_map(|(at, _)| {
        let rest = things.get(at + start.len()..)?;
        Some(rest.get(..rest.find('"')?)?.to_owned())
    });
    topics.collect()
}

fn things() -> String {
    let place = Place { bridge: Bridge { id: "home".to_owned(), broker: None }, location: None };
    openhab::things(&station("desk", "smartcharger", &["pixel-7", ""]), &place)
}

#[tokio::test]
async fn the_files_name_every_topic_that_is_published_and_no_other() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    let report = r#"{"level": 50, "charging": true, "temperature": 31.5}"#;
    watcher.send("smartcharger/report/pixel-7", report).await;
    watcher.sees("smartcharger/port/1/batterylevel", "50").await;
    watcher.sees("smartcharger/port/1/temperature", "31.5").await;
    watcher.sees("smartcharger/port/1/charging", "ON").await;
    watcher.sees("smartcharger/port/1/online", "online").await;
    watcher.sees("smartcharger/ports_on", "2").await;

    let in_files = topics(&things(), "stateTopic");
    let said: BTreeSet<String> = watcher.lines().into_iter().map(|(topic, ..)| topic).collect();
    let for_programs =
        |topic: &String| topic.ends_with("/info") || topic.ends_with("/event") || topic.contains("/report/");
    let unknown: Vec<_> =
        said.iter().filter(|topic| !in_files.contains(*topic) && !for_programs(topic)).collect();
    assert!(unknown.is_empty(), "said, and not in the files: {unknown:?}");
    // Nothing is known of the battery of an empty port.
    let unsaid: Vec<_> =
        in_files.iter().filter(|topic| !said.contains(*topic) && !topic.contains("/port/2/")).collect();
    assert!(unsaid.is_empty(), "in the files, and not said: {unsaid:?}");
}

#[tokio::test]
async fn what_openhab_sends_is_obeyed_and_answered() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/status", "online").await;
    let set = topics(&things(), "commandTopic");
    watcher.sees("smartcharger/port/2/state", "ON").await;
    assert!(set.contains("smartcharger/port/2/cycle/set"));
    watcher.send("smartcharger/port/2/cycle/set", "PRESS").await;
    watcher.sees_times("smartcharger/port/2/state", "OFF", 1).await;
    // One of each on port 1: more than ten commands in ten seconds would have to wait.
    for (topic, sent, expected) in [
        ("smartcharger/port/1/state", "OFF", "OFF"),
        ("smartcharger/port/1/mode", "AUTO", "AUTO"),
        ("smartcharger/port/1/mode", "ONCE 90 UNTIL UNPLUGGED", "ONCE"),
        ("smartcharger/port/1/minlevel", "30.0", "30"),
        ("smartcharger/port/1/maxlevel", "75 %", "75"),
        ("smartcharger/port/1/device", "tablet", "tablet"),
        ("smartcharger/mode", "OFF FOR 1 h", "OFF"),
        ("smartcharger/mode", "AUTO", "AUTO"),
    ] {
        let command = format!("{topic}/set");
        assert!(set.contains(&command), "{command} is not in the files");
        watcher.send(&command, sent).await;
        watcher.sees(topic, expected).await;
    }
    let tried: BTreeSet<_> = watcher.lines().into_iter().map(|(topic, ..)| topic).collect();
    let untried: Vec<_> =
        set.iter().filter(|topic| topic.contains("/port/1/") && !tried.contains(*topic)).collect();
    assert_eq!(untried, ["smartcharger/port/1/cycle/set"], "tried at port 2");
}
