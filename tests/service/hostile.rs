//! Rules that mean harm, edited in while the service runs.

use std::time::Instant;

use serde_json::json;

use crate::{
    AT_ONCE, RELOADED,
    folder::{DESK, Folder},
    service::Service,
};

/// A service whose port 1 asks the rule `evil` first, then the usual one.
async fn begin() -> (Folder, Service) {
    let folder = Folder::new();
    folder.write("rules/evil.rhai", "//! Nothing.\nif battery.level > 100 { keep(\"never\"); }\n");
    let both = "(rule: \"evil\"), (rule: \"keep-between\")";
    folder.write("stations/desk.ron", &DESK.replace("(rule: \"keep-between\")", both));
    let service = Service::start(&folder).await;
    (folder, service)
}

const BOMB: &str =
    "let s = \"0123456789abcdef\"; s += s; s += s; s += s; s += s; s += s; s += s; s += s; s += s;";

#[tokio::test]
async fn a_rule_that_loops_or_grows_or_recurses_is_not_taken() {
    let (folder, service) = begin().await;
    let events = service.events().await;
    let nested = format!("//! x\nlet a = {}1{};\n", "(".repeat(5000), ")".repeat(5000));
    for text in [
        "//! x\nloop { }\n",
        "//! x\nfn f(n) { f(n + 1) }\nf(1);\nkeep(\"x\");\n",
        &format!("//! x\n{BOMB}\nkeep(s);\n"),
        "//! x\nconst M = #{a: 1};\nM.a = 5;\nkeep(\"x\");\n",
        "//! x\neval(\"loop {}\");\n",
        &nested,
        &"x".repeat(2 << 20),
        "\0\u{feff}\u{202e}\n",
    ] {
        let seen = events.count();
        folder.write("rules/evil.rhai", text);
        let began = Instant::now();
        events.sees_after(seen, "config_rejected", &[]).await;
        assert!(began.elapsed() < RELOADED, "{:?}", began.elapsed());
        assert_eq!(service.report("one", 85).await["reason"], "85% is at or over 80%");
    }
}

/// What is bad only for one device is not found by looking at all levels; it meets the fences when it runs.
#[tokio::test]
async fn a_rule_that_does_harm_only_at_work_is_contained() {
    let (folder, service) = begin().await;
    let events = service.events().await;
    for harm in [
        "fn f(n) { f(n + 1) }\nif device.name.len() == 3 && !device.name.starts_with(\"t\") { f(1); }\n",
        "fn f(n) { if n > 0 { f(n-1); f(n-1); f(n-1); f(n-1); f(n-1); f(n-1); } }\nif device.name.len() == 3 && !device.name.starts_with(\"t\") { f(7); }\n",
        &format!("if device.name.len() == 3 && !device.name.starts_with(\"t\") {{ {BOMB} rest(s); }}\n"),
        "if device.name.len() == 3 && !device.name.starts_with(\"t\") { let a = [0]; let i = 9; rest(`${a[i]}`); }\n",
        "if device.name.len() == 3 && !device.name.starts_with(\"t\") { let n = 9223372036854775807; rest(`${n + battery.level}`); }\n",
        "if device.name.len() == 3 && !device.name.starts_with(\"t\") { let n = battery.level - battery.level; rest(`${1 / n}`); }\n",
    ] {
        let seen = events.count();
        folder.write("rules/evil.rhai", &format!("//! Harm.\n{harm}"));
        events.sees_after(seen, "config_loaded", &[]).await;
        let decision = service.report("one", 85).await;
        assert_eq!(decision["reason"], "85% is at or over 80%", "{harm}");
        let failed = events.sees_after(seen, "rule_failed", &[("port", json!(1))]).await.1;
        assert!(failed["message"].as_str().unwrap().starts_with("rules/evil.rhai:"), "{failed}");
        let began = Instant::now();
        assert_eq!(service.report("two", 50).await["verdict"], "keep");
        assert!(began.elapsed() < AT_ONCE);
    }
    assert_eq!(service.get("/health/ready").await["ready"], true);
    service.stop().await;
}

#[tokio::test]
async fn a_guard_that_fails_keeps_the_port_and_rests_it_after_three_times() {
    let folder = Folder::new();
    folder.write(
        "rules/evil.rhai",
        "//! A guard.\nif device.name.len() == 3 && !device.name.starts_with(\"t\") { let a = [0]; let i = 9; rest(`${a[i]}`); }\n",
    );
    let guarded = DESK.replace("rules: [", "guards: [(rule: \"evil\")],\n    rules: [");
    folder.write("stations/desk.ron", &guarded);
    let service = Service::start(&folder).await;
    for _ in 0..2 {
        let kept = service.report("one", 50).await;
        assert_eq!((&kept["verdict"], &kept["by"]), (&json!("keep"), &json!("safety")), "{kept}");
    }
    let rests = service.report("one", 50).await;
    assert_eq!((&rests["verdict"], &rests["by"]), (&json!("rest"), &json!("safety")), "{rests}");
    assert_eq!(service.report("two", 85).await["rule"], "keep-between");
    service.stop().await;
}
