//! What the battery of a device went through.

use serde_json::json;
use smart_charging_station::model::{Span, Timestamp};

use crate::support::{Options, TestService};

#[tokio::test]
async fn what_a_battery_went_through_is_told_as_json_and_as_a_table() {
    let service = TestService::start(Options::default()).await;
    let earlier = |minutes| Timestamp::now().checked_sub(Span::from_mins(minutes)).unwrap();
    for (minutes, level, temperature) in [(30, 90, 36.0), (15, 90, 36.0), (0, 90, 36.0)] {
        let report = json!({
            "device": "pixel-7", "level": level, "temperature": temperature, "charging": false,
            "measured_at": earlier(minutes).to_string(),
        });
        let (status, answer) = service.post("/api/v1/reports", &report).await;
        assert_eq!(status, 200, "{answer}");
    }
    let (status, care) = service.get("/api/v1/devices/pixel-7/care").await;
    assert_eq!(status, 200, "{care}");
    let was = &care["total"]["was"];
    let near = |value: &serde_json::Value, hours: f64| (value.as_f64().unwrap() - hours).abs() < 0.02;
    assert!(near(&was["hours_known"], 0.5) && near(&was["hours_above_80"], 0.5), "{was}");
    assert!(near(&was["hours_above_35_degrees"], 0.5), "{was}");
    assert!(near(&was["hours_by_level"][9], 0.5) && near(&was["hours_by_temperature"][4], 0.5), "{was}");
    assert_eq!((&was["lowest"], &was["highest_temperature"]), (&json!(90.0), &json!(36.0)));
    assert_eq!(care["per_hour_learned"], json!(false));
    assert!(care["total"]["stayed"]["full_cycles"].as_f64().unwrap() > 0.05, "{care}");

    let answer = service.request("GET", "/api/v1/devices/pixel-7/care.csv").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let table = answer.text().await.unwrap();
    assert!(table.starts_with("date,hours_known,hours_above_80,"), "{table}");
    assert_eq!(table.lines().count(), 1 + care["days"].as_array().unwrap().len());
    service.stop().await;
}

#[tokio::test]
async fn wrong_days_and_unknown_devices_are_told() {
    let service = TestService::start(Options::default()).await;
    let code = async |path: &str| {
        let (status, problem) = service.get(&format!("/api/v1/devices/{path}")).await;
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let told = |status, code: &str| (status, code.to_owned());
    assert_eq!(code("nobody/care").await, told(404, "unknown_device"));
    assert_eq!(code("nobody/care.csv").await, told(404, "unknown_device"));
    assert_eq!(code("pixel-7/care?from=2026-11-02&to=2026-11-01").await, told(422, "wrong_days"));
    assert_eq!(code("pixel-7/care?from=2026-01-01&to=2026-11-01").await, told(422, "wrong_days"));
    assert_eq!(code("pixel-7/care?from=yesterday").await, told(400, "invalid_parameter"));
    let (status, care) = service.get("/api/v1/devices/pixel-7/care?from=2026-01-01&to=2026-01-31").await;
    assert_eq!((status, &care["days"]), (200, &json!([])));
    service.stop().await;
}
