//! Commands beyond modes: levels, the device, power cycles; and those that come too fast.

use smart_charging_station::mqtt::Link;

use crate::{
    broker::Broker,
    watcher::Watcher,
    world::{World, settings, station},
};

fn count(watcher: &Watcher, topic: &str) -> usize {
    watcher.lines().iter().filter(|(t, ..)| t == topic).count()
}

#[tokio::test]
async fn levels_are_set_over_the_file_and_say_so() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/port/1/minlevel", "20").await;
    watcher.send("smartcharger/port/1/minlevel/set", " 35 %").await;
    watcher.sees("smartcharger/port/1/minlevel", "35").await;
    assert_eq!(world.event("parameter_changed").await, "keep-between low=35 by MQTT");
    watcher.send("smartcharger/port/1/maxlevel/set", "75.0").await;
    watcher.sees("smartcharger/port/1/maxlevel", "75").await;
    watcher.sees("smartcharger/port/2/maxlevel", "80").await;
    watcher.sees_part("smartcharger/event", r#""code":"parameter_changed","rule":"keep-between""#).await;
    watcher
        .sees_part("smartcharger/port/1/info", r#""levels":{"rule":"keep-between","min":"low","max":"high"}"#)
        .await;
    watcher.send("smartcharger/report/pixel-7", "76").await;
    watcher.sees("smartcharger/port/1/state", "OFF").await;
}

#[tokio::test]
async fn a_level_that_cannot_be_is_refused_and_answered() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/port/1/maxlevel", "80").await;
    for (payload, why) in [
        ("20", "`high` of `keep-between` must be more than `low`, which is 20: use 21 to 100"),
        ("101", "`101` is not a level: send a whole number of percent, 0 to 100"),
        ("much", "`much` is not a level"),
    ] {
        let before = count(&watcher, "smartcharger/port/1/maxlevel");
        watcher.send("smartcharger/port/1/maxlevel/set", payload).await;
        let told = world.event("command_rejected").await;
        assert!(told.contains(why), "{told}");
        watcher.sees_times("smartcharger/port/1/maxlevel", "80", before + 1).await;
    }
}

#[tokio::test]
async fn a_device_is_named_and_taken_back() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("smartcharger/port/2/device/set", "Mum's phone").await;
    watcher.sees("smartcharger/port/2/device", "Mum's phone").await;
    watcher.send("smartcharger/report/Mum's phone", "50").await;
    watcher.sees("smartcharger/port/2/batterylevel", "50").await;
    watcher.send("smartcharger/port/2/device/set", "None").await;
    watcher.sees("smartcharger/port/2/device", "None").await;
    watcher.send("smartcharger/port/2/device/set", "x".repeat(65)).await;
    assert!(world.event("command_rejected").await.contains("is not a device name"));
    watcher.send("smartcharger/port/2/colour/set", "red").await;
    assert!(world.event("command_rejected").await.contains("`colour` cannot be set"));
}

#[tokio::test]
async fn a_cycle_takes_the_power_for_seconds() {
    let broker = Broker::start();
    let world = World::desk(settings(&broker));
    world.connected("desk").await;
    let watcher = Watcher::at(broker.port()).await;
    watcher.sees("smartcharger/port/1/state", "ON").await;
    watcher.send("smartcharger/port/1/cycle/set", "PRESS").await;
    watcher.sees("smartcharger/port/1/state", "OFF").await;
    watcher.sees_part("smartcharger/port/1/reason", "power cycle by MQTT: off until ").await;
    watcher.sees("smartcharger/port/1/state", "ON").await;
    watcher.sees("smartcharger/port/1/mode", "AUTO").await;
}

#[tokio::test]
async fn two_masters_that_fight_over_a_port_are_held_back_and_the_last_one_wins() {
    let broker = Broker::start();
    let mut world = World::desk(settings(&broker));
    world.connected("desk").await;
    let (one, other) = (Watcher::at(broker.port()).await, Watcher::at(broker.port()).await);
    for _ in 0..100 {
        one.send("smartcharger/port/1/state/set", "OFF").await;
        other.send("smartcharger/port/1/state/set", "ON").await;
    }
    world.event("commands_too_fast").await;
    world.link("desk", |link| matches!(link, Link::Crowded { reason } if reason.contains("port 1"))).await;
    // Both are through once the broker has given each its own last message back.
    one.sees_times("smartcharger/port/1/state/set", "ON", 100).await;
    one.send("smartcharger/port/1/state/set", "OFF").await;
    one.send("smartcharger/port/2/mode/set", "ON").await;
    one.sees("smartcharger/port/2/mode", "ON").await;

    world.connected("desk").await;
    one.sees("smartcharger/port/1/mode", "OFF").await;
    one.sees("smartcharger/port/1/state", "OFF").await;
    let (mut changed, mut told) = (0, 0);
    while let Ok(event) = world.events.try_recv() {
        changed += u32::from(event.kind.code() == "mode_changed");
        told += u32::from(event.kind.code() == "commands_too_fast");
    }
    assert!(changed <= 12 && told == 0, "{changed} changes, told {told} more times");
}

#[tokio::test]
async fn several_stations_and_services_live_on_one_broker() {
    let broker = Broker::start();
    let first = World::start(
        settings(&broker),
        vec![station("desk", "house/desk", &["a"]), station("shelf", "house/shelf", &["b"])],
    );
    let mut other = settings(&broker);
    other.client_id = "scs-other".to_owned();
    let second = World::start(other, vec![station("desk", "garage", &["a"])]);
    for (world, name) in [(&first, "desk"), (&first, "shelf"), (&second, "desk")] {
        world.connected(name).await;
    }
    let watcher = Watcher::at(broker.port()).await;
    watcher.send("house/desk/port/1/state/set", "OFF").await;
    watcher.sees("house/desk/port/1/state", "OFF").await;
    watcher.send("garage/report/a", "61").await;
    watcher.sees("garage/port/1/batterylevel", "61").await;
    for root in ["house/shelf", "garage"] {
        watcher.sees(&format!("{root}/port/1/state"), "ON").await;
        watcher.sees(&format!("{root}/port/1/mode"), "AUTO").await;
    }
    assert!(!watcher.picture().contains("house/desk/port/1/batterylevel"));
    second.stop().await;
    watcher.sees("garage/status", "offline").await;
    watcher.sees("house/desk/status", "online").await;
}
