//! What people write who know another language or another program, and the hint that they get.

use crate::support::{problems, unheard};

/// One script (after its first line, the description) and what to do about it.
const HABITS: &[(&str, &str)] = &[
    ("if battery.level < 20 { charge \"low\"; }", "hint: put brackets around it: charge(\"…\")"),
    (
        "if battery.level < 20% { charge(\"low\"); }",
        "2:22: error[syntax]: `%` cannot stand here\n    hint: write numbers without %",
    ),
    (
        "if battery.percent < 20 { charge(\"low\"); }",
        "`battery` has no `percent`\n    hint: did you mean `level`?",
    ),
    ("if battery.temperature > 40 { rest(\"hot\"); }", "hint: did you mean `temp`?"),
    ("if battery.is_charging { rest(\"hot\"); }", "hint: did you mean `charging`?"),
    ("if port.state { rest(\"hot\"); }", "hint: did you mean `on`?"),
    ("if clock.day == \"Monday\" { rest(\"hot\"); }", "hint: did you mean `weekday`?"),
    ("if device.type == \"phone\" { rest(\"hot\"); }", "hint: did you mean `kind`?"),
    ("if temperature > 40 { rest(\"hot\"); }", "hint: did you mean `battery.temp`?"),
    (
        "if battery.temp > 40 { rest(\"hot\"); }",
        "ask battery.has_temp first\n    hint: for example if battery.has_temp && … { … }",
    ),
    (
        "if clock.hour > 22 && clock.hour < 6 { rest(\"night\"); }",
        "`clock.hour` is never over 22 and under 6 at the same time\n    hint: over midnight: clock.is_between(\"22:00\", \"06:00\")",
    ),
    (
        "if battery.level < 20 && 80 < battery.level { rest(\"x\"); }",
        "warning[never-true]: `battery.level` is never over 80 and under 20 at the same time\n    hint: write `||`",
    ),
    (
        "if battery.level < 20 || 30 { charge(\"low\"); }",
        "2:26: error[wrong-kind]: true or false is needed here, not a number\n    hint: write the whole comparison on both sides",
    ),
    ("if clock.is_between(\"22\", \"6\") { rest(\"night\"); }", "hint: did you mean \"22:00\"?"),
    (
        "if clock.is_between(22:00, 06:00) { rest(\"night\"); }",
        "hint: write a time of day as a text: \"22:00\"",
    ),
    ("keep(f\"level {battery.level}\");", "hint: texts with values in them stand between backticks"),
    ("If battery.level < 20 { charge(\"x\"); }", "hint: write `if`, in small letters"),
    ("if battery.level < 20 { Charge(\"x\"); }", "hint: did you mean `charge`?"),
    (
        "if battery.level < 20 { charge(low battery); }",
        "hint: texts stand between double quotes: charge(\"…\")",
    ),
    ("if device.name == Pixel { charge(\"x\"); }", "hint: texts stand between double quotes: \"Pixel\""),
    (
        "let low: int = 20; if battery.level < low { charge(\"x\"); }",
        "hint: variables have no type: let low = 20;",
    ),
    ("if battery.level between 20 and 80 { keep(\"x\"); }", "hint: write battery.level in 20..=80"),
    ("if battery.level => 80 { rest(\"x\"); }", "hint: write `>=`"),
    ("if battery.level is 20 { keep(\"x\"); }", "hint: write `==` for is"),
    ("port.on = true;", "hint: what a rule wants it says: charge(\"why\") gives power"),
    ("turn_on();", "hint: to give power write charge(\"why\")"),
    ("while battery.level < 80 { charge(\"low\"); }", "hint: a rule is asked again at every report"),
];

#[test]
fn habits_of_other_languages_get_a_hint_that_names_the_fix() {
    assert_eq!(unheard(HABITS), "");
}

#[test]
fn what_follows_from_an_error_is_not_told_beside_it() {
    let told = problems("//! x\nif battery.level < 20 { Charge(\"x\"); }");
    assert_eq!(told.matches("warning[").count(), 0, "{told}");
}
