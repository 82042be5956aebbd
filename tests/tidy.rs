//! Holds what CONTRIBUTING.md asks of every file and no compiler checks: who may import whom, how long a file may
//! be, where there is no clock, no lock and no sleep. Fails with file and line.

#![expect(clippy::unwrap_used, reason = "a test may unwrap, and so may its helpers")]

#[path = "tidy/code.rs"]
mod code;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Which parts of the crate a part may import. What is not listed here does not exist.
const IMPORTS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("engine", &["model", "rules"]),
    ("simulation", &["model"]),
    ("trial", &["model", "rules", "engine", "simulation"]),
    ("config", &["model", "rules", "trial"]),
    ("controller", &["model", "rules", "engine"]),
    ("usb", &["model"]),
    ("history", &["model"]),
    ("mqtt", &["model", "controller"]),
    ("workshop", &["model", "rules", "trial", "config", "controller", "history"]),
    ("host", &["model", "config", "usb"]),
    ("http", &["model", "controller", "history", "workshop", "host"]),
    ("settings", ALL),
    ("app", ALL),
    ("cli", ALL),
    ("main", ALL),
    ("lib", ALL),
];
const ALL: &[&str] = &["*"];
/// Parts that decide or describe, and so know neither clock nor system.
const PURE: &[&str] = &["model", "rules", "engine", "simulation", "trial"];
const IMPURE: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::net",
    "std::process",
    "tokio",
];
const LOCKS: &[&str] = &["Mutex", "RwLock"];
const SLEEP: &[&str] = &["time::sleep", "thread::sleep"];
/// What a file may do although the rule forbids it: start of its path, the forbidden path, and why.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("src/rules/", "Instant::now", "the deadline that ends a rule which runs too long")];
const LONGEST_FILE: usize = 400;

#[test]
fn every_file_keeps_the_rules_of_the_house() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut problems = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for file in files_under(&root.join(folder), &["rs", "py", "sh"]) {
            let name = shown(root, &file);
            let text = fs::read_to_string(&file).unwrap();
            problems.extend(too_long(&name, &text));
            if name.ends_with(".rs") {
                problems.extend(check_code(&name, &text));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_rule_has_tests_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = files_under(&root.join("rules"), &["rhai"]);
    assert!(!rules.is_empty(), "no rules are shipped");
    for rule in rules {
        let tests = rule.with_extension("test.ron");
        assert!(tests.is_file(), "{} has no tests: write {}", shown(root, &rule), shown(root, &tests));
    }
}

fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

fn files_under(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, extensions));
        } else if path.extension().is_some_and(|e| extensions.iter().any(|known| e == *known)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn too_long(file: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST_FILE)
        .then(|| format!("{file}:{lines}: {lines} lines; split it by idea, {LONGEST_FILE} are allowed"))
}

/// Every problem of one file of Rust.
fn check_code(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let (part, depth) = place(file);
    for found in code::paths(text, depth) {
        let mut forbidden = Vec::new();
        if part.is_none() || found.in_tests || file.ends_with("/tests.rs") {
            forbidden.push((SLEEP, "in a test; wait for the event itself, with a bound"));
        }
        if let Some(part) = part {
            forbidden.push((LOCKS, "is a lock; give the state one owner and send messages"));
            if PURE.contains(&part) {
                forbidden.push((IMPURE, "has no place in a pure part; take it as an argument"));
            }
            let import = found.import().and_then(|import| forbidden_import(part, import));
            problems.extend(import.map(|why| format!("{file}:{}: {why}", found.line)));
        }
        for (paths, why) in forbidden {
            let used = paths.iter().filter(|path| found.contains(path) && !excepted(file, path));
            problems.extend(used.map(|path| format!("{file}:{}: `{path}` {why}", found.line)));
        }
    }
    problems
}

fn excepted(file: &str, path: &str) -> bool {
    EXCEPTIONS.iter().any(|(start, allowed, _)| file.starts_with(start) && *allowed == path)
}

