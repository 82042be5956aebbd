//! The page of numbers, read by the rules of the OpenMetrics text format.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::json;
use smart_charging_station::{
    http::Access,
    model::{Calls, Driver, Purpose, Span, Tally},
};

use crate::support::{LIMIT, Options, TestService};

type Labels = BTreeMap<String, String>;

/// A page that keeps the format: the numbers by name and labels.
struct Page(BTreeMap<(String, Labels), f64>);

impl Page {
    async fn of(service: &TestService) -> Self {
        let response = service.request("GET", "/metrics").send().await.unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        Self::parse(&response.text().await.unwrap())
    }

    /// Fails on whatever a strict reader refuses: the order of a family's lines, names, labels, and the end.
    fn parse(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the page ends with # EOF");
        let mut numbers = BTreeMap::new();
        let mut families = BTreeSet::new();
        let (mut family, mut kind) = (String::new(), String::new());
        for line in body.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(!help.is_empty(), "{line}");
                (family, kind) = (name.to_owned(), String::new());
                assert!(families.insert(family.clone()), "{name} stands twice");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, what) = rest.split_once(' ').unwrap();
                assert_eq!(name, family, "{line}");
                kind = what.to_owned();
            } else {
                let (name, labels, number) = sample(line);
                let suffix = name.strip_prefix(&family).unwrap_or_else(|| panic!("{name} in {family}"));
                let allowed: &[&str] = match kind.as_str() {
                    "counter" => &["_total"],
                    "gauge" => &[""],
                    "histogram" => &["_sum", "_count", "_bucket"],
                    other => panic!("{other} is no type"),
                };
                assert!(allowed.contains(&suffix), "{line}");
                assert!(number >= 0.0 && numbers.insert((name, labels), number).is_none(), "{line}");
            }
        }
        Self(numbers)
    }

    fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.0.get(&(name.to_owned(), labels)).copied()
    }
}

/// `name{key="value",…} number`.
fn sample(line: &str) -> (String, Labels, f64) {
    let (head, number) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match head.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}').unwrap()),
        None => (head, ""),
    };
    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (key, value) = label.split_once('=').unwrap();
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap();
        assert!(!value.contains(['"', '\\']), "{line}");
        (key.to_owned(), value.to_owned())
    });
    (name.to_owned(), labels.collect(), number.parse().unwrap())
}

#[tokio::test]
async fn calls_to_hubs_are_counted_by_their_end_and_timed() {
    let service = TestService::start(Options::default()).await;
    let page = Page::of(&service).await;
    assert!(!page.0.keys().any(|(name, _)| name.starts_with("scs_usb")));

    let mut calls = Calls::default();
    calls.add(Duration::from_millis(300), true, false);
    calls.add(Duration::from_millis(400), true, false);
    calls.add(Duration::from_secs(2), false, false);
    calls.add(Duration::from_secs(30), false, true);
    service.tally.send_replace(Tally::from([((Driver::Uhubctl, Purpose::Switch), calls)]));
    let page = Page::of(&service).await;
    let of = |result| {
        page.get("scs_usb_calls_total", &[("driver", "uhubctl"), ("purpose", "switch"), ("result", result)])
    };
    assert_eq!([of("done"), of("failed"), of("too_long")], [Some(2.0), Some(1.0), Some(1.0)]);
    let timed = |name, le: &str| {
        let labels = [("driver", "uhubctl"), ("purpose", "switch"), ("le", le)];
        let given = if le.is_empty() { 2 } else { 3 };
        page.get(name, &labels[..given])
    };
    assert_eq!(timed("scs_usb_call_seconds_count", ""), Some(4.0));
    assert_eq!(timed("scs_usb_call_seconds_sum", ""), Some(32.7));
    let buckets = ["0.25", "0.5", "2.5", "15.0", "+Inf"].map(|le| timed("scs_usb_call_seconds_bucket", le));
    assert_eq!(buckets, [0.0, 2.0, 3.0, 3.0, 4.0].map(Some));
    service.stop().await;
}

