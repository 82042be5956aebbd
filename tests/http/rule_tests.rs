//! Tests of rules over the API: before a rule is saved, and from decisions.

use serde_json::json;

use crate::support::{Options, TestService};

const RULE: &str = "//! Mine.\nif battery.level < 30 { charge(`${battery.level}% is low`); }\n";

#[tokio::test]
async fn a_rule_that_is_not_saved_is_tested_and_nothing_changes() {
    let service = TestService::start(Options::default()).await;
    let tests = "[(name: \"low\", battery: (level: 20), expect: Charge),\n(name: \"wrong\", battery: (level: 40), expect: Rest),\n\
                 (name: \"night\", rules: [\"mine\", \"keep-between\"], hours: 9, start: (level: 90), expect: [Off(\"23:00\"), Switches(max: 1)])]";
    let body = json!({"rule": "mine", "text": RULE, "tests": tests});
    let (status, told) = service.post("/api/v1/rules/test", &body).await;
    assert_eq!((status, &told["ok"], &told["problems"]), (200, &json!(false), &json!([])), "{told}");
    let passed: Vec<_> =
        told["tests"].as_array().unwrap().iter().map(|test| test["passed"].clone()).collect();
    assert_eq!(passed, [json!(true), json!(false), json!(true)], "{told}");
    let wrong = &told["tests"][1];
    assert_eq!(
        (&wrong["line"], &wrong["expected"], &wrong["got"]),
        (&json!(2), &json!("rest"), &json!("nothing"))
    );
    assert!(wrong["values"].as_array().unwrap().contains(&json!({"name": "battery.level", "value": "40"})));
    assert_eq!(told["tests"][2]["kind"], "night");

    // The rule is not there afterwards; the one that is there is tested with other tests.
    let (_, told) = service.post("/api/v1/rules/test", &json!({"rule": "mine"})).await;
    assert_eq!(told["problems"][0]["code"], "unknown-rule", "{told}");
    let tests = "[(name: \"full\", battery: (level: 85), expect: Rest)]";
    let (_, told) =
        service.post("/api/v1/rules/test", &json!({"rule": "keep-between", "tests": tests})).await;
    assert_eq!(told["ok"], json!(true), "{told}");
    service.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_an_unsaved_rule_comes_with_its_place() {
    let service = TestService::start(Options::default()).await;
    let body = json!({"rule": "mine", "text": "//! Mine.\nif battery.lvel < 30 { charge(\"low\"); }\n"});
    let (status, told) = service.post("/api/v1/rules/test", &body).await;
    assert_eq!((status, &told["ok"], &told["tests"]), (200, &json!(false), &json!([])), "{told}");
    assert_eq!(
        (&told["problems"][0]["file"], &told["problems"][0]["line"]),
        (&json!("rules/mine.rhai"), &json!(2)),
        "{told}"
    );
    service.stop().await;
}

#[tokio::test]
async fn a_decision_becomes_a_test_that_passes() {
    let service = TestService::start(Options::default()).await;
    let report = json!({"device": "pixel-7", "level": 85, "temperature": 31.5});
    let (_, decision) = service.post("/api/v1/reports", &report).await;
    let path = format!("/api/v1/stations/desk/decisions/{}/test", decision["id"]);
    let (status, case) = service.get(&path).await;
    assert_eq!(
        (status, &case["rule"], &case["holds"]),
        (200, &json!("keep-between"), &json!(true)),
        "{case}"
    );
    let text = case["text"].as_str().unwrap();
    assert!(text.contains("battery: (level: 85, temp: 31.5"), "{text}");
    let body = json!({"rule": "keep-between", "tests": format!("[{text}]")});
    let (_, told) = service.post("/api/v1/rules/test", &body).await;
    assert_eq!(told["ok"], json!(true), "{told}");

    let (status, refused) = service.get(&format!("{path}?rule=cool-down")).await;
    assert_eq!((status, &refused["code"]), (422, &json!("unknown_rule")), "{refused}");
    service.put("/api/v1/stations/desk/ports/1/mode", &json!({"mode": "on"})).await;
    let (_, decision) = service.post("/api/v1/reports", &report).await;
    let path = format!("/api/v1/stations/desk/decisions/{}/test", decision["id"]);
    let (status, refused) = service.get(&path).await;
    assert_eq!((status, &refused["code"]), (422, &json!("rule_needed")), "{refused}");
    let (status, case) = service.get(&format!("{path}?rule=keep-between")).await;
    assert_eq!((status, &case["holds"]), (200, &json!(true)), "{case}");
    service.stop().await;
}
