//! How test files are read, and what is said of wrong ones.

use std::sync::Arc;

use smart_charging_station::trial::testing::{TestResult, run_tests};

use crate::support::{compile, usage};

const RULE: &str = r#"//! Says what it sees.
let a = param("a", 1);
let b = param("b", 2.5);
keep(`${battery.level} ${battery.has_temp} ${battery.has_charging} ${battery.age_minutes} ${port.number} ${port.on} ${port.has_minutes} ${rule.holds} ${history.charge_per_hour} ${history.minutes_above("level", 50)} ${device.name} ${device.tags} ${station.ports_on} ${clock.weekday} ${clock.time} ${a} ${b}`);
"#;

fn run(text: &str) -> Result<Vec<TestResult>, String> {
    let set = Arc::new(compile(RULE).unwrap());
    run_tests(&set, &usage("x").rule, "rules/x.test.ron", text)
        .map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect())
}

fn reason(case: &str) -> String {
    run(&format!("[({case}, expect: Keep)]")).unwrap().remove(0).reason
}

#[test]
fn what_is_left_out_has_a_default() {
    let all = "50 false false 0 1 true true false 40 0 device  1 Monday 12:00 1 2.5";
    assert_eq!(reason("name: \"n\""), all);
}

#[test]
fn everything_can_be_set() {
    let case = r#"name: "n", at: "5:30", weekday: "Sunday", with: {"a": 7, "b": 31.6},
        battery: (level: 77, temp: 31.5, charging: false, age_minutes: 3),
        port: (number: 9, on: false, minutes: None), holds: true,
        history: (charge_per_hour: 12.5, minutes_at_level: 8, minutes_at_temp: 4),
        device: (name: "Pixel", kind: "phone", tags: ["old", "lab"]), station: (name: "desk", ports_on: 5)"#;
    assert_eq!(reason(case), "77 true true 3 9 false false true 12.5 8 Pixel old, lab 5 Sunday 05:30 7 31.6");
}

#[test]
fn a_day_signals_and_the_last_full_charge_can_be_set() {
    let rule = "//! x\nlet price = if signal.has(\"price\") { `${signal.value(\"price\")} ${signal.age_minutes(\"price\")}` } else { \"?\" };\nlet full = if history.has_full { history.hours_since_full } else { -1 };\nkeep(`${clock.date} ${clock.weekday} ${full} ${price}`);";
    let set = Arc::new(compile(rule).unwrap());
    let said = |case: &str| {
        let text = format!("[(name: \"n\", {case} expect: Keep)]");
        run_tests(&set, &usage("x").rule, "t", &text).map(|mut results| results.remove(0).reason)
    };
    assert_eq!(said(""), Ok("2026-01-05 Monday -1 ?".to_owned()));
    let all = "date: \"2026-12-24\", history: (hours_since_full: 30), signals: {\"price\": (value: -0.3, age_minutes: 7)},";
    assert_eq!(said(all), Ok("2026-12-24 Thursday 30 -0.3 7".to_owned()));
    let wrong = |case| said(case).unwrap_err().remove(0).message;
    assert_eq!(
        wrong("date: \"24.12.2026\","),
        "`24.12.2026` is not a day: write year, month and day, for example \"2026-12-24\""
    );
    assert_eq!(
        wrong("date: \"2026-12-24\", weekday: \"Monday\","),
        "2026-12-24 is a Thursday: leave out `weekday`"
    );
    assert_eq!(wrong("signals: {\"price\": (value: inf)},"), "the signal `price` is no number");
}

#[test]
fn lines_are_those_of_the_cases() {
    let text = "// one\n[\n  (name: \"a, ](\", expect: Keep), /* ( */ (name: \"b\", expect: Keep),\n\n  // more\n  (\n    name: \"c\",\n    expect: Nothing,\n  ),\n]\n";
    let lines: Vec<(u32, bool)> =
        run(text).unwrap().iter().map(|result| (result.line, result.passed)).collect();
    assert_eq!(lines, [(3, true), (3, true), (6, false)]);
    assert_eq!(run("[]"), Ok(Vec::new()));
}

#[test]
fn a_reason_that_does_not_fit_fails_the_case() {
    let results = run("[(name: \"n\", expect: Keep, because: \"nowhere\")]").unwrap();
    assert!(results.iter().all(|result| !result.passed && result.expected == "keep, because of `nowhere`"));
}

#[test]
fn a_rule_that_fails_fails_the_case() {
    let set =
        compile("//! x\nif device.name.len() == 3 { throw \"broken\" } else { keep(\"fine\") }").unwrap();
    let text = "[(name: \"n\", device: (name: \"bad\"), expect: Nothing)]";
    let results = run_tests(&Arc::new(set), &usage("x").rule, "t", text).unwrap();
    assert_eq!(
        results.first().map(|r| (r.passed, r.got.as_str())),
        Some((false, "the rule failed in line 2: broken"))
    );
}

