//! Numbers from elsewhere, told over the API.

use serde_json::{Value, json};

use crate::support::{Options, TestService};

#[tokio::test]
async fn a_number_that_is_told_is_shown_and_stands_in_the_decision() {
    let service = TestService::start(Options::default()).await;
    let (_, station) = service.get("/api/v1/stations/desk").await;
    assert_eq!(
        station["signals"],
        json!([{"name": "price", "topic": "energy/price", "value": null, "at": null}])
    );

    let path = "/api/v1/stations/desk/signals/price";
    let (status, told) = service.put(path, &json!({"value": 0.21})).await;
    assert_eq!((status, &told["name"], &told["value"]), (200, &json!("price"), &json!(0.21)));
    let (_, station) = service.get("/api/v1/stations/desk").await;
    assert_eq!(station["signals"], json!([told]), "the picture has it once it is answered");

    let (_, decision) = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    assert_eq!(decision["port"], 1, "{decision}");
    let view = service.directory.station("desk").unwrap().view();
    let facts = view.ports.values().next().unwrap().decision.as_ref().unwrap().facts.clone().unwrap();
    assert!((facts.signals["price"].value - 0.21).abs() < 1e-9);

    let (status, problem): (u16, Value) =
        service.put("/api/v1/stations/desk/signals/sun", &json!({"value": 1})).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("unknown_signal")), "{problem}");
    service.stop().await;
}
