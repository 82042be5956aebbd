//! The dashboard for Grafana: it has the form that Grafana reads, and every number that it asks for is there.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use smart_charging_station::model::{Calls, Driver, Purpose, Tally};

use crate::support::{Options, TestService};

const BOARD: &str = include_str!("../../docs/grafana/dashboard.json");
const MANUAL: &str = include_str!("../../docs/rest.md");

/// All names of our numbers in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '_');
    words.filter(|word| word.starts_with("scs_")).map(str::to_owned).collect()
}

/// The page of a service of which everything is known: each line with what its name tells.
async fn page() -> String {
    let service = TestService::start(Options { mqtt: "connected", ..Options::default() }).await;
    let mut calls = Calls::default();
    calls.add(std::time::Duration::from_millis(300), true, false);
    service.tally.send_replace(Tally::from([((Driver::Uhubctl, Purpose::Switch), calls)]));
    let report = json!({"device": "pixel-7", "level": 50, "temperature": 31.5, "charging": true});
    assert_eq!(service.post("/api/v1/reports", &report).await.0, 200);
    let text = service.request("GET", "/metrics").send().await.unwrap().text().await.unwrap();
    service.stop().await;
    text
}

#[tokio::test]
async fn every_number_of_the_dashboard_is_told_and_every_number_told_is_documented() {
    let page = page().await;
    let samples: String =
        page.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let told = names(&samples);
    let missing: Vec<_> = names(BOARD).difference(&told).cloned().collect();
    assert_eq!(missing, Vec::<String>::new(), "the dashboard asks for what /metrics does not tell");
    let documented = names(MANUAL);
    let family = |name: &str| {
        ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
    };
    let unknown: Vec<_> = told.iter().filter(|name| !documented.contains(&family(name))).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "docs/rest.md does not tell of them");
}

#[tokio::test]
async fn a_device_has_its_numbers_whatever_its_name() {
    let service = TestService::start(Options::default()).await;
    let name = r#"Ann's "old" phone \ 📱"#;
    let (status, told) = service.put("/api/v1/stations/desk/ports/3/device", &json!({"device": name})).await;
    assert_eq!(status, 200, "{told}");
    service.post("/api/v1/reports", &json!({"device": name, "level": 41})).await;
    let text = service.request("GET", "/metrics").send().await.unwrap().text().await.unwrap();
    let label = r#"device="Ann's \"old\" phone \\ 📱""#;
    let level =
        text.lines().find(|line| line.starts_with("scs_device_level_percent{") && line.contains(label));
    assert!(level.is_some_and(|line| line.ends_with(" 41.0")), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("scs_device_temperature") && line.contains(label)));
    service.stop().await;
}

#[test]
fn the_dashboard_has_the_form_that_grafana_reads() {
    let board: Value = serde_json::from_str(BOARD).unwrap();
    assert!(board["schemaVersion"].as_i64().unwrap() >= 36);
    assert!(board["title"].is_string() && board["uid"].as_str().unwrap().len() <= 40);
    let variables: BTreeSet<&str> = board["templating"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(variables, BTreeSet::from(["datasource", "device", "station"]));
    let panels = board["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{title}: its id stands twice");
        assert!(panel["type"].is_string(), "{title}");
        let place = &panel["gridPos"];
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| place[side].as_i64().unwrap());
        assert!(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, "{title}: {place}");
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{title}");
        for target in targets {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            assert!(target["refId"].is_string() && target["expr"].is_string(), "{title}");
        }
    }
}
