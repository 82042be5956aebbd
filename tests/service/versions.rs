//! Every version that was at work can be looked at and brought back.

use std::fs;

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    folder::{DESK, Folder, RULE, rule},
    rules::{FILE, PATH, put, read},
    service::Service,
};

async fn log(service: &Service) -> Vec<Value> {
    service.get("/api/v1/versions").await["versions"].as_array().unwrap().clone()
}

async fn rollback(service: &Service, version: &str, more: &str) -> (u16, Value) {
    service.ask(Method::POST, &format!("/api/v1/versions/{version}/rollback{more}"), None).await
}

#[tokio::test]
async fn the_log_says_who_brought_what() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let first = service.version().await;
    folder.write("rules/mine.rhai", "//! Mine.\nif battery.level < 5 { charge(\"low\"); }\n");
    events.sees("config_loaded", &[]).await;
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    fs::remove_file(folder.path("rules/mine.rhai")).unwrap();
    service.until("four versions", async |service| log(service).await.len() == 4).await;
    let log = log(&service).await;
    let told: Vec<Value> =
        log.iter().map(|line| json!([line["origin"]["source"], line["changes"], line["at_work"]])).collect();
    let change = |name, change| json!([{"kind": "rule", "name": name, "change": change}]);
    assert_eq!(
        told,
        [
            json!(["files", change("mine", "removed"), true]),
            json!(["api", change("keep-between", "changed"), false]),
            json!(["files", change("mine", "added"), false]),
            json!(["start", [], false]),
        ]
    );
    let page = service.get("/api/v1/versions?limit=2").await;
    assert_eq!(page["versions"].as_array().unwrap()[..], log[..2]);
    let rest = service.get(&format!("/api/v1/versions?before={}", page["next"])).await;
    assert_eq!((&rest["versions"].as_array().unwrap()[..], &rest["next"]), (&log[2..], &json!(null)));
    let of_rule = service.get("/api/v1/versions?rule=mine").await;
    assert_eq!(of_rule["versions"], json!([log[0], log[2]]));
    let detail = service.get(&format!("/api/v1/versions/{first}")).await;
    assert_eq!(detail["files"][0]["path"], "stations/desk.ron");
    assert_eq!(detail["files"][1]["text"], RULE);
}

#[tokio::test]
async fn a_version_comes_back_with_all_its_files() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let first = service.version().await;
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    let more = json!({"text": "//! Mine.\nif battery.level < 5 { charge(\"low\"); }\n"});
    assert_eq!(put(&service, "/api/v1/rules/mine", ("if-none-match", "*"), &more).await.0, 200);
    let (status, answer) = rollback(&service, &first, "").await;
    assert_eq!(
        (status, &answer["version"], &answer["kept_aside"]),
        (200, &json!(first), &json!([])),
        "{answer}"
    );
    assert_eq!(answer["files"], json!([FILE, "rules/mine.rhai"]));
    assert_eq!(read(&folder, FILE), RULE);
    assert!(!folder.path("rules/mine.rhai").exists());
    assert_eq!(service.report("one", 70).await["verdict"], "keep");
    let newest = log(&service).await.remove(0);
    assert_eq!(newest["origin"], json!({"source": "rollback", "by": "REST", "of": first}));
    assert_eq!(newest["version"], first);
    // Once more changes nothing.
    let (status, answer) = rollback(&service, &first, "").await;
    assert_eq!((status, &answer["files"]), (200, &json!([])), "{answer}");
    assert_eq!(log(&service).await.len(), 4);
}

#[tokio::test]
async fn one_rule_can_come_back_alone() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let first = service.version().await;
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    let desk = DESK.replace("two", "tablet");
    let seen = events.count();
    folder.write("stations/desk.ron", &desk);
    events.sees_after(seen, "config_loaded", &[]).await;
    let (status, answer) = rollback(&service, &first, "?rule=keep-between").await;
    assert_eq!((status, &answer["files"]), (200, &json!([FILE])), "{answer}");
    assert_eq!((read(&folder, FILE), read(&folder, "stations/desk.ron")), (RULE.to_owned(), desk));
    let (status, problem) = rollback(&service, &first, "?rule=mine").await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_rule")));
    let (status, problem) = rollback(&service, "0123456789ab", "").await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_version")));
    let (status, problem) = rollback(&service, "last", "").await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_parameter")));
}

#[tokio::test]
async fn a_broken_text_is_kept_aside_when_the_last_good_version_comes_back() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let first = service.version().await;
    folder.write(FILE, "two hours of work, and then(");
    folder.write("stations/attic.ron", "(broken");
    events.sees("config_rejected", &[]).await;
    // Stations stay, whatever they are: only a person takes one away.
    let (status, problem) = rollback(&service, &first, "").await;
    assert_eq!((status, &problem["problems"][0]["file"]), (422, &json!("stations/attic.ron")), "{problem}");
    assert_eq!(read(&folder, FILE), "two hours of work, and then(");
    fs::remove_file(folder.path("stations/attic.ron")).unwrap();
    let (status, answer) = rollback(&service, &first, "").await;
    assert_eq!((status, &answer["version"]), (200, &json!(first)), "{answer}");
    assert_eq!(answer["kept_aside"], json!(["rules/keep-between.rhai~"]));
    assert_eq!(read(&folder, "rules/keep-between.rhai~"), "two hours of work, and then(");
    assert_eq!(read(&folder, FILE), RULE);
    assert_eq!(service.config().await["rejected"], json!(null));
}

/// Overwrites the first page of a table with nonsense.
fn break_table(folder: &Folder, table: &str) {
    let path = folder.path("history.db");
    let connection = Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: u32 = connection.query_row(sql, [table], |row| row.get(0)).unwrap();
    let size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    let nonsense = vec![0xa5; usize::try_from(size).unwrap()];
    std::os::unix::fs::FileExt::write_all_at(&file, &nonsense, u64::from(page - 1) * u64::from(size))
        .unwrap();
}

#[tokio::test]
async fn what_is_at_work_is_noted_again_when_history_is_moved_aside() {
    let folder = Folder::new();
    folder.settings("    history: (path: \"history.db\"),\n");
    let service = Service::start(&folder).await;
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    let version = service.version().await;
    break_table(&folder, "versions");
    break_table(&folder, "events");
    // The next event is where the break is found.
    service.set_mode(3, json!({"mode": "off"})).await;
    service
        .until("a new history that knows the version at work", async |service| {
            let (status, log) = service.ask(Method::GET, "/api/v1/versions", None).await;
            status == 200
                && log["versions"].as_array().is_some_and(|versions| versions.len() == 1)
                && log["versions"][0]["version"] == version
                && log["versions"][0]["origin"]["source"] == "api"
        })
        .await;
    let kept = service.get(&format!("/api/v1/versions/{version}")).await;
    assert_eq!(kept["files"][1]["text"], rule(60));
    // It is the last good one again.
    service.kill().await;
    folder.write(FILE, "broken(");
    let service = Service::start(&folder).await;
    assert_eq!(service.version().await, version);
}
