//! Rules changed by the API: the same way as a save with an editor, and nobody's text is lost.

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::{
    folder::{DESK, Folder, RULE, rule},
    service::Service,
};

pub(crate) const PATH: &str = "/api/v1/rules/keep-between";
pub(crate) const FILE: &str = "rules/keep-between.rhai";

/// The ETag of a rule as it is now.
pub(crate) async fn etag(service: &Service, path: &str) -> String {
    let answer = service.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.headers()[header::ETAG].to_str().unwrap().to_owned()
}

/// Puts a rule with a condition; the status and the answer.
pub(crate) async fn put(
    service: &Service,
    path: &str,
    (condition, value): (&str, &str),
    body: &Value,
) -> (u16, Value) {
    let request = service.request(Method::PUT, path).header(condition, value).json(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

pub(crate) fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

/// Nothing of a change that was made or given up is left behind.
pub(crate) fn nothing_is_left_behind(folder: &Folder) {
    let names = std::fs::read_dir(folder.path("rules")).unwrap().map(|entry| entry.unwrap().file_name());
    let hidden: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}

#[tokio::test]
async fn a_put_is_on_disk_and_at_work_when_it_is_answered() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let tag = etag(&service, PATH).await;
    let tests = r#"[(name: "rests", battery: (level: 60), expect: Rest)]"#;
    let body = json!({"text": rule(60), "tests": tests});
    let (status, answer) = put(&service, PATH, ("if-match", &tag), &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((&answer["text"], &answer["tests"]), (&json!(rule(60)), &json!(tests)));
    assert_eq!(answer["rule"]["parameters"][1]["default"], 60);
    assert_eq!(service.report("one", 70).await["reason"], "70% is at or over 60%");
    assert_eq!(read(&folder, FILE), rule(60));
    assert_eq!(read(&folder, "rules/keep-between.test.ron"), tests);
    let version = service.version().await;
    events.sees("config_loaded", &[("version", json!(version))]).await;
    // The tag of the answer is that of the next change, and tests that are not given stay.
    let next = etag(&service, PATH).await;
    assert_ne!(next, tag);
    assert_eq!(answer["rule"]["etag"], next);
    let (status, answer) = put(&service, PATH, ("if-match", &next), &json!({"text": rule(55)})).await;
    assert_eq!((status, &answer["tests"]), (200, &json!(tests)), "{answer}");
    let next = answer["rule"]["etag"].as_str().unwrap();
    let body = json!({"text": rule(55), "tests": ""});
    let (status, answer) = put(&service, PATH, ("if-match", next), &body).await;
    assert_eq!((status, &answer["tests"]), (200, &json!(null)), "{answer}");
    assert!(!folder.path("rules/keep-between.test.ron").exists());
    nothing_is_left_behind(&folder);
}

#[tokio::test]
async fn without_the_right_tag_nothing_is_changed() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let version = service.version().await;
    let body = json!({"text": rule(60)});
    let (status, problem) = service.ask(Method::PUT, PATH, Some(body.clone())).await;
    assert_eq!((status, &problem["code"]), (428, &json!("precondition_required")));
    let tag = etag(&service, PATH).await;
    let weak = format!("W/{tag}");
    for condition in [("if-match", "\"other\""), ("if-match", weak.as_str()), ("if-none-match", "*")] {
        let (status, problem) = put(&service, PATH, condition, &body).await;
        assert_eq!((status, &problem["code"]), (412, &json!("precondition_failed")), "{condition:?}");
    }
    let (status, _) = put(&service, "/api/v1/rules/new", ("if-match", "*"), &body).await;
    assert_eq!(status, 412);
    assert_eq!((read(&folder, FILE), service.version().await), (RULE.to_owned(), version));
    let (status, _) = put(&service, PATH, ("if-match", &format!("\"x\", {tag}")), &body).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn what_would_not_be_taken_is_not_written() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let version = service.version().await;
    let body = json!({"text": "//! x\nif battery.level > 5 {\n    rest(\"why\"\n}\n"});
    let (status, problem) = put(&service, PATH, ("if-match", "*"), &body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("config_rejected")), "{problem}");
    let first = &problem["problems"][0];
    assert_eq!((&first["file"], &first["line"]), (&json!(FILE), &json!(3)));
    assert_eq!((read(&folder, FILE), service.version().await), (RULE.to_owned(), version));
    assert_eq!(service.config().await["rejected"], json!(null));
}

#[tokio::test]
async fn what_could_not_be_read_again_is_not_written() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let body = json!({"text": format!("{RULE}// {}\n", "x".repeat(1_000_000))});
    let (status, problem) = put(&service, PATH, ("if-match", "*"), &body).await;
    assert_eq!((status, &problem["problems"][0]["code"]), (422, &json!("large-file")), "{problem}");
    assert_eq!(read(&folder, FILE), RULE);
    let edits = json!({"edits": [{"kind": "station", "name": "desk", "text": null}]});
    assert_eq!(service.ask(Method::PUT, "/api/v1/shadow", Some(edits)).await.0, 200);
    let (status, problem) = service.ask(Method::POST, "/api/v1/shadow/promote", None).await;
    assert_eq!((status, &problem["problems"][0]["code"]), (422, &json!("no-station")), "{problem}");
    assert_eq!(read(&folder, "stations/desk.ron"), DESK);
    assert_eq!(service.config().await["rejected"], json!(null));
    service.stop().await;
}

