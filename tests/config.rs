//! What users are told about their files: one mistake per folder, the exact words beside it.
//!
//! `UPDATE_EXPECTED=1 cargo test --test config` writes the words anew; look at the difference before you commit it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests fails by panicking, as tests do"
)]

#[path = "config/budget.rs"]
mod budget;
#[path = "config/hubs.rs"]
mod hubs;
#[path = "config/reports.rs"]
mod reports;

use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::{any, prop, proptest};
use smart_charging_station::{
    config::{Directories, Files, Plan, SourceFile},
    model::{Diagnostic, StationName, Value},
    settings::Settings,
};

fn load(stations: &Path, rules: &Path, only: &[&str]) -> Result<Plan, Vec<Diagnostic>> {
    let hubs = stations.with_file_name("hubs");
    let directories = Directories { stations: stations.into(), rules: rules.into(), hubs };
    let only: Vec<_> = only.iter().map(|name| StationName::new(name).unwrap()).collect();
    Plan::check(Files::read(&directories, &only)?)
}

fn nothing(_: &str) -> Option<String> {
    None
}

/// What the user is told, with paths that start in the folder of the mistake.
fn told(folder: &Path, problems: &[Diagnostic]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    text.replace(&format!("{}/", folder.display()), "").replace("tests/fixtures/config-rules/", "rules/")
}

fn mistake(folder: &Path) -> String {
    let problems = if folder.join("settings.ron").exists() {
        Settings::load(Some(&folder.join("settings.ron")), &nothing).unwrap_err()
    } else {
        let own = folder.join("rules");
        let rules = if own.exists() { own } else { PathBuf::from("tests/fixtures/config-rules") };
        load(&folder.join("stations"), &rules, &[]).map(|_| ()).expect_err(&folder.display().to_string())
    };
    told(folder, &problems)
}

#[test]
fn every_mistake_is_told_with_place_and_hint() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir("tests/fixtures/config").unwrap() {
        let folder = entry.unwrap().path();
        let told = mistake(&folder);
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &told).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", expected.display()));
        }
        assert!(!told.contains("hush"), "a password is told in {}", folder.display());
    }
    assert!(wrong.is_empty(), "other words than expected in\n{}", wrong.join("\n"));
}

#[test]
fn the_shipped_files_load_without_a_warning() {
    let plan = load(Path::new("stations"), Path::new("rules"), &[])
        .unwrap_or_else(|p| panic!("{}", told(Path::new("x"), &p)));
    assert!(plan.warnings.is_empty(), "{}", told(Path::new("x"), &plan.warnings));
    assert_eq!(plan.stations["desk"].ports.len(), 16);
    assert_eq!(plan.stations["demo"].ports.len(), 12);
    let settings = Settings::load(Some(Path::new("settings.ron")), &nothing).unwrap();
    assert_eq!(settings.stations, [StationName::new("desk").unwrap()]);
    assert!(settings.mqtt.is_none());
}

#[test]
fn a_port_has_its_own_rules_and_the_guards_of_its_station() {
    let plan = load(Path::new("stations"), Path::new("rules"), &["desk"]).unwrap();
    let port = plan.stations["desk"].ports.values().next().unwrap();
    let names = |uses: &[smart_charging_station::model::RuleUse]| -> Vec<String> {
        uses.iter().map(|usage| usage.rule.to_string()).collect()
    };
    assert_eq!(names(&port.care.policy.rules), ["ready-by", "keep-between"]);
    assert_eq!(names(&port.care.policy.guards), ["cool-down"]);
    assert_eq!(port.care.policy.rules[0].with["by"], Value::Text("06:30".into()));
    assert_eq!(port.care.policy.rules[1].with["high"], Value::Int(75));
}

