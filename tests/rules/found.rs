//! What is told at once and once, of quiet comparisons, and of verbs that are never said.

use crate::support::{compile, problems, unheard};

/// One script (after its first line, the description) and what is said of it.
const SAID: &[(&str, &str)] = &[
    // Verbs that are never said.
    (
        "if battery.level < 20 { charge(\"x\"); }\nif battery.level < 10 { rest(\"y\"); }",
        "3:25: warning[never-said]: this `rest` is never said: none of 101 situations leads here",
    ),
    (
        "if battery.level > 20 { charge(\"x\"); } else if battery.level > 50 { rest(\"y\"); }",
        "2:69: warning[never-said]: this `rest` is never said",
    ),
    ("fn unused() { keep(\"x\") }\nif port.on { rest(\"y\") }", "2:15: warning[never-said]: this `keep`"),
    (
        "let low = param(\"low\", 20);\nif battery.level < low { charge(\"x\") }\nif battery.level < low - 5 { rest(\"y\") }",
        "4:30: warning[never-said]",
    ),
    (
        "if clock.hour < 12 { charge(\"x\") } else if clock.time < \"11:30\" && battery.level < 50 { rest(\"y\") }",
        "warning[never-said]: this `rest`",
    ),
    // What looks like a blank, and other signs.
    (
        "if\u{a0}battery.level < 20 { charge(\"x\"); }",
        "2:3: error[syntax]: a non-breaking space cannot stand here\n    hint: it looks like a blank and is none",
    ),
    ("let a = 3; a++; if battery.level < a { charge(\"x\"); }", "hint: write `x += 1`"),
    ("if battery.level < 20 { charge(\"x\"); } }", "hint: there is one closing bracket too many"),
    (
        "fn f(x) { x.call(x) } f(3); keep(\"x\");",
        "a name belongs behind the point, not `call`\n    hint: call functions by their name",
    ),
    (
        "fn f(b) { b.lvel < 20 } if f(battery) { keep(\"x\") }",
        "2:13: error[unknown-name]: nothing here has a `lvel`\n    hint: did you mean `level`?",
    ),
    (
        "if battery.level < { charge(\"x\"); }\nkeep(\"y\");",
        "2:20: error[syntax]: a value is missing before this `{`",
    ),
    ("keep(\"x\");\nif\n\n", "3:2: error[syntax]: script is incomplete"),
    ("let x = to_int(1.0e300); if port.on { keep(\"x\"); }", "`1e300` is too large for a whole number"),
    // `switch` and `in` compare quietly.
    (
        "switch battery.level { \"20\" => rest(\"x\"), _ => charge(\"y\") }",
        "2:24: error[wrong-kind]: this case never comes: \"20\" is a text, `battery.level` is a number\n    hint: write 20, without quotes",
    ),
    (
        "switch device.kind { 3 => rest(\"x\"), _ => charge(\"y\") }",
        "2:22: error[wrong-kind]: this case never comes",
    ),
    (
        "switch clock.weekday { \"Sun\" => rest(\"x\"), _ => charge(\"y\") }",
        "2:24: error[wrong-values]: `Sun` is no day of the week\n    hint: did you mean \"Sunday\"?",
    ),
    (
        "if clock.weekday in [\"Sat\", \"Sunday\"] { keep(\"x\") }",
        "2:22: error[wrong-values]: `Sat` is no day of the week",
    ),
    (
        "if battery.level in [20, \"30\"] { keep(\"x\") }",
        "2:26: error[wrong-kind]: `in` cannot compare `battery.level`, a number, with `\"30\"`, a text",
    ),
    (
        "let ok = [20, \"30\"]; if battery.level in ok { keep(\"x\") }",
        "error[rule-fails]: fails sometimes: `in` cannot compare a whole number with a text",
    ),
    ("if 5 in device.tags { keep(\"x\") }", "error[wrong-kind]: `in` finds nothing: `device.tags` are texts"),
    ("if !(\"x\" in 3..5) { keep(\"x\") }", "error[wrong-kind]: `in` finds nothing: a range is of numbers"),
    (
        "if clock.date == \"24.12.2026\" { keep(\"x\") }",
        "error[wrong-values]: `clock.date` never looks like `24.12.2026`",
    ),
    (
        "if history.minutes_above(\"level\", 82) > 60 { rest(\"x\") }",
        "2:35: warning[between-steps]: levels are remembered in steps of 5 %: `82` is as good as 85\n    hint: ask for 80 or 85",
    ),
];

