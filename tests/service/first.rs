//! A start with broken files.

use reqwest::Method;
use serde_json::json;

use crate::{
    folder::{DESK, Folder, rule},
    service::{Service, run_to_end},
};

fn break_all(folder: &Folder) {
    folder.write("rules/keep-between.rhai", "//! x\nloop { }\n");
    folder.write("stations/desk.ron", &DESK.replace("min_hold", "min_hole").replace("switch:", "swich:"));
}

#[tokio::test]
async fn without_a_last_good_plan_every_problem_is_told_and_the_exit_code_is_78() {
    let folder = Folder::new();
    break_all(&folder);
    let ended = run_to_end(&folder).await;
    assert_eq!(ended.code, Some(78), "{}", ended.log);
    for problem in [
        "rules/keep-between.rhai:2:1: error[",
        "stations/desk.ron:4:5: error[",
        "stations/desk.ron:5:5: error[",
    ] {
        assert!(ended.log.contains(problem), "`{problem}` is not in:\n{}", ended.log);
    }
}

#[tokio::test]
async fn with_a_last_good_plan_it_is_used_until_the_files_are_repaired() {
    let folder = Folder::new();
    folder.write("rules/keep-between.rhai", &rule(60));
    let service = Service::start(&folder).await;
    let version = service.version().await;
    service.stop().await;
    break_all(&folder);
    let service = Service::start(&folder).await;
    let config = service.config().await;
    assert_eq!(config["active"]["version"], version);
    assert_eq!(config["active"]["from_memory"], true);
    assert!(config["rejected"]["problems"].as_array().unwrap().len() >= 3, "{config}");
    assert!(service.log().contains("stations/desk.ron:4:5: error["), "{}", service.log());
    assert_eq!(service.report("one", 70).await["reason"], "70% is at or over 60%");
    let events = service.events().await;
    folder.write("rules/keep-between.rhai", &rule(70));
    folder.write("stations/desk.ron", DESK);
    events.sees("config_loaded", &[]).await;
    let config = service.config().await;
    assert_eq!((&config["active"]["from_memory"], &config["rejected"]), (&json!(false), &json!(null)));
    assert_eq!(service.report("one", 65).await["verdict"], "keep");
}

#[tokio::test]
async fn the_files_of_the_last_good_plan_put_back_end_its_use() {
    let folder = Folder::new();
    Service::start(&folder).await.kill().await;
    folder.write("stations/desk.ron", "(");
    let service = Service::start(&folder).await;
    assert_eq!(service.config().await["active"]["from_memory"], true);
    folder.write("stations/desk.ron", DESK);
    let (status, config) = service.ask(Method::POST, "/api/v1/reload", None).await;
    assert_eq!((status, &config["active"]["from_memory"]), (200, &json!(false)), "{config}");
}

#[tokio::test]
async fn a_hangup_signal_during_the_start_does_not_end_the_program() {
    let folder = Folder::new();
    let service = Service::start_with_signal(&folder, "HUP").await;
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    service.stop().await;
}