#[test]
fn directories_and_stations_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let problems = load(&folder.path().join("stations"), &folder.path().join("rules"), &[]).unwrap_err();
    insta::assert_snapshot!(told(folder.path(), &problems), @r#"
    rules: error[no-directory]: the directory of the rules does not exist
        hint: name the directory of the rules in settings.ron: directories: (rules: "…")
    stations: error[no-directory]: the directory of the stations does not exist
        hint: name the directory of the stations in settings.ron: directories: (stations: "…")
    "#);
    fs::create_dir(folder.path().join("stations")).unwrap();
    let rules = Path::new("tests/fixtures/config-rules");
    let problems = load(&folder.path().join("stations"), rules, &[]).unwrap_err();
    insta::assert_snapshot!(told(folder.path(), &problems), @r#"
    stations: error[no-station]: there is no station file in this directory
        hint: put one there, for example desk.ron
    "#);
    fs::write(folder.path().join("stations/desk.ron"), "").unwrap();
    let problems = load(&folder.path().join("stations"), rules, &["dekk"]).unwrap_err();
    insta::assert_snapshot!(told(folder.path(), &problems), @r#"
    stations: error[unknown-station]: there is no file for the station `dekk`
        hint: did you mean `desk`?
    "#);
}

#[test]
fn files_that_are_no_text_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let stations = folder.path().join("stations");
    fs::create_dir_all(stations.join("folder.ron")).unwrap();
    fs::write(stations.join("large.ron"), "/".repeat(1_000_001)).unwrap();
    fs::write(stations.join("latin.ron"), b"(\n  title: \"B\xfcro\")").unwrap();
    fs::write(stations.join("utf16.ron"), b"\xff\xfe(\0)\0").unwrap();
    std::os::unix::fs::symlink("gone/x.ron", stations.join("linked.ron")).unwrap();
    for passing in [".desk.ron", "desk.ron~", "4913", "desk.ron.swp", "desk.ron.tmp"] {
        fs::write(stations.join(passing), "nonsense").unwrap();
    }
    let problems = load(&stations, Path::new("tests/fixtures/config-rules"), &[]).unwrap_err();
    insta::assert_snapshot!(told(folder.path(), &problems), @r#"
    stations/folder.ron: error[unreadable-file]: this is no file
        hint: move it elsewhere
    stations/large.ron: error[large-file]: the file is larger than 1 MB
        hint: is it the right file?
    stations/latin.ron:2:12: error[not-utf8]: the file is not UTF-8 from here on
        hint: save it as UTF-8
    stations/linked.ron: error[broken-link]: this link leads to `gone/x.ron`, which is not there
        hint: put the file there, or remove the link
    stations/utf16.ron:1:1: error[not-utf8]: the file is not UTF-8 from here on
        hint: it looks like UTF-16: save it as UTF-8
    "#);
}

const GOOD: &str = "(switch: Simulated(), rules: [(rule: \"keep-between\")], ports: {1: (device: \"a\")})";

#[test]
fn a_set_of_rules_that_fails_its_own_tests_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (stations, rules) = (folder.path().join("stations"), folder.path().join("rules"));
    fs::create_dir(&stations).unwrap();
    fs::create_dir(&rules).unwrap();
    fs::write(stations.join("desk.ron"), GOOD).unwrap();
    fs::copy("tests/fixtures/config-rules/keep-between.rhai", rules.join("keep-between.rhai")).unwrap();
    let case = "[\n(name: \"low\", battery: (level: 5), expect: Charge),\n(name: \"wrong\", battery: (level: 5), expect: Rest)]";
    fs::write(rules.join("keep-between.test.ron"), case).unwrap();
    fs::write(rules.join("keep-betwen.test.ron"), case).unwrap();
    let problems = load(&stations, &rules, &[]).unwrap_err();
    insta::assert_snapshot!(told(folder.path(), &problems), @r#"
    rules/keep-between.test.ron:3:1: error[test-failed]: the test `wrong` expects rest, got charge (line 5): 5% is at or under 20%
        hint: change the rule, or what the test expects
    rules/keep-betwen.test.ron: warning[test-without-rule]: these tests have no rule: there is no `keep-betwen.rhai` beside them
        hint: did you mean `keep-between`?
    "#);
    fs::remove_file(rules.join("keep-betwen.test.ron")).unwrap();
    fs::write(rules.join("keep-between.test.ron"), "[(name: \"low\", expct: Charge)]").unwrap();
    let problems = load(&stations, &rules, &[]).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), ["unknown-field"]);
    fs::rename(rules.join("keep-between.test.ron"), rules.join("keep-betwen.test.ron")).unwrap();
    let plan = load(&stations, &rules, &[]).unwrap();
    insta::assert_snapshot!(told(folder.path(), &plan.warnings), @r#"
    rules/keep-betwen.test.ron: warning[test-without-rule]: these tests have no rule: there is no `keep-betwen.rhai` beside them
        hint: did you mean `keep-between`?
    "#);
}

#[test]
fn deadlines_that_no_rule_acts_on_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |ports: &str| {
        let rest = "switch: Simulated(), rules: [(rule: \"keep-between\")], deadlines: [(at: \"08:00\")]";
        fs::write(folder.path().join("desk.ron"), format!("({rest},\nports: {{{ports}}})")).unwrap();
        load(folder.path(), Path::new("tests/fixtures/config-rules"), &[]).unwrap().warnings
    };
    let warnings =
        write("1: (device: \"a\"), 2: (device: \"b\", rules: [(rule: \"ready-by\")]), 3: (device: \"c\")");
    insta::assert_snapshot!(told(folder.path(), &warnings), @r#"
    desk.ron:2:9: warning[deadline-unheard]: ports 1, 3: there are deadlines, and none of their rules begins to charge for them
        hint: add `ready-by` to the rules, or write `deadlines: []` at the port
    "#);
    assert_eq!(write("1: (device: \"a\", deadlines: []), 2: (device: \"lamp\", battery: false)"), []);
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("desk.ron"), format!("\u{feff}{GOOD}")).unwrap();
    let plan = load(folder.path(), Path::new("tests/fixtures/config-rules"), &[]).unwrap();
    assert_eq!(plan.stations["desk"].title, "desk");
    assert_eq!(plan.stations["desk"].topic, "smartcharger/desk");
}

