//! Every way to save a file takes effect within a second, as a whole.

use std::{
    fs,
    os::unix::fs::symlink,
    process::Command,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;

use crate::{
    RELOADED,
    folder::{DESK, Folder, rule},
    service::Service,
};

const FILE: &str = "rules/keep-between.rhai";

/// A service on a folder whose rule rests devices at 80 %.
async fn begin() -> (Folder, Service) {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    (folder, service)
}

/// Does something to the files and waits until a new version is at work; says how long that took.
async fn reloaded(service: &Service, how: &str, change: impl FnOnce()) -> Duration {
    let events = service.events().await;
    let before = service.version().await;
    change();
    let saved = Instant::now();
    events.sees("config_loaded", &[]).await;
    let took = saved.elapsed();
    println!("{how}: at work after {took:?}");
    assert!(took < RELOADED, "{how}: {took:?}");
    assert_ne!(service.version().await, before);
    took
}

/// 70 % is now too much, and was not.
async fn rests_at_60(service: &Service) {
    let decision = service.report("one", 70).await;
    assert_eq!(decision["verdict"], "rest", "{decision}");
    assert_eq!(decision["reason"], "70% is at or over 60%");
}

fn run(folder: &Folder, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder.path(""))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_plain_write_is_taken() {
    let (folder, service) = begin().await;
    assert_eq!(service.report("one", 70).await["verdict"], "keep");
    reloaded(&service, "plain write", || folder.write(FILE, &rule(60))).await;
    rests_at_60(&service).await;
}

#[tokio::test]
async fn sed_in_place_is_taken() {
    let (folder, service) = begin().await;
    reloaded(&service, "sed -i", || run(&folder, "sed", &["-i", "s/80/60/", FILE])).await;
    rests_at_60(&service).await;
}

#[tokio::test]
async fn a_file_moved_over_the_old_one_is_taken() {
    let (folder, service) = begin().await;
    reloaded(&service, "write and mv", || {
        folder.write("rules/.keep-between.new", &rule(60));
        run(&folder, "mv", &["rules/.keep-between.new", FILE]);
    })
    .await;
    rests_at_60(&service).await;
}

/// With `backupcopy=no` vim tries whether it may make files (`4913`), renames the old file, writes a new one under the old
/// name, and removes the old one.
#[tokio::test]
async fn a_save_by_vim_is_taken() {
    let (folder, service) = begin().await;
    reloaded(&service, "vim", || {
        folder.write("rules/.keep-between.rhai.swp", "b0VIM");
        folder.write("rules/4913", "");
        fs::remove_file(folder.path("rules/4913")).unwrap();
        let backup = folder.path("rules/keep-between.rhai~");
        fs::rename(folder.path(FILE), &backup).unwrap();
        folder.write(FILE, &rule(60));
        fs::remove_file(backup).unwrap();
        fs::remove_file(folder.path("rules/.keep-between.rhai.swp")).unwrap();
    })
    .await;
    rests_at_60(&service).await;
}

#[tokio::test]
async fn another_commit_checked_out_is_taken_as_a_whole() {
    let folder = Folder::new();
    let git = |arguments: &[&str]| {
        run(&folder, "git", &[&["-c", "user.name=t", "-c", "user.email=t@localhost"], arguments].concat());
    };
    let commit = |name: &str| {
        git(&["add", "stations", "rules"]);
        git(&["commit", "-q", "-m", name]);
        git(&["branch", name]);
    };
    git(&["init", "-q"]);
    commit("first");
    // Needs the new rule, and the old station must not meet it alone.
    folder.write("rules/other.rhai", "//! Never.\nlet why = param(\"why\", \"never\");\nrest(why);\n");
    folder.write("stations/desk.ron", &DESK.replace("(rule: \"keep-between\")", "(rule: \"other\")"));
    fs::remove_file(folder.path(FILE)).unwrap();
    commit("second");
    git(&["checkout", "-q", "first"]);
    let service = Service::start(&folder).await;
    let events = service.events().await;
    assert_eq!(service.report("one", 75).await["verdict"], "keep");
    reloaded(&service, "git checkout", || git(&["checkout", "-q", "second"])).await;
    assert_eq!(service.report("one", 75).await["reason"], "never");
    reloaded(&service, "git checkout back", || git(&["checkout", "-q", "first"])).await;
    assert_eq!(service.report("one", 85).await["reason"], "85% is at or over 80%");
    assert_eq!(events.count_of("config_rejected"), 0, "half a checkout was looked at");
}

#[tokio::test]
async fn a_station_comes_and_goes_with_its_file() {
    let (folder, service) = begin().await;
    let more = DESK.replace("\"desk\"", "\"more\"").replace("\"one\"", "\"four\"").replace("two", "five");
    reloaded(&service, "file added", || folder.write("stations/more.ron", &more.replace("three", "six")))
        .await;
    assert_eq!(service.get("/health/ready").await["stations"], json!({"desk": true, "more": true}));
    assert_eq!(service.report("four", 85).await["station"], "more");
    reloaded(&service, "file removed", || fs::remove_file(folder.path("stations/more.ron")).unwrap()).await;
    assert_eq!(service.get("/health/ready").await["stations"], json!({"desk": true}));
    let gone = json!({"device": "four", "level": 50});
    assert_eq!(service.ask(Method::POST, "/api/v1/reports", Some(gone)).await.0, 404);
}

#[tokio::test]
async fn a_hub_model_that_changes_is_taken_and_a_broken_one_is_not() {
    let folder = Folder::new();
    // The folder is made while the service runs.
    let service = Service::start(&folder).await;
    let count =
        async |service: &Service| service.get("/api/v1/stations/desk/ports").await.as_array().unwrap().len();
    let model = |more: &str| format!("(chips: {{\"\": 7}}, ports: {{4: (\"\", 1), 5: (\"\", 2){more}}})");
    let desk = DESK.replace("Simulated(),", "Simulated(), hub: (model: \"mine\", at: \"5-2\"),");
    let made = || {
        fs::create_dir(folder.path("hubs")).unwrap();
        folder.write("hubs/mine.ron", &model(""));
        folder.write("stations/desk.ron", &desk);
    };
    reloaded(&service, "folder of hub models", made).await;
    assert_eq!(count(&service).await, 5);
    reloaded(&service, "hub model", || folder.write("hubs/mine.ron", &model(", 6: (\"\", 3)"))).await;
    assert_eq!(count(&service).await, 6);

    let events = service.events().await;
    folder.write("hubs/mine.ron", &model(", 6: (\"\", 8)"));
    let told = events.sees("config_rejected", &[("problems", json!(1))]).await;
    assert!(
        told["message"].as_str().unwrap().starts_with("hubs/mine.ron:1:53: error[out-of-range]"),
        "{told}"
    );
    assert_eq!(count(&service).await, 6);

    // The model is a part of the last good plan.
    let version = service.version().await;
    service.stop().await;
    let service = Service::start(&folder).await;
    assert_eq!(service.config().await["active"]["from_memory"], true);
    assert_eq!(service.version().await, version);
    assert_eq!(count(&service).await, 6);
}

/// Puts the rule where nobody watches, as links of mounted configuration do.
fn hide_rule(folder: &Folder) {
    fs::create_dir(folder.path("elsewhere")).unwrap();
    fs::rename(folder.path(FILE), folder.path("elsewhere/rule")).unwrap();
    symlink("../elsewhere/rule", folder.path(FILE)).unwrap();
}

#[tokio::test]
async fn a_hangup_signal_has_the_files_read() {
    let folder = Folder::new();
    hide_rule(&folder);
    let service = Service::start(&folder).await;
    let events = service.events().await;
    folder.write("elsewhere/rule", &rule(60));
    let began = Instant::now();
    service.signal("HUP").await;
    events.sees("config_loaded", &[]).await;
    assert!(began.elapsed() < RELOADED, "{:?}", began.elapsed());
    rests_at_60(&service).await;
    assert!(!service.log().contains("unchanged"), "{}", service.log());
    service.signal("HUP").await;
    service
        .until("an answer in the log", async |service| service.log().contains("the files are unchanged"))
        .await;
}

#[tokio::test]
async fn a_request_to_reload_is_answered_with_what_came_of_it() {
    let folder = Folder::new();
    hide_rule(&folder);
    let service = Service::start(&folder).await;
    let before = service.version().await;
    folder.write("elsewhere/rule", "//! x\nloop { }\n");
    let (status, problem) = service.ask(Method::POST, "/api/v1/reload", None).await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("config_rejected")), "{problem}");
    assert_eq!(problem["problems"][0]["file"], FILE);
    assert_eq!(problem["problems"][0]["line"], 2);
    assert_eq!(service.version().await, before);
    folder.write("elsewhere/rule", &rule(60));
    let (status, config) = service.ask(Method::POST, "/api/v1/reload", None).await;
    assert_eq!((status, &config["rejected"]), (200, &json!(null)), "{config}");
    assert_ne!(config["active"]["version"], before);
    rests_at_60(&service).await;
}
