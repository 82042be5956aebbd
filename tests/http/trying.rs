//! An edit is tried before it is made, and the past is decided again.

use serde_json::{Value, json};

use crate::support::{Options, RULE, TestService};

/// The rule with another limit.
fn edit(text: &str) -> Value {
    json!({"edits": [{"kind": "rule", "name": "keep-between", "text": text}], "days": 1, "since": "1 h"})
}

#[tokio::test]
async fn an_edit_is_told_as_boundaries_decisions_and_days_and_nothing_changes() {
    let service = TestService::start(Options::default()).await;
    let report = json!({"device": "pixel-7", "level": 23});
    let (_, decision) = service.post("/api/v1/reports", &report).await;
    assert_eq!(decision["verdict"], "keep");
    let (_, config) = service.get("/api/v1/config").await;

    let (status, told) = service.post("/api/v1/rules/try", &edit(&RULE.replace("<= 20", "<= 25"))).await;
    assert_eq!(status, 200, "{told}");
    assert_ne!(told["before"], told["after"]);
    let policies = told["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 1, "{told}");
    assert_eq!(policies[0]["changes"][0]["text"], "level 21–25: nothing → charge");
    assert_eq!(policies[0]["rough"], json!([]));
    assert_eq!(policies[0]["ports"].as_array().unwrap().len(), 4);
    let past = &told["past"];
    assert_eq!(past["differing"], 1, "{past}");
    assert_eq!(past["otherwise"][0]["id"], decision["id"]);
    assert_eq!(past["otherwise"][0]["would"]["reason"], "23% is at or under 20%");
    assert_eq!(told["week"]["days"], 1);

    assert_eq!(service.get("/api/v1/config").await.1, config);
    let (_, decision) = service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 22})).await;
    assert_eq!(decision["verdict"], "keep", "the edit was only tried");
    service.stop().await;
}

#[tokio::test]
async fn an_edit_that_would_not_be_taken_is_told_with_its_place() {
    let service = TestService::start(Options::default()).await;
    let (status, problem) =
        service.post("/api/v1/rules/try", &edit("//! X.\nif batery.level < 5 { }\n")).await;
    assert_eq!((status, &problem["code"]), (422, &json!("config_rejected")));
    assert_eq!(problem["problems"][0]["line"], 2, "{problem}");
    service.stop().await;
}

#[tokio::test]
async fn many_files_fit_into_one_trial() {
    let service = TestService::start(Options::default()).await;
    let long = format!("{RULE}// {}\n", "x".repeat(10_000));
    let edits: Vec<Value> =
        (0..12).map(|n| json!({"kind": "rule", "name": format!("rule-{n}"), "text": long})).collect();
    let (status, told) = service.post("/api/v1/rules/try", &json!({"edits": edits, "days": 0})).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["policies"], json!([]));
    service.stop().await;
}

#[tokio::test]
async fn the_past_decided_again_by_the_same_rules_is_the_same() {
    let service = TestService::start(Options::default()).await;
    for level in [85, 50, 15] {
        service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": level})).await;
    }
    let (status, past) = service.get("/api/v1/replay?since=1%20h&station=desk").await;
    assert_eq!(status, 200, "{past}");
    assert_eq!((&past["decisions"], &past["differing"]), (&json!(3), &json!(0)), "{past}");
    assert_eq!(past["otherwise"], json!([]));
    service.stop().await;
}
