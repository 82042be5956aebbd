//! The one test that takes a minute; its name has it started first.

use serde_json::json;
use smart_charging_station::model::Timestamp;

use crate::{
    folder::{DESK, Folder},
    keeping::{save_rule, seconds, seconds_since, time},
    service::Service,
};

/// A minute is the shortest that a station file may say, so this test takes one.
#[tokio::test]
async fn a_device_falls_silent_when_it_would_have_without_the_reload() {
    let folder = Folder::new();
    folder.write("stations/desk.ron", &DESK.replace("\"0 s\",", "\"0 s\",\n    silent_after: \"1 min\","));
    let service = Service::start(&folder).await;
    let events = service.events().await;
    service.report("one", 85).await;
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    let heard = service.get("/api/v1/devices/one").await["heard_at"].clone();
    for high in [60, 70] {
        let until = time(&heard).as_second() + i64::from(high) - 40;
        service.until("some time passed", async |_| Timestamp::now().as_second() > until).await;
        save_rule(&folder, &events, high).await;
        assert_eq!(service.get("/api/v1/devices/one").await["heard_at"], heard);
    }
    service.until("most of a minute passed", async |_| seconds_since(&heard) > 50.0).await;
    // Its last report came just before its port went off, so that may be why: it is switched on to be heard.
    let woken = events.sees("woken", &[("port", json!(1))]).await;
    let after = seconds(&heard, &woken["at"]);
    assert!((60.0..63.0).contains(&after), "silent after {after} s");
    events.sees("switched", &[("port", json!(1)), ("power", json!("on"))]).await;
    assert_eq!(service.port(1).await["online"], false);
}
