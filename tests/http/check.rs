//! Files are checked before they are saved.

use serde_json::{Value, json};

use crate::support::{Options, TestService};

const PATH: &str = "/api/v1/rules/check";

async fn checked(service: &TestService, kind: &str, name: &str, text: &str) -> Value {
    let (status, answer) = service.post(PATH, &json!({"kind": kind, "name": name, "text": text})).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn every_problem_comes_with_its_place_and_nothing_changes() {
    let service = TestService::start(Options::default()).await;
    let broken = "//! x\nif battery.lvel < 20 { charge(\"low\"); }";
    let answer = checked(&service, "rule", "keep-between", broken).await;
    assert_eq!(answer["ok"], false);
    let problem = &answer["problems"][0];
    assert_eq!(
        *problem,
        json!({
            "file": "rules/keep-between.rhai", "line": 2, "column": 12, "length": 4, "severity": "error",
            "code": "unknown-name", "message": "`battery` has no `lvel`", "hint": "did you mean `level`?",
        })
    );
    let answer = checked(&service, "rule", "keep-between", "keep(\"x\");").await;
    assert_eq!((&answer["ok"], &answer["problems"][0]["code"]), (&json!(true), &json!("no-description")));
    let answer = checked(&service, "rule", "new", "//! x\nkeep(\"x\");").await;
    assert_eq!(answer, json!({"ok": true, "problems": []}));
    service.stop().await;
}

#[tokio::test]
async fn stations_and_tests_are_checked_with_the_rules_at_work() {
    let service = TestService::start(Options::default()).await;
    let station = "(switch: Simulated(), rules: [(rule: \"keep-betwen\")], ports: {1: ()})";
    let answer = checked(&service, "station", "new", station).await;
    let problem = &answer["problems"][0];
    assert_eq!((&problem["file"], &problem["code"]), (&json!("stations/new.ron"), &json!("unknown-rule")));
    assert_eq!((&problem["column"], &problem["length"]), (&json!(38), &json!(13)), "{problem}");
    let answer = checked(&service, "test", "keep-between", "[(name: \"n\", expect: Char)]").await;
    assert_eq!(answer["problems"][0]["file"], "rules/keep-between.test.ron", "{answer}");
    service.stop().await;
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let service = TestService::start(Options::default()).await;
    for (body, code) in [
        (json!({"kind": "rule", "name": "../x", "text": ""}), "invalid_name"),
        (json!({"kind": "rule", "name": "", "text": ""}), "invalid_name"),
        (json!({"kind": "script", "name": "x", "text": ""}), "invalid_value"),
        (json!({"kind": "rule", "name": "x"}), "invalid_value"),
        (json!({"kind": "rule", "name": "x", "text": "", "save": true}), "invalid_value"),
    ] {
        let (status, answer) = service.post(PATH, &body).await;
        assert_eq!((status, &answer["code"]), (422, &json!(code)), "{body} {answer}");
    }
    let (status, answer) =
        service.post(PATH, &json!({"kind": "rule", "name": "x", "text": "x".repeat(70_000)})).await;
    assert_eq!((status, &answer["code"]), (413, &json!("body_too_large")), "{answer}");
    service.stop().await;
}
