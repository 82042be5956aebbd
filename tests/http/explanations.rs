//! Why a port is as it is, as clients read it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use serde_json::{Value, json};

use crate::support::{Options, TestService};

/// The way through the only rule, in words.
fn why(explanation: &Value) -> Vec<&str> {
    let steps = explanation["asked"][0]["why"].as_array().unwrap();
    steps.iter().map(|step| step["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_decision_is_explained_by_value_and_limit() {
    let service = TestService::start(Options::default()).await;
    let (_, decision) = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 85})).await;
    let path = format!("/api/v1/stations/desk/decisions/{}/explanation", decision["id"]);
    let (status, explanation) = service.get(&path).await;
    assert_eq!(status, 200, "{explanation}");
    assert_eq!(explanation["decision"], decision);
    assert_eq!(explanation["facts"]["battery"]["level"], 85);
    let asked = &explanation["asked"][0];
    assert_eq!((&asked["rule"], &asked["role"]), (&json!("keep-between"), &json!("decided")));
    assert_eq!(asked["opinion"]["reason"], decision["reason"]);
    assert!(why(&explanation).iter().any(|text| text.contains("battery.level is 85")), "{asked}");
    let comparison = asked["comparisons"].as_array().unwrap().last().unwrap();
    assert_eq!((&comparison["left"], &comparison["left_value"]), (&json!("battery.level"), &json!(85)));
    assert_eq!(comparison["holds"], true);
    assert_eq!(asked["branches"].as_array().unwrap().last().unwrap()["taken"], true);
    assert_eq!(asked["inputs"][0]["value"], 85);
    service.stop().await;
}

#[tokio::test]
async fn a_port_is_explained_as_it_is_now_also_when_no_rule_speaks() {
    let service = TestService::start(Options::default()).await;
    let path = "/api/v1/stations/desk/ports/1/explanation";
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 50})).await;
    let (status, explanation) = service.get(path).await;
    assert_eq!(status, 200, "{explanation}");
    assert_eq!(explanation["decision"]["by"], "nobody");
    assert_eq!(explanation["asked"][0]["role"], "silent");
    assert!(why(&explanation).iter().all(|text| text.starts_with("does not say ")), "{explanation}");
    let set = json!({"mode": "off", "for": "10 min"});
    service.put("/api/v1/stations/desk/ports/1/mode", &set).await;
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 10})).await;
    let (_, explanation) = service.get(path).await;
    assert_eq!(explanation["decision"]["by"], "mode");
    assert_eq!(explanation["asked"][0]["role"], "overruled", "{explanation}");
    assert!(explanation["summary"].as_str().unwrap().contains("a person says so"), "{explanation}");
    service.stop().await;
}

#[tokio::test]
async fn without_a_report_there_is_nothing_to_ask_rules_about() {
    let service = TestService::start(Options::default()).await;
    let (status, explanation) = service.get("/api/v1/stations/desk/ports/2/explanation").await;
    assert_eq!((status, &explanation["asked"]), (200, &json!([])), "{explanation}");
    assert!(explanation["note"].as_str().unwrap().contains("had not reported"), "{explanation}");
    service.stop().await;
}