#[test]
fn ron_may_be_written_in_full() {
    let text = "#![enable(implicit_some)]\n(title: Some(\"T\"), zone: None, switch: Simulated, /* x */\n
        ports: {0x1: (device: Some(r#\"a\"b\"#), charge_per_hour: 1_0.5), 2: (),},)";
    let file = SourceFile { path: "s/desk.ron".into(), name: "desk".into(), text: text.into() };
    let plan = Plan::check(Files { stations: vec![file], ..Files::default() }).unwrap();
    let ports: Vec<_> = plan.stations["desk"].ports.values().collect();
    assert_eq!(ports[0].device.as_ref().unwrap().as_str(), "a\"b");
    assert!((ports[0].care.charge_per_hour - 10.5).abs() < 1e-9);
    assert_ne!(ports[0].socket, ports[1].socket);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("desk.ron"), &bytes).unwrap();
        fs::write(folder.path().join("settings.ron"), &bytes).unwrap();
        let _ = load(folder.path(), Path::new("tests/fixtures/config-rules"), &["desk"]);
        let _ = Settings::load(Some(&folder.path().join("settings.ron")), &nothing);
    }

    #[test]
    fn any_damage_is_read_or_refused(at in 0_usize..1500, length in 0_usize..60, put in "[(){}\\[\\]:,\"'a1#/*-]{0,6}") {
        let text = fs::read_to_string("stations/desk.ron").unwrap();
        let end = text.len();
        let mut bytes = text.into_bytes();
        let start = (at + end - 1500).min(end);
        bytes.splice(start..(start + length).min(end), put.bytes());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let file = SourceFile { path: "desk.ron".into(), name: "desk".into(), text };
        if let Err(problems) = Plan::check(Files { stations: vec![file], ..Files::default() }) {
            assert!(problems.iter().all(|problem| problem.line > 0), "{problems:?}");
        }
    }
}