#[tokio::test]
async fn a_rule_comes_and_goes_and_one_in_use_stays() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let path = "/api/v1/rules/mine";
    let text = "//! Mine.\nif battery.level < 5 { charge(\"low\"); }\n";
    let request = service.request(Method::PUT, path).header("if-none-match", "*");
    let request = request.header("content-type", "text/plain; charset=utf-8").header("accept", "text/plain");
    let answer = request.body(text).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), text);
    let rules = service.get("/api/v1/rules").await;
    let short: Vec<_> = rules.as_array().unwrap().iter().map(|r| (&r["name"], &r["used_by"])).collect();
    assert_eq!(short, [(&json!("keep-between"), &json!(["desk"])), (&json!("mine"), &json!([]))]);

    let tag = etag(&service, path).await;
    let gone = async |path: &str, tag: &str| {
        let answer = service.request(Method::DELETE, path).header("if-match", tag).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(gone(path, "\"other\"").await.0, 412);
    let (status, answer) = gone(path, &tag).await;
    assert_eq!((status, &answer["files"]), (200, &json!(["rules/mine.rhai"])), "{answer}");
    assert!(!folder.path("rules/mine.rhai").exists());
    assert_eq!(gone(path, "*").await.0, 404);
    let (status, problem) = gone(PATH, "*").await;
    assert_eq!((status, &problem["code"]), (409, &json!("rule_in_use")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("stations/desk.ron"), "{problem}");
    assert_eq!(problem["problems"][0]["file"], "stations/desk.ron");
    assert!(folder.path(FILE).exists());
    nothing_is_left_behind(&folder);
}

#[tokio::test]
async fn of_two_puts_at_once_one_wins() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    for round in 0..10_u8 {
        let tag = etag(&service, PATH).await;
        let bodies: Vec<Value> = (0..4).map(|n| json!({"text": rule(40 + 4 * round + n)})).collect();
        let puts = bodies.iter().map(|body| put(&service, PATH, ("if-match", &tag), body));
        let answers = futures_util::future::join_all(puts).await;
        let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
        let winner = answers.iter().position(|(status, _)| *status == 200).expect("one wins");
        assert_eq!(json!(read(&folder, FILE)), bodies[winner]["text"]);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412], "{answers:?}");
    }
}

#[tokio::test]
async fn a_text_that_was_not_taken_is_shown_and_not_overwritten_unseen() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let tag = etag(&service, PATH).await;
    folder.write(FILE, "broken(");
    events.sees("config_rejected", &[]).await;
    let shown = service.get(PATH).await;
    assert_eq!((&shown["text"], &shown["rule"]["etag"]), (&json!(RULE), &json!(tag)));
    assert_eq!(shown["file"]["text"], "broken(");
    let body = json!({"text": rule(60)});
    assert_eq!(put(&service, PATH, ("if-match", &tag), &body).await.0, 412);
    assert_eq!(read(&folder, FILE), "broken(");
    let seen = shown["file"]["etag"].as_str().unwrap();
    let (status, answer) = put(&service, PATH, ("if-match", seen), &body).await;
    assert_eq!((status, &answer["file"]), (200, &json!(null)), "{answer}");
    assert_eq!(service.config().await["rejected"], json!(null));
    // A file that never was at work can be seen and removed, too: else it could block all others.
    folder.write("rules/new.rhai", "broken(");
    events.sees_after(events.count(), "config_rejected", &[]).await;
    let shown = service.get("/api/v1/rules/new").await;
    assert_eq!((&shown["rule"], &shown["file"]["text"]), (&json!(null), &json!("broken(")));
    let tag = etag(&service, "/api/v1/rules/new").await;
    let gone = service.request(Method::DELETE, "/api/v1/rules/new").header("if-match", tag);
    assert_eq!(gone.send().await.unwrap().status(), 200);
    assert_eq!(service.config().await["rejected"], json!(null));
}

#[tokio::test]
async fn somebody_elses_broken_file_keeps_a_change_out_and_is_named() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    folder.write("stations/desk.ron", &DESK.replace("min_hold", "min_hole"));
    events.sees("config_rejected", &[]).await;
    let (status, problem) = put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await;
    assert_eq!((status, &problem["problems"][0]["file"]), (422, &json!("stations/desk.ron")), "{problem}");
    assert_eq!(read(&folder, FILE), RULE);
}

#[tokio::test]
async fn the_answer_holds_after_a_kill() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    let version = service.version().await;
    service.kill().await;
    let service = Service::start(&folder).await;
    assert_eq!(service.version().await, version);
    let log = service.get("/api/v1/versions").await;
    assert_eq!(log["versions"].as_array().unwrap().len(), 2, "{log}");
    let newest = &log["versions"][0];
    assert_eq!((&newest["version"], &newest["at_work"]), (&json!(version), &json!(true)));
    assert_eq!(newest["origin"], json!({"source": "api", "by": "REST", "of": null}));
    assert_eq!(newest["changes"], json!([{"kind": "rule", "name": "keep-between", "change": "changed"}]));
}

/// A crash between the file and the reload: the next start takes what is on the disk.
#[tokio::test]
async fn what_was_written_before_a_crash_is_taken_at_the_next_start() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    service.kill().await;
    folder.write(FILE, &rule(60));
    folder.write("rules/.keep-between.rhai.Ab3xYz", "what a crash in the middle of a change leaves");
    let service = Service::start(&folder).await;
    assert_eq!(service.report("one", 70).await["verdict"], "rest");
    let log = service.get("/api/v1/versions").await;
    let sources: Vec<_> =
        log["versions"].as_array().unwrap().iter().map(|version| &version["origin"]["source"]).collect();
    assert_eq!(sources, ["start", "start"]);
}
