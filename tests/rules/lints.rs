//! What can be said of a rule without running it: kinds, lines that nothing reaches, values that go nowhere, and
//! comparisons that are never true.

use crate::support::{compile, problems, unheard};

/// One script (after its first line, the description) and what is said of it.
const SAID: &[(&str, &str)] = &[
    (
        "let low = param(\"low\", \"20\");\nif false && battery.level < low { keep(\"x\") }",
        "3:27: error[wrong-kind]: `<` cannot compare `battery.level`, a number, with `low`, a text",
    ),
    ("if port.on == \"on\" { keep(\"x\") }", "hint: write `port.on` or `!port.on`"),
    ("if port.on == 1 { keep(\"x\") }", "hint: write `port.on` or `!port.on`"),
    ("if device.tags == \"old\" { keep(\"x\") }", "hint: write \"old\" in device.tags"),
    ("if battery < 20 { keep(\"x\") }", "hint: did you mean `battery.level`?"),
    ("if battery.level > \"20%\" { keep(\"x\") }", "hint: write 20, without quotes"),
    (
        "if clock.time > 22 { keep(\"x\") }",
        "hint: write clock.is_between(\"22:00\", \"06:00\"), or compare `clock.hour`",
    ),
    ("if clock.weekday == 1 { keep(\"x\") }", "hint: days are texts, \"Monday\" to \"Sunday\""),
    ("if battery.temp == () { keep(\"x\") }", "hint: nothing is ever empty here; ask battery.has_temp"),
    (
        "if battery.level { keep(\"x\") }",
        "2:4: error[wrong-kind]: `if` wants true or false, `battery.level` is a number\n    hint: compare it, for example battery.level < 20",
    ),
    ("if port { keep(\"x\") }", "hint: did you mean `port.on`?"),
    ("if rule.holds && battery.level { keep(\"x\") }", "2:18: error[wrong-kind]: `&&` wants true or false"),
    ("if !battery.level { keep(\"x\") }", "error[wrong-kind]: `!` wants true or false"),
    ("if clock.weekday { keep(\"x\") }", "hint: write clock.weekday == \"Saturday\""),
    (
        "if clock.minutes_until(7) < 3 { keep(\"x\") }",
        "2:24: error[wrong-kind]: `minutes_until` wants a text here, `7` is a number\n    hint: times of day are texts: \"07:00\"",
    ),
    ("if history.minutes_to_charge(battery, 100) > 3 { keep(\"x\") }", "hint: did you mean `battery.level`?"),
    (
        "let a = 3; if a > 2 { a = \"x\"; } let b = a; if rule.holds { keep(\"x\" + 3) }",
        "error[wrong-kind]: `+` does not work with a text and a number",
    ),
    ("fn f(a) { if a == 3 { 20 < \"x\" } else { true } } if f(1) { keep(\"x\") }", "error[wrong-kind]"),
    ("switch clock.hour { 3 => if 1 < \"x\" { keep(\"x\") }, _ => () } ", "error[wrong-kind]"),
    ("if rule.holds { keep(`${if 3 < \"x\" { 1 } else { 2 }}`) }", "error[wrong-kind]"),
    // Cases that never come.
    (
        "switch battery.level { \"20\" => charge(\"x\"), _ => rest(\"y\") }",
        "2:24: error[wrong-kind]: this case never comes: \"20\" is a text, `battery.level` is a number\n    hint: write 20, without quotes",
    ),
    (
        "switch clock.weekday { \"Mon\" | \"Sunday\" => charge(\"x\"), _ => rest(\"y\") }",
        "2:24: error[wrong-values]: `Mon` is no day of the week\n    hint: did you mean \"Monday\"?",
    ),
    ("switch battery { 20 => charge(\"x\"), _ => rest(\"y\") }", "hint: did you mean `battery.level`?"),
    (
        "if battery.has_temp { switch battery.temp { 40 => rest(\"x\"), _ => () } }",
        "2:45: warning[never-true]: this case never comes: `battery.temp` has a fraction, 40 has none",
    ),
    // Never and always true.
    (
        "if battery.level > 100 { keep(\"x\") }",
        "2:18: warning[never-true]: `battery.level > 100` is never true\n    hint: a level is 0 to 100 percent",
    ),
    ("if 0 <= battery.level { keep(\"x\") }", "warning[always-true]: `battery.level >= 0` is always true"),
    ("if clock.hour == 24 { keep(\"x\") }", "`clock.hour == 24` is never true\n    hint: hours are 0 to 23"),
    (
        "if clock.weekday == \"sun\" { keep(\"x\") }",
        "error[wrong-values]: `sun` is no day of the week\n    hint: did you mean \"Sunday\"?",
    ),
    ("if clock.weekday == \"Thurday\" { keep(\"x\") }", "hint: did you mean `Thursday`?"),
    ("if clock.weekday > \"Friday\" { keep(\"x\") }", "warning[by-letters]"),
    ("if clock.time > \"7:00\" { keep(\"x\") }", "error[wrong-values]: `clock.time` never looks like `7:00`"),
    (
        "if battery.level < 20 && battery.level > 80 { keep(\"x\") }",
        "1:1: warning[never-speaks]: the rule said nothing in any of the 101 situations that were tried",
    ),
    ("fn unused() { keep(\"x\") }\nlet a = 3;", "warning[never-speaks]"),
    // Lines that nothing reaches.
    (
        "if port.on { rest(\"a\"); let b = 3; }",
        "2:25: warning[unreachable]: nothing after this is reached: a verb ends the rule",
    ),
    (
        "if port.on { rest(\"a\") } else { charge(\"b\") }\nkeep(\"c\");",
        "3:1: warning[unreachable]: nothing after this is reached: all ways through the `if` before it end the rule",
    ),
    (
        "return;\nkeep(\"c\");",
        "3:1: warning[unreachable]: nothing after this is reached: `return` and `throw`",
    ),
    // Values that go nowhere.
    (
        "if battery.level < 20 { \"charge\" } else { rest(\"x\") }",
        "2:25: warning[lost-value]: this value goes nowhere\n    hint: a rule says it with its reason: charge(\"why\")",
    ),
    ("if port.on { \"off\" } keep(\"x\")", "hint: to take power away write rest(\"why\")"),
    ("if port.on { keep(\"x\") }\ntrue", "3:1: warning[lost-value]"),
    ("if port.on { keep(\"x\") }\nbattery.level < 20", "3:1: warning[lost-value]"),
    ("if port.on { keep(\"x\") }\nbattery.level", "3:1: warning[lost-value]"),
    (
        "let low = 3; low == 5; if battery.level < low { keep(\"x\") }",
        "2:14: warning[lost-value]: this value goes nowhere\n    hint: to give a variable a value write `=`",
    ),
    ("round(3.5); keep(\"x\");", "2:1: warning[lost-value]: what `round` gives back goes nowhere"),
    ("if rule.holds { return \"rest\"; } keep(\"x\");", "2:24: warning[lost-value]"),
    (
        "charge(\"${battery.level}% is low\");",
        "2:8: warning[not-filled-in]: in a text between double quotes `${…}` is not filled in",
    ),
];

