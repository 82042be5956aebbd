//! The command on real files.

use std::path::Path;

use super::*;
use crate::{
    cli::{api::Service, args::SettingsFile},
    model::RuleName,
};

fn test_with(rules: &Path, names: &[&str]) -> (Result<(), Failure>, String) {
    test_as(rules, names, |_| {})
}

fn test_as(rules: &Path, names: &[&str], change: impl FnOnce(&mut Test)) -> (Result<(), Failure>, String) {
    let names = names.iter().map(|name| RuleName::new(name).unwrap()).collect();
    let defaults = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&defaults, "()").unwrap();
    let settings = SettingsFile { settings: Some(defaults.path().into()) };
    let url = "http://127.0.0.1:1".to_owned();
    let mut args = Test {
        rules: names,
        settings,
        cover: false,
        junit: None,
        watch: false,
        from_decision: None,
        write: false,
        service: Service { url, token: None },
        json: false,
    };
    change(&mut args);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = |name: &str| match name {
        "SCS_STATIONS_DIR" => Some(root.join("stations").display().to_string()),
        "SCS_RULES_DIR" => Some(rules.display().to_string()),
        _ => None,
    };
    let mut out = Vec::new();
    let look = Look { width: 100, colour: false };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(test(&args, &environment, look, &mut out));
    (result, String::from_utf8(out).unwrap())
}

#[test]
fn shipped_rules_do_what_their_tests_say() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let (result, text) = test_with(&rules, &[]);
    assert_eq!(result, Ok(()), "{text}");
    assert!(text.contains("passed: "), "{text}");
}

#[test]
fn an_unknown_rule_is_told_with_the_known() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let failure = test_with(&rules, &["keep"]).0.unwrap_err();
    assert_eq!(failure.what, "there is no rule `keep`");
    assert!(failure.hint.contains("keep-between"));
}

#[test]
fn a_broken_rule_is_exit_code_78_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.rhai"), "//! Mine.\nif battery.level < { }\n").unwrap();
    let failure = test_with(folder.path(), &[]).0.unwrap_err();
    assert_eq!(failure.exit, Exit::Configuration);
    assert!(failure.to_string().contains("mine.rhai:"), "{failure}");
    std::fs::write(folder.path().join("good.rhai"), "//! Good.\nif battery.level < 5 { charge(\"low\") }\n")
        .unwrap();
    assert_eq!(test_with(folder.path(), &["good"]).0, Ok(()), "another rule is broken");
}

const RULE: &str = "//! Mine.\nif battery.level < 5 { charge(\"low\"); }\nif battery.level > 90 && port.on {\n    rest(\"full\");\n}\n";

fn own(tests: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.rhai"), RULE).unwrap();
    std::fs::write(folder.path().join("mine.test.ron"), tests).unwrap();
    folder
}

#[test]
fn what_no_test_came_by_is_shown_in_the_rule() {
    let folder =
        own("[(name: \"low\", battery: (level: 4), expect: Charge), (name: \"n\", expect: Nothing)]");
    let (result, text) = test_as(folder.path(), &[], |args| args.cover = true);
    assert_eq!(result, Ok(()), "{text}");
    assert!(text.starts_with("mine  2 of 3 lines, 3 of 4 branches\n"), "{text}");
    assert!(text.contains("       1    2  if battery.level < 5 { charge(\"low\"); }\n"), "{text}");
    assert!(text.contains("       0    4      rest(\"full\");\n"), "{text}");
    assert!(text.contains("^ never tried: `battery.level > 90 && port.on` is true\n"), "{text}");
    let (_, json) = test_as(folder.path(), &[], |args| (args.cover, args.json) = (true, true));
    let told: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["coverage"][0]["lines"]["4"], 0);
}

#[test]
fn a_report_for_ci_is_well_formed_and_complete() {
    let folder = own(
        "[(name: \"a <b> & \\\"c\\\"\", battery: (level: 4), expect: Rest), (name: \"n\", expect: Nothing)]",
    );
    let report = folder.path().join("report.xml");
    let (result, _) = test_as(folder.path(), &[], |args| args.junit = Some(report.clone()));
    assert_eq!(result.unwrap_err().exit, Exit::Failed);
    let xml = std::fs::read_to_string(&report).unwrap();
    assert!(
        xml.contains("<testsuites name=\"scs test\" tests=\"2\" failures=\"1\" errors=\"0\" time=\""),
        "{xml}"
    );
    assert!(xml.contains("name=\"a &lt;b&gt; &amp; &quot;c&quot;\" classname=\"mine\""), "{xml}");
    assert!(xml.contains("<failure message=\"expected rest, got charge (line 2): low\">"), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), 2);
    let missing = folder.path().join("no/report.xml");
    let (result, _) = test_as(folder.path(), &[], |args| args.junit = Some(missing));
    assert_eq!(result.unwrap_err().exit, Exit::CannotCreate);
}

#[test]
fn a_night_may_ask_rules_that_are_not_tested() {
    let folder = own(
        "[(name: \"n\", rules: [\"mine\", \"other\"], hours: 9, start: (level: 50), expect: [Said(\"other\", Rest)])]",
    );
    std::fs::write(
        folder.path().join("other.rhai"),
        "//! Other.\nif battery.level > 40 { rest(\"enough\"); }\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("broken.rhai"), "//! Broken.\nif {\n").unwrap();
    let (result, text) = test_with(folder.path(), &["mine"]);
    assert_eq!(result, Ok(()), "{text}");
    assert_eq!(test_with(folder.path(), &[]).0.unwrap_err().exit, Exit::Configuration);
}

/// A service that gives one answer.
async fn answering(answer: String) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_decision_is_written_into_the_test_file_of_its_rule_once() {
    let folder = own("[\n    (name: \"n\", expect: Nothing) // ends\n]\n");
    let case = serde_json::json!({
        "rule": "mine", "name": "desk port 1, decision 7", "holds": false,
        "text": "(name: \"desk port 1, decision 7\", battery: (level: 4), expect: Charge, because: \"low\")",
    });
    let body = case.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let url = answering(format!("{head}content-length: {}\r\n\r\n{body}", body.len())).await;
    let settings = folder.path().join("settings.ron");
    std::fs::write(&settings, "()").unwrap();
    let args = Test {
        rules: Vec::new(),
        settings: SettingsFile { settings: Some(settings) },
        cover: false,
        junit: None,
        watch: false,
        from_decision: Some("desk#7".parse().unwrap()),
        write: true,
        service: Service { url, token: None },
        json: false,
    };
    let rules = folder.path().display().to_string();
    let environment = |name: &str| (name == "SCS_RULES_DIR").then(|| rules.clone());
    let mut out = Vec::new();
    let look = Look { width: 100, colour: false };
    test(&args, &environment, look, &mut out).await.unwrap();
    let told = String::from_utf8(out).unwrap();
    assert!(told.contains("written to ") && told.contains("says something else today"), "{told}");
    let file = std::fs::read_to_string(folder.path().join("mine.test.ron")).unwrap();
    assert!(
        file.starts_with("[\n    (name: \"n\", expect: Nothing), // ends\n    (name: \"desk port 1"),
        "{file}"
    );
    let again = test(&args, &environment, look, &mut Vec::new()).await.unwrap_err();
    assert_eq!(again.exit, Exit::CannotCreate);
    assert!(again.what.contains("has a test named `desk port 1, decision 7` already"), "{again}");
    assert!("desk".parse::<crate::cli::test::args::Past>().is_err());
}
