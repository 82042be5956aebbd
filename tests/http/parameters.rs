//! Parameters of rules that people set while the service runs.

use serde_json::json;

use crate::support::{Options, TestService, answer};

const PORT: &str = "/api/v1/stations/desk/ports/1";
const HIGH: &str = "/api/v1/stations/desk/ports/1/parameters/keep-between/high";

#[tokio::test]
async fn a_form_can_be_made_filled_in_and_taken_back() {
    let service = TestService::start(Options::default()).await;
    let (status, form) = service.get(&format!("{PORT}/parameters")).await;
    let mut high = json!({
        "rule": "keep-between", "guard": false, "name": "high", "type": "integer", "description": "",
        "default": 80, "file": null, "set": null, "value": 80
    });
    assert_eq!((status, &form), (200, &json!([high])));
    service.post("/api/v1/reports", &json!({"device": "pixel-7", "level": 70})).await;

    let (status, form) = service.put(HIGH, &json!({"value": 60})).await;
    assert_eq!(status, 200, "{form}");
    let at = form[0]["set"]["at"].clone();
    let set = json!({
        "rule": "keep-between", "name": "high", "value": 60, "by": "REST", "at": at, "problem": null
    });
    (high["set"], high["value"]) = (set.clone(), json!(60));
    assert_eq!(form, json!([high]));
    let (_, port) = service.get(PORT).await;
    assert_eq!((&port["adjusted"], &port["wanted"]), (&json!([set]), &json!("off")));
    let (_, events) = service.get("/api/v1/events/past?station=desk&port=1").await;
    let told = events["events"].as_array().unwrap().iter().any(|event| event["code"] == "parameter_changed");
    assert!(told, "{events}");

    let (status, form) = answer(service.request("DELETE", HIGH)).await;
    assert_eq!((status, &form[0]["set"], &form[0]["value"]), (200, &json!(null), &json!(80)));
    let (_, port) = service.get(PORT).await;
    assert_eq!(port["adjusted"], json!([]));
    service.stop().await;
}

#[tokio::test]
async fn a_reader_may_look_and_not_set() {
    let tokens = &[("reader", "report"), ("operator", "operate")];
    let service = TestService::start(Options { tokens, ..Options::default() }).await;
    let ask = |method: &str, path: &str, who: &str| {
        let request = service.request(method, path).bearer_auth(&service.secrets[who]);
        answer(if method == "PUT" { request.json(&json!({"value": 60})) } else { request })
    };
    assert_eq!(ask("GET", &format!("{PORT}/parameters"), "reader").await.0, 200);
    for method in ["PUT", "DELETE"] {
        assert_eq!(ask(method, HIGH, "reader").await.0, 403);
    }
    let (status, form) = ask("PUT", HIGH, "operator").await;
    assert_eq!((status, &form[0]["set"]["by"]), (200, &json!("REST (operator)")));
    service.stop().await;
}