#[test]
fn what_cannot_work_is_said_before_it_runs() {
    assert_eq!(unheard(SAID), "");
}

/// What looks alike and is right.
const RIGHT: &[&str] = &[
    "let a = if port.on { 3 } else { 4 }; if battery.level < a { keep(\"x\") }",
    "fn low(level) { level < 20 } if low(battery.level) { keep(\"x\") }",
    "fn low(level) { if level < 20 { true } else { false } } if low(battery.level) { keep(\"x\") }",
    "fn say(level) { rest(`${level}`) } if battery.level > 80 { say(battery.level) }",
    "let b = battery; if b.level in 20..=80 { keep(\"x\") }",
    "if \"old\" in device.tags || device.kind == \"phone\" { keep(\"x\") }",
    "let limit = 30; if port.on { limit = 40.5; } if battery.level < limit { keep(\"x\") }",
    "let a = 3; if port.on { a = \"x\"; } if !port.on && a == 3 { keep(\"x\") }",
    "switch clock.weekday { \"Saturday\" => rest(\"weekend\"), \"Sunday\" => rest(\"weekend\"), _ => () }",
    "if battery.level > 80 { return rest(\"enough\"); }",
    "if port.on { return; } charge(\"off\");",
    "try { if battery.temp > 40 { rest(\"hot\") } } catch { keep(\"unknown\") }",
    "let t = clock.time; if t >= \"22:00\" || t < \"06:00\" { rest(`night, ${t}`) }",
    "if battery.level == 100 || battery.level <= 0 || clock.hour == 0 { keep(\"x\") }",
    "if round(battery.level / 10.0) > 8 { rest(\"x\" + \"y\") }",
    "if history.minutes_to_charge(battery.level, 100) + 20 >= clock.minutes_until(\"07:00\") { charge(\"now\") }",
    "if device.name == \"Pixel 7\" && clock.weekday == \"Sunday\" && clock.time == \"03:17\" { keep(\"x\") }",
    "if battery.has_temp && !(battery.temp < 42) { rest(\"hot\") }",
    "if device.name.len() > 20 || device.tags.len() > 3 { rest(\"odd\") }",
    "if history.charge_per_hour < 2 { rest(\"a bad cable\") }",
    "switch battery.level { 20 | 21 => keep(\"x\"), 0..20 => charge(\"low\"), _ => () }",
    "switch device.kind { \"phone\" => { if port.on { rest(\"x\") } } \"watch\" if battery.level > 30 => keep(\"x\"), _ => () }",
    "switch battery.level > 20 { true => rest(\"x\"), _ => charge(\"y\") }",
];

#[test]
fn what_is_right_is_not_found_fault_with() {
    for script in RIGHT {
        assert_eq!(problems(&format!("//! What it is for.\n{script}")), "", "--- {script}");
    }
}

#[test]
fn a_problem_is_as_long_as_what_it_is_about() {
    let found = |text: &str| {
        let found = compile(text).map_or_else(|problems| problems, |set| set.warnings().to_vec());
        found.iter().map(|problem| (problem.line, problem.column, problem.length)).collect::<Vec<_>>()
    };
    assert_eq!(found("//! x\nif battery.lvel < 20 { keep(\"ä\") }"), [(2, 12, 4)]);
    assert_eq!(found("//! x\nif battery.level >= \"ä\" { keep(\"ä\") }"), [(2, 18, 2)]);
    assert_eq!(found("//! x\nkeep(`a`); true"), [(2, 12, 4)]);
    assert_eq!(found("//! x\nif clock.weekday == \"Sun\" { keep(\"a\") }"), [(2, 18, 2)]);
}