/// A test file and what is said of it.
const WRONG: &[(&str, &str)] = &[
    (
        "[(name: \"n\", expect: Keep, lvel: 3)]",
        ":1:28: error[unknown-field]: there is no field `lvel`\n    hint: the fields here are name,",
    ),
    (
        "[(name: \"n\", expct: Keep)]",
        ":1:14: error[unknown-field]: there is no field `expct`\n    hint: did you mean `expect`?",
    ),
    (
        "[\n  (name: \"n\",\n   battery: (lvel: 3), expect: Keep)]",
        ":3:14: error[unknown-field]: there is no field `lvel`\n    hint: did you mean `level`?",
    ),
    ("[(name: \"n\", battery: (level: 101), expect: Keep)]", "level 101 is out of range: percent, 0 to 100"),
    ("[(name: \"n\", battery: (temp: 315), expect: Keep)]", "divide by 10"),
    ("[(name: \"n\", at: \"25:00\", expect: Keep)]", "`25:00` is not a time of day"),
    (
        "[(name: \"n\", weekday: \"Mon\", expect: Keep)]",
        "`Mon` is not a day of the week: write \"Monday\" to \"Sunday\"",
    ),
    ("[(name: \"n\", history: (charge_per_hour: 0), expect: Keep)]", "charge_per_hour 0 is out of range"),
    ("[(name: \"n\", expect: Off)]", "`Off` is not one of"),
    ("[\n\n(name: \"n\")]", ":3:1: error[missing-field]: the case that begins here has no `expect`"),
    ("[(name: \"n\", name: \"m\", expect: Keep)]", "error[duplicate-field]: `name` is given twice"),
    ("[(name: \"n\", with: {\"a\": 1, \"a\": 2}, expect: Keep)]", "parameter `a` is given twice"),
    (
        "[(name: \"n\",\n  with: {\"c\": 1}, expect: Keep)]",
        ":2:10: error[unknown-parameter]: `x` has no parameter `c`",
    ),
    (
        "[(name: \"n\", with: {\"a\": \"x\"}, expect: Keep)]",
        ":1:21: error[wrong-kind]: parameter `a` wants a whole number, not \"x\"",
    ),
    (
        "[(name: \"n\", expect: Keep), (name: \"n\", expect: Keep)]",
        ":1:29: error[duplicate-case]: there are two cases named `n`",
    ),
    (
        "[(\"name\": \"n\", expect: Keep)]",
        "hint: names of fields, and Charge, Rest, Keep and Nothing, stand without quotes",
    ),
    ("[(name: \"n\", expect: \"Keep\")]", ":1:22: error[syntax]: expected a name, found a text"),
    ("[\"n\"]", ":1:2: error[syntax]: expected `(`, found a text\n    hint: a case stands between ( and )"),
    ("[Foo(name: \"n\")]", "error[syntax]: expected `(`, found `Foo`"),
    (
        "[(name: \"n\", battery: 50, expect: Keep)]",
        "expected `(`, found `50`\n    hint: write battery: (level: 60)",
    ),
    (
        "[(name: \"n\", at: 05:30, expect: Keep)]",
        "expected a text, found `05`\n    hint: texts stand between double quotes",
    ),
    ("[(name: \"n\", port: (minutes: 1.5), expect: Keep)]", "hint: write it without a point"),
    (
        "[(name: \"n\", with: {\"a\": [1]}, expect: Keep)]",
        "expected a number, a text, true or false, found a sequence",
    ),
    (
        "(name: \"n\", expect: Keep)",
        ":1:1: error[syntax]: a test file is a list of cases\n    hint: write [(name:",
    ),
    (
        "[\n(name: \"n\", expect: Keep,\n(name: \"m\", expect: Keep)]",
        ":2:1: error[syntax]: the `(` opened here is not closed\n    hint: put `)` at the end of what begins in line 2",
    ),
    ("[(name: \"n, expect: Keep)]", ":1:9: error[syntax]: the text that begins here does not end"),
    ("[(name: \"n\", expect: Keep) (name: \"m\", expect: Keep)]", "hint: put a comma between cases"),
    ("# cases\n[]", "hint: comments begin with //"),
    ("[(name: \"n\", expect: Keep)", "error[syntax]"),
    ("", "error[syntax]"),
];

#[test]
fn wrong_files_are_explained() {
    for (text, wanted) in WRONG {
        let told = run(text).unwrap_err();
        assert!(told.contains(wanted), "--- {text}\n--- wanted {wanted}\n--- told {told}");
        assert!(told.starts_with("rules/x.test.ron:"), "{told}");
        assert!(!told.contains("Case") && !told.contains("struct"), "a type of the program is named: {told}");
    }
}

#[test]
fn a_test_file_without_a_rule_is_told_once() {
    let text = "[(name: \"a\", expect: Keep), (name: \"b\", expect: Keep)]";
    let found =
        run_tests(&Arc::new(compile(RULE).unwrap()), &usage("y").rule, "rules/y.test.ron", text).unwrap_err();
    assert_eq!(found.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["unknown-rule"]);
}

#[test]
fn all_problems_come_at_once() {
    let text = "[\n(name: \"a\", expct: Keep),\n(name: \"b\", battery: (level: 200), expect: Keep),\n(name: \"c\", expect: Keep),\n(name: \"d\", at: \"x\", expect: Keep),\n]";
    let told = run(text).unwrap_err();
    for line in ["ron:2:", "ron:3:", "ron:5:"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(!told.contains("ron:4:"), "{told}");
}