fn forbidden_import(part: &str, import: &str) -> Option<String> {
    let Some((_, allowed)) = IMPORTS.iter().find(|(name, _)| *name == part) else {
        return Some(format!("`{part}` is not in the import table of tests/tidy.rs"));
    };
    if import == part || allowed.contains(&import) || *allowed == ALL {
        return None;
    }
    let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
    Some(format!("`{part}` may not import `{import}`, only: {allowed}"))
}

/// The part of the crate that a file belongs to (`None` outside `src`), and how many modules lie above its code.
fn place(file: &str) -> (Option<&str>, usize) {
    let Some(inside) = file.strip_prefix("src/") else { return (None, 0) };
    let path = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let part = path.split('/').next();
    (part, if matches!(path, "lib" | "main") { 0 } else { path.split('/').count() })
}

#[test]
fn a_sideways_import_is_found_however_it_is_written() {
    for code in [
        "use crate::mqtt::Topic;",
        "use crate::{\n    model::PortId, mqtt::{self},\n};",
        "fn f() { crate::mqtt::run() }",
        "use super::super::mqtt;",
        "mod tests {\n    use super::super::super::mqtt::Topic; }",
        "use smart_charging_station::mqtt;",
    ] {
        let problems = check_code("src/http/reports.rs", code);
        assert_eq!(problems.len(), 1, "{code}: {problems:?}");
        assert!(problems[0].contains("`http` may not import `mqtt`"), "{problems:?}");
    }
}

#[test]
fn what_the_table_allows_passes() {
    let code = "use std::fs;\nuse crate::{history::Reader, model::{PortId, Level}};\nuse super::{error, super::http};";
    assert_eq!(check_code("src/http/reports.rs", code), Vec::<String>::new());
    assert_eq!(check_code("src/main.rs", "use smart_charging_station::{cli, app};"), Vec::<String>::new());
}

#[test]
fn a_part_that_is_not_in_the_table_is_a_problem() {
    let problems = check_code("src/extra.rs", "\nuse crate::model::PortId;");
    assert_eq!(problems, ["src/extra.rs:2: `extra` is not in the import table of tests/tidy.rs"]);
}

#[test]
fn clocks_and_systems_are_found_in_pure_parts_with_their_line() {
    for (code, line) in [
        ("use std::{\n    sync::Arc,\n    fs,\n};", 3),
        ("fn f() {\n    jiff::Timestamp::now();\n}", 2),
        ("use tokio::sync::mpsc;", 1),
        ("use std::process::Command;", 1),
    ] {
        let problems = check_code("src/engine/mod.rs", code);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(&format!("src/engine/mod.rs:{line}: ")), "{problems:?}");
        assert_eq!(check_code("src/usb/mod.rs", code), Vec::<String>::new());
    }
    assert_eq!(check_code("src/rules/deadline.rs", "Instant::now();"), Vec::<String>::new());
}

#[test]
fn comments_and_texts_are_not_code() {
    let code = "// crate::mqtt\n/* Mutex */ //! [`crate::http`]\nfn f<'a>(x: &'a str) { g(\"tokio::x \\\" RwLock\", '\"', r#\"\"Mutex\"#) }";
    assert_eq!(check_code("src/model/x.rs", code), Vec::<String>::new());
    assert_eq!(check_code("src/model/x.rs", &format!("{code} use std::sync::Mutex;")).len(), 1);
}

#[test]
fn a_lock_is_found_anywhere_and_a_sleep_in_tests_only() {
    assert_eq!(check_code("src/http/x.rs", "use tokio::sync::{mpsc, RwLock};").len(), 1);
    let sleep = "tokio::time::sleep(d).await;";
    assert_eq!(check_code("src/usb/x.rs", sleep), Vec::<String>::new());
    assert_eq!(check_code("src/usb/x.rs", &format!("#[cfg(test)]\nmod tests {{ {sleep} }}")).len(), 1);
    assert_eq!(check_code("src/usb/tests.rs", sleep).len(), 1);
    assert_eq!(check_code("tests/service/main.rs", sleep).len(), 1);
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(too_long("src/x.rs", &"line\n".repeat(LONGEST_FILE)), None);
    assert!(too_long("src/x.rs", &"line\n".repeat(LONGEST_FILE + 1)).unwrap().starts_with("src/x.rs:401: "));
}
