//! Broken files while the service runs: nothing changes, everybody is told, and the next good save is taken.

use serde_json::json;

use crate::{
    folder::{DESK, Folder, rule},
    service::Service,
};

#[tokio::test]
async fn a_broken_rule_changes_nothing_and_is_told_with_its_place() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let before = service.version().await;
    folder.write("rules/keep-between.rhai", "//! x\nif battery.level > 5 {\n    rest(\"why\"\n}\n");
    let told = events.sees("config_rejected", &[("problems", json!(1))]).await;
    let message = told["message"].as_str().unwrap();
    assert!(message.starts_with("rules/keep-between.rhai:3:9: error["), "{message}");
    let config = service.config().await;
    assert_eq!(
        (&config["active"]["version"], &config["active"]["from_memory"]),
        (&json!(before), &json!(false))
    );
    let problem = &config["rejected"]["problems"][0];
    assert_eq!(
        (&problem["file"], &problem["line"], &problem["column"]),
        (&json!("rules/keep-between.rhai"), &json!(3), &json!(9))
    );
    assert!(service.log().contains("rules/keep-between.rhai:3:9: error["), "{}", service.log());
    assert_eq!(service.get("/health/ready").await["config_rejected"], true);
    assert_eq!(service.report("one", 85).await["reason"], "85% is at or over 80%");
    folder.write("rules/keep-between.rhai", &rule(60));
    events.sees("config_loaded", &[]).await;
    assert_eq!(service.config().await["rejected"], json!(null));
    assert_eq!(service.report("one", 70).await["reason"], "70% is at or over 60%");
}

#[tokio::test]
async fn a_broken_station_keeps_all_stations_and_rules_as_they_were() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    // The rule is good, but a plan is taken as a whole.
    folder.write("stations/desk.ron", &DESK.replace("min_hold", "min_hole"));
    folder.write("rules/keep-between.rhai", &rule(60));
    events.sees("config_rejected", &[]).await;
    service
        .until("the problem", async |service| {
            let problem = service.config().await["rejected"]["problems"][0].clone();
            (&problem["file"], &problem["line"], &problem["column"])
                == (&json!("stations/desk.ron"), &json!(5), &json!(5))
        })
        .await;
    let hint = service.config().await["rejected"]["problems"][0]["hint"].clone();
    assert!(hint.as_str().unwrap().contains("min_hold"), "{hint}");
    assert_eq!(service.report("one", 70).await["verdict"], "keep");
    folder.write("stations/desk.ron", DESK);
    events.sees("config_loaded", &[]).await;
    assert_eq!(service.report("one", 70).await["reason"], "70% is at or over 60%");
}

#[tokio::test]
async fn taking_a_mistake_back_is_a_good_save_too() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    let before = service.version().await;
    folder.write("rules/keep-between.rhai", "charge(");
    events.sees("config_rejected", &[]).await;
    folder.write("rules/keep-between.rhai", &rule(80));
    events.sees("config_loaded", &[("version", json!(before))]).await;
    assert_eq!(service.config().await["rejected"], json!(null));
}

/// A full disk or a crash in the middle of a save leaves a file of no bytes behind.
#[tokio::test]
async fn an_emptied_rule_does_not_replace_the_one_that_works() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let events = service.events().await;
    folder.write("rules/keep-between.rhai", "");
    let told = events.sees("config_rejected", &[]).await;
    assert!(told["message"].as_str().unwrap().contains("the file is empty"), "{told}");
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
}
