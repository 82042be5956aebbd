//! Changed rules run beside those at work, for as long as one likes, and are then made or dropped.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    events::Events,
    folder::{Folder, RULE, rule},
    service::Service,
};

const SHADOW: &str = "/api/v1/shadow";

async fn start(service: &Service, text: &str) -> Value {
    let edits = json!({"edits": [{"kind": "rule", "name": "keep-between", "text": text}]});
    let (status, shadow) = service.ask(Method::PUT, SHADOW, Some(edits)).await;
    assert_eq!(status, 200, "{shadow}");
    shadow
}

async fn save(folder: &Folder, events: &Events, name: &str, text: &str) {
    let seen = events.count();
    folder.write(name, text);
    events.sees_after(seen, "config_loaded", &[]).await;
}

fn written(folder: &Folder) -> String {
    fs::read_to_string(folder.path("rules/keep-between.rhai")).unwrap()
}

#[tokio::test]
async fn it_differs_is_counted_over_restarts_and_a_kill_and_promoted() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    assert_eq!(service.ask(Method::GET, SHADOW, None).await.0, 404);
    assert_eq!(service.get("/api/v1/service").await["shadow"], false);
    let begun = start(&service, &rule(60)).await;
    assert_eq!(service.get("/api/v1/service").await["shadow"], true);
    assert_eq!(begun["over"], json!(service.version().await));
    assert_eq!(service.report("one", 70).await["verdict"], "keep");
    let shadow = service.get(SHADOW).await;
    assert_eq!(shadow["ports"][0]["tally"]["differences"], 1, "{shadow}");
    let last = &shadow["decisions"][0];
    assert_eq!((&last["device"], &last["switches"]), (&json!("one"), &json!(true)));
    assert_eq!((&last["active"]["verdict"], &last["shadow"]["verdict"]), (&json!("keep"), &json!("rest")));
    assert_eq!(last["shadow"]["reason"], "70% is at or over 60%");
    assert_eq!(service.port(1).await["wanted"], json!(null), "it decides nothing");
    service.stop().await;

    let service = Service::start(&folder).await;
    let shadow = service.get(SHADOW).await;
    assert_eq!((&shadow["id"], &shadow["edits"]), (&begun["id"], &begun["edits"]));
    assert_eq!(shadow["total"]["differences"], 1, "{shadow}");
    service.report("two", 65).await;
    // What is shown was written.
    service
        .until("a second difference", async |service| {
            let page = service.get("/api/v1/shadow/decisions?limit=1").await;
            page["decisions"][0]["device"] == "two" && page["next"].is_number()
        })
        .await;
    service.kill().await;

    let service = Service::start(&folder).await;
    let shadow = service.get(SHADOW).await;
    assert_eq!((&shadow["id"], &shadow["total"]["differences"]), (&begun["id"], &json!(2)), "{shadow}");
    let (status, done) = service.ask(Method::POST, "/api/v1/shadow/promote", None).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["version"], begun["version"]);
    assert_eq!(
        (written(&folder), service.version().await),
        (rule(60), begun["version"].as_str().unwrap().to_owned())
    );
    assert_eq!(service.ask(Method::GET, SHADOW, None).await.0, 404);
    assert_eq!(service.report("one", 70).await["verdict"], "rest");
    service.stop().await;
}

#[tokio::test]
async fn it_follows_the_files_waits_while_it_does_not_check_and_overwrites_nobody() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let begun = start(&service, &RULE.replace("\"high\"", "\"upper\"")).await;
    let with = |parameter: &str| {
        crate::folder::DESK.replace(
            "(rule: \"keep-between\")",
            &format!("(rule: \"keep-between\", with: {{\"{parameter}\": 70}})"),
        )
    };
    save(&folder, &events, "stations/desk.ron", &with("high")).await;
    events.sees("shadow_waits", &[]).await;
    let waits = service.get(SHADOW).await;
    assert_eq!((&waits["id"], &waits["version"]), (&begun["id"], &json!(null)));
    assert_eq!(waits["problems"][0]["code"], "unknown-parameter", "{waits}");
    let (status, told) = service.ask(Method::POST, "/api/v1/shadow/promote", None).await;
    assert_eq!((status, &told["code"]), (409, &json!("shadow_waits")));

    save(&folder, &events, "stations/desk.ron", crate::folder::DESK).await;
    service
        .until("it goes on", async |service| service.get(SHADOW).await["version"] == begun["version"])
        .await;
    save(&folder, &events, "rules/keep-between.rhai", &rule(75)).await;
    service
        .until("it is overtaken", async |service| {
            service.get(SHADOW).await["overtaken"].as_array().is_some_and(|files| files.len() == 1)
        })
        .await;
    let (status, told) = service.ask(Method::POST, "/api/v1/shadow/promote", None).await;
    assert_eq!((status, &told["code"]), (409, &json!("shadow_overtaken")), "{told}");
    assert_eq!(written(&folder), rule(75));
    assert_eq!(service.ask(Method::DELETE, SHADOW, None).await.0, 200);
    assert_eq!(service.ask(Method::GET, SHADOW, None).await.0, 404);
    assert_eq!(service.ask(Method::DELETE, SHADOW, None).await.1["code"], "no_shadow");
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_run_is_told_and_leaves_what_runs() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let begun = start(&service, &rule(60)).await;
    let edit = |kind: &str, name: &str, text: &str| json!({"kind": kind, "name": name, "text": text});
    let cases = [
        (json!([]), "invalid_value"),
        (json!([edit("rule", "../../etc/passwd", "x")]), "invalid_value"),
        (json!([edit("poem", "x", "x")]), "invalid_value"),
        (json!([edit("rule", "x", "//! X.\n"), edit("rule", "x", "//! Y.\n")]), "invalid_value"),
        (json!([edit("rule", "keep-between", RULE)]), "nothing_changed"),
        (json!([edit("rule", "keep-between", "if {")]), "shadow_rejected"),
    ];
    for (edits, code) in cases {
        let (status, told) = service.ask(Method::PUT, SHADOW, Some(json!({"edits": edits}))).await;
        assert_eq!((status, told["code"].as_str()), (422, Some(code)), "{told}");
        assert_eq!(code == "shadow_rejected", told["problems"][0]["line"].is_number(), "{told}");
    }
    assert_eq!(service.get(SHADOW).await["id"], begun["id"]);
    let next = start(&service, &rule(55)).await;
    assert!(next["id"].as_i64() > begun["id"].as_i64());
    assert_eq!(next["total"]["differences"], 0);
    service.stop().await;
}

#[tokio::test]
async fn a_parameter_that_somebody_set_outlives_a_kill_and_is_in_the_decisions() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let path = "/api/v1/stations/desk/ports/1/parameters/keep-between/high";
    let (status, form) = service.ask(Method::PUT, path, Some(json!({"value": 60}))).await;
    assert_eq!(status, 200, "{form}");
    service.kill().await;
    let service = Service::start(&folder).await;
    let decision = service.report("one", 70).await;
    assert_eq!(
        (&decision["verdict"], &decision["reason"]),
        (&json!("rest"), &json!("70% is at or over 60%"))
    );
    assert_eq!(service.port(1).await["adjusted"][0]["value"], 60);
    service.stop().await;
}
