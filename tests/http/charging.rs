//! How devices charge, over the API: what was learned, and the sessions of the past.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use serde_json::{Value, json};
use smart_charging_station::model::{
    Celsius, DeviceName, Level, PortId, Record, Session, Span, StationName, Timestamp,
};

use crate::support::{Options, TestService};

/// A session of the phone that began so many hours after the start of 2026.
fn session(hour: i64) -> Record {
    let began_at = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + Span::from_hours(hour);
    Record::Session(Box::new(Session {
        station: StationName::new("desk").unwrap(),
        port: PortId::new(1).unwrap(),
        device: DeviceName::new("pixel-7").unwrap(),
        plugged_at: Some(began_at),
        began_at,
        ended_at: began_at + Span::from_mins(90),
        from: Level::new(30).unwrap(),
        to: Level::new(87).unwrap(),
        hottest: Some(Celsius::new(38.5).unwrap()),
        minutes_above_80: 12.34,
    }))
}

#[tokio::test]
async fn nothing_is_said_of_a_rate_before_enough_was_seen() {
    let service = TestService::start(Options::default()).await;
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    let (status, learned) = service.get("/api/v1/devices/pixel-7/learned").await;
    let charge_per_hour = learned["charge_per_hour"].clone();
    let unknown = json!({"device": "pixel-7", "knows_rate": false, "sure": 0, "bands": [], "minutes_to_full": null,
        "drain_per_hour": null, "charge_per_hour": charge_per_hour});
    assert_eq!((status, learned), (200, unknown));
    assert!(charge_per_hour.as_f64().unwrap() > 0.0);
    let (_, port) = service.get("/api/v1/stations/desk/ports/1").await;
    assert_eq!(port["unwell"], Value::Null);
    for path in ["/api/v1/devices/nobody/learned", "/api/v1/devices/nobody/sessions"] {
        let (status, problem) = service.get(path).await;
        assert_eq!((status, &problem["code"]), (404, &json!("unknown_device")), "{problem}");
    }
    service.stop().await;
}

#[tokio::test]
async fn sessions_are_shown_page_by_page() {
    let service = TestService::start(Options::default()).await;
    for hour in [0, 24, 48] {
        service.journal.send(session(hour)).await.unwrap();
    }
    let path = "/api/v1/devices/pixel-7/sessions";
    let (status, page) = service.get(&format!("{path}?limit=2")).await;
    assert_eq!((status, page["sessions"].as_array().unwrap().len()), (200, 2), "{page}");
    let newest = &page["sessions"][0];
    let shown = ["began_at", "ended_at", "minutes", "from", "to", "per_hour", "hottest", "minutes_above_80"];
    assert_eq!(
        shown.map(|name| newest[name].clone()).to_vec(),
        json!(["2026-01-03T00:00:00Z", "2026-01-03T01:30:00Z", 90.0, 30, 87, 38.0, 38.5, 12.3])
            .as_array()
            .unwrap()
            .clone()
    );
    let next = page["next"].as_str().unwrap();
    let (_, rest) = service.get(&format!("{path}?limit=2&before={next}")).await;
    assert_eq!((rest["sessions"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null), "{rest}");
    let (_, late) = service.get(&format!("{path}?since=2026-01-02T12:00:00Z")).await;
    assert_eq!(late["sessions"].as_array().unwrap().len(), 1, "{late}");
    let (status, problem) = service.get(&format!("{path}?before=yesterday")).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_parameter")), "{problem}");
    service.stop().await;
}