#[test]
fn what_nobody_would_see_is_said() {
    assert_eq!(unheard(SAID), "");
}

/// What looks alike and is right.
const RIGHT: &[&str] = &[
    "let high = param(\"high\", 80); if high > 100 { throw \"high is percent\"; } if battery.level > high { rest(\"x\") }",
    "let fast = param(\"fast\", false); if fast { charge(\"x\") } if battery.level > 80 { rest(\"y\") }",
    "let from = param(\"from\", \"22:00\"); if clock.time > from { rest(\"x\") } if clock.time > \"22:00\" { keep(\"y\") }",
    "let most = param(\"most\", 100); if battery.level > most { rest(\"x\") } if battery.level < 20 { charge(\"y\") }",
    "if clock.minutes_until(\"07:00\") in 31..=35 { charge(\"x\") } if battery.level > 80 { rest(\"y\") }",
    "if battery.has_temp && battery.temp * 2 > 84.2 && battery.temp * 2 < 84.6 { rest(\"x\") } if port.on { keep(\"y\") }",
    "if \"old\" in device.tags && \"loud\" in device.tags { rest(\"x\") } if port.on { keep(\"y\") }",
    "switch battery.level { 0..=20 => charge(\"x\"), 80..=100 => rest(\"y\"), _ => () }",
    "switch clock.weekday { \"Saturday\" | \"Sunday\" => rest(\"x\"), \"Monday\" if battery.level < 20 => charge(\"3\"), _ => () }",
    "if clock.weekday in [\"Saturday\", \"Sunday\"] && battery.level in [20, 30] { keep(\"x\") }",
    "if history.minutes_above(\"level\", 85) > 60 || history.minutes_above(\"temp\", 41) > 9 { rest(\"x\") }",
];

#[test]
fn what_is_right_is_not_found_fault_with() {
    for script in RIGHT {
        assert_eq!(problems(&format!("//! What it is for.\n{script}")), "", "--- {script}");
    }
}

fn places(text: &str) -> Vec<(u32, u32, String)> {
    let found = compile(text).map_or_else(|problems| problems, |set| set.warnings().to_vec());
    found.into_iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
}

#[test]
fn a_misspelt_name_hides_nothing() {
    let text = "//! x\nif batery.level < 20 { chrage(\"x\"); }\nif clock.weekday == \"Sun\" { rest(); }\n\
                if battery.lvel < \"20\" { keep(\"y\"); }\nif prt.on { keep(\"z\"); }";
    let found = places(text);
    let at: Vec<(u32, u32)> = found.iter().map(|(line, column, _)| (*line, *column)).collect();
    assert_eq!(at, [(2, 4), (2, 24), (3, 18), (3, 29), (4, 12), (5, 4)], "{found:?}");
    let text = "//! x\nif batery.level < 20 { charge(\"x\"); }\nif port.on and true { rest(\"y\"); }";
    let at: Vec<u32> = places(text).iter().map(|(line, ..)| *line).collect();
    assert_eq!(at, [2, 3]);
}

#[test]
fn what_follows_from_a_name_that_nobody_knows_is_not_told() {
    for script in [
        "if sensor.humidity > 3 { keep(\"x\") }",
        "if battery.level < 20 { charge \"low\"; }",
        "keep(f\"{battery.level}\");",
    ] {
        assert_eq!(places(&format!("//! x\n{script}")).len(), 1, "{script}");
    }
    let many: String = (0..30).map(|n| format!("if unknown_{n} > 3 {{ keep(\"x\") }}\n")).collect();
    assert!((10..=15).contains(&places(&many).len()), "told within bounds");
}

#[test]
fn one_mistake_is_told_once() {
    let text = "//! x\nlet a = 9223372036854775807;\nif a + battery.level > 3 { keep(\"x\"); }";
    assert_eq!(places(text).len(), 1);
    let text = "//! x\nif battery.level > 100 { keep(\"x\") } else { rest(\"y\") }";
    assert_eq!(places(text).iter().map(|(.., code)| code.as_str()).collect::<Vec<_>>(), ["never-true"]);
    let text = "//! x\nif port.on { rest(\"a\") } else { charge(\"b\") }\nkeep(\"c\");";
    assert_eq!(places(text).iter().map(|(.., code)| code.as_str()).collect::<Vec<_>>(), ["unreachable"]);
}