#[tokio::test]
async fn each_station_has_its_numbers() {
    let service = TestService::start(Options { stations: &["desk", "shelf"], ..Options::default() }).await;
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "off"})).await;
    let desk = service.directory.station("desk").unwrap();
    let mut pictures = desk.changed();
    let off = pictures.wait_for(|view| view.ports_on == 3);
    tokio::time::timeout(LIMIT, off).await.unwrap().unwrap();
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    let page = Page::of(&service).await;
    let of = |name, station| page.get(name, &[("station", station)]);
    assert_eq!(of("scs_ports", "desk"), Some(4.0));
    assert_eq!((of("scs_ports_on", "desk"), of("scs_ports_on", "shelf")), (Some(3.0), Some(4.0)));
    assert_eq!(of("scs_ports_unknown", "shelf"), Some(0.0));
    assert_eq!(of("scs_devices_online", "desk"), Some(1.0));
    assert_eq!(of("scs_devices_unplaced", "desk"), Some(0.0));
    for name in [
        "scs_switches_verified_total",
        "scs_switches_failed_total",
        "scs_drifts_total",
        "scs_power_leaks_total",
        "scs_not_charging_total",
        "scs_alarms_total",
    ] {
        assert!(of(name, "desk").is_some() && of(name, "shelf").is_some(), "{name}");
    }
    let states = ["alarm", "problem", "power_leak", "not_charging", "unwell"];
    for name in states.map(|state| format!("scs_port_{state}")) {
        assert_eq!(page.get(&name, &[("station", "desk"), ("port", "1")]), Some(0.0), "{name}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_port_that_leaks_has_power_here_as_at_its_station() {
    let verify_after = Span::from_millis(100);
    let poll = Span::from_millis(100);
    let service = TestService::start(Options { poll, verify_after, ..Options::default() }).await;
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "off"})).await;
    let desk = service.directory.station("desk").unwrap();
    let mut pictures = desk.changed();
    let off = pictures.wait_for(|view| view.ports_on == 3);
    tokio::time::timeout(LIMIT, off).await.unwrap().unwrap();
    let leaking = async {
        while desk.view().counts.leaked == 0 {
            let report = json!({"device": "pixel-7", "level": 50, "charging": true});
            service.post("/api/v1/reports", &report).await;
        }
    };
    tokio::time::timeout(LIMIT, leaking).await.unwrap();
    let (_, station) = service.get("/api/v1/stations/desk").await;
    let page = Page::of(&service).await;
    assert_eq!(
        (&station["ports_on"], page.get("scs_ports_on", &[("station", "desk")])),
        (&json!(4), Some(4.0))
    );
    service.stop().await;
}

#[tokio::test]
async fn a_device_that_got_its_place_in_another_station_waits_nowhere() {
    let service = TestService::start(Options { stations: &["desk", "shelf"], ..Options::default() }).await;
    service.post("/api/v1/reports", &json!({"station": "shelf", "device": "guest", "level": 41})).await;
    let mut pictures = service.directory.station("shelf").unwrap().changed();
    let heard = pictures.wait_for(|view| !view.unplaced.is_empty());
    tokio::time::timeout(LIMIT, heard).await.unwrap().unwrap();
    let unplaced =
        async |service| Page::of(service).await.get("scs_devices_unplaced", &[("station", "shelf")]);
    assert_eq!(unplaced(&service).await, Some(1.0));
    service.put("/api/v1/stations/desk/ports/4/device", &json!({"device": "guest"})).await;
    assert_eq!(unplaced(&service).await, Some(0.0));
    service.stop().await;
}

#[tokio::test]
async fn where_a_token_is_needed_any_will_do_for_numbers() {
    let tokens = &[("prometheus", "report")];
    let service = TestService::start(Options { access: Access::Tokens, tokens, ..Options::default() }).await;
    let nobody = service.request("GET", "/metrics").send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(nobody.headers()["content-type"], "application/problem+json");
    let known = service.request("GET", "/metrics").bearer_auth(&service.secrets["prometheus"]);
    assert_eq!(known.send().await.unwrap().status(), 200);
    assert_eq!(service.request("POST", "/metrics").send().await.unwrap().status(), 405);
    service.stop().await;
}
