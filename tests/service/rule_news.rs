//! What the list of rules says of each: how well it is tested, when it spoke last, whether it fails.

use serde_json::{Value, json};

use crate::{
    folder::{DESK, Folder},
    service::Service,
};

async fn rule(service: &Service, name: &str) -> Value {
    let all = service.get("/api/v1/rules").await;
    let mut all = all.as_array().unwrap().iter();
    all.find(|rule| rule["name"] == name).unwrap().clone()
}

#[tokio::test]
async fn each_rule_says_how_it_is_tested_when_it_spoke_and_whether_it_fails() {
    let folder = Folder::new();
    folder.write(
        "rules/evil.rhai",
        "//! Fails.\nif device.name.len() == 3 && !device.name.starts_with(\"t\") { let a = [0]; let i = 9; rest(`${a[i]}`); }\n",
    );
    let tests = r#"[(name: "rests", battery: (level: 85), expect: Rest)]"#;
    folder.write("rules/keep-between.test.ron", tests);
    let both = "(rule: \"evil\"), (rule: \"keep-between\")";
    folder.write("stations/desk.ron", &DESK.replace("(rule: \"keep-between\")", both));
    let service = Service::start(&folder).await;
    let quiet = rule(&service, "keep-between").await;
    assert_eq!((&quiet["last_spoke"], &quiet["errors"]), (&json!(null), &json!(0)), "{quiet}");
    assert_eq!(service.report("one", 85).await["reason"], "85% is at or over 80%");
    service
        .until("what happened is told of the rules", async |service| {
            let spoke = !rule(service, "keep-between").await["last_spoke"].is_null();
            spoke && rule(service, "evil").await["errors"] == 1
        })
        .await;
    let evil = rule(&service, "evil").await;
    assert!(evil["last_error"].as_str().unwrap().starts_with("rules/evil.rhai:2"), "{evil}");
    assert_eq!((&evil["last_spoke"], &evil["coverage"]), (&json!(null), &json!(null)), "{evil}");

    service
        .until("what the tests come by is worked out", async |service| {
            !rule(service, "keep-between").await["coverage"].is_null()
        })
        .await;
    let covered = rule(&service, "keep-between").await["coverage"].clone();
    let (tried, all) = (covered["tried"].as_u64().unwrap(), covered["all"].as_u64().unwrap());
    assert!(0 < tried && tried < all, "one case does not come by everything: {covered}");
    assert!(!covered["missed_lines"].as_array().unwrap().is_empty(), "{covered}");
    service.stop().await;
}
