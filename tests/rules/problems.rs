//! What people are told when a rule cannot be taken: every message here is read by somebody.

use smart_charging_station::{model::Severity, rules::RuleSet};

use crate::support::{compile, problems, source};

/// One script (after its first line, the description) and what is said of it.
const WRONG: &[(&str, &str)] = &[
    (
        "if battery.level < 20 and port.on { }",
        "2:23: error[syntax]: expected `{`, found `and`\n    hint: write `&&` for and",
    ),
    (
        "if port.on or rule.holds { }",
        "2:12: error[syntax]: expected `{`, found `or`\n    hint: write `||` for or",
    ),
    ("if not port.on { }", "2:4: error[unknown-name]: `not` is not known\n    hint: write `!` for not"),
    (
        "if port.on then { }",
        "2:12: error[syntax]: expected `{`, found `then`\n    hint: write `{` in place of `then`, and `}` at the end",
    ),
    (
        "if port.on:\n  keep(\"x\")",
        "2:11: error[syntax]: expected `{`, found `:`\n    hint: write `{` in place of `:`, and `}` at the end",
    ),
    (
        "if (port.on) keep(\"x\");",
        "2:14: error[syntax]: expected `{`, found `keep`\n    hint: what an `if` does stands between { and }",
    ),
    (
        "if port.on { } elif rule.holds { }",
        "2:16: error[unknown-name]: `elif` is not known\n    hint: write `else if`",
    ),
    (
        "if battery.level = 20 { }",
        "2:18: error[syntax]: `=` gives a variable a value and compares nothing\n    hint: to compare write `==`",
    ),
    (
        "if battery.level =< 20 { }",
        "2:18: error[syntax]: `=` gives a variable a value and compares nothing\n    hint: write `<=`",
    ),
    ("if battery.level === 20 { }", "2:18: error[syntax]: `===` cannot stand here\n    hint: write `==`"),
    (
        "if battery.level <> 20 { }",
        "2:19: error[syntax]: `>` cannot stand here\n    hint: write `!=` for not equal",
    ),
    ("keep('x');", "hint: write texts with double quotes"),
    (
        "keep('why');",
        "2:6: error[syntax]: `'why'` is not a text\n    hint: write texts with double quotes: \"why\"",
    ),
    ("keep(“x”);", "2:6: error[syntax]: `“` cannot stand here\n    hint: write straight quotes"),
    ("keep(\"x);", "2:6: error[syntax]: the text that begins here does not end"),
    (
        "let a = 1\nlet b = 2;",
        "2:9: error[missing-semicolon]: the `;` after this statement is missing\n    hint: put `;` at the end of this line",
    ),
    ("let a = 1 // why\n\nkeep(\"x\");", "2:9: error[missing-semicolon]: the `;` after"),
    (
        "if port.on {\n  keep(\"x\");\n",
        "2:12: error[unclosed]: the `{` opened here is not closed\n    hint: put `}` at the end of what begins in line 2",
    ),
    (
        "let high = param(\"high\" 60);",
        "2:25: error[missing-comma]: a comma is missing between `\"high\"` and `60`\n    hint: put `,` after `\"high\"`",
    ),
    ("keep(\"x\" battery.level);", "a comma is missing between `\"x\"` and `battery`"),
    (
        "if port.on { keep(\"x\"; }",
        "2:18: error[unclosed]: the `(` opened here is not closed\n    hint: put `)` at the end of what begins in line 2",
    ),
    ("keep(\"x\"", "2:5: error[unclosed]: the `(` opened here is not closed"),
    (
        "keep(\"x\"));",
        "2:10: error[syntax]: found `)` where the statement should end\n    hint: there is one closing bracket too many",
    ),
    (
        "let a = port.on ? 1 : 2;",
        "2:17: error[syntax]: `?` is not an operator here\n    hint: write if a { b } else { c }",
    ),
    (
        "let t = 07:00;",
        "2:11: error[syntax]: found `:` where the statement should end\n    hint: write a time of day as a text: \"07:00\"",
    ),
    ("let t = 31,5;", "hint: numbers have a point: 31.5"),
    ("let low = 20%;", "hint: write numbers without %"),
    ("# low", "2:1: error[syntax]: `#` is not part of this language\n    hint: comments begin with //"),
    ("var a = 3;", "hint: variables are declared with `let`"),
    ("if battery.temp == null { }", "hint: nothing is ever empty here; ask battery.has_temp"),
    ("if port.on == True { }", "hint: write `true`"),
    ("low = 3;", "2:1: error[unknown-name]: `low` is not known\n    hint: write let low = …; the first time"),
    (
        "if lowest > 3 { keep(\"x\") }",
        "`lowest` is not known\n    hint: declare it with `let`; rules can see battery,",
    ),
    (
        "let limit = 3; if battery.level < limt { }",
        "2:35: error[unknown-name]: `limt` is not known\n    hint: did you mean `limit`?",
    ),
    ("if batery.level < 3 { }", "hint: did you mean `battery`?"),
    (
        "if level < 3 { }",
        "2:4: error[unknown-name]: `level` is not known\n    hint: did you mean `battery.level`?",
    ),
    ("keep;", "error[no-reason]: `keep` wants a reason, a text that says why"),
    ("keep();", "2:1: error[no-reason]: `keep` wants a reason, a text that says why"),
    ("if rule.holds { if port.on { rest(20) } }", "2:30: error[no-reason]: `rest` wants a reason"),
    ("charge(\"\");", "2:1: error[no-reason]: `charge` wants a reason"),
    ("keep(\"a\", \"b\");", "2:1: error[no-reason]: `keep` wants a reason"),
    (
        "keep(battery.level);",
        "2:1: error[no-reason]: `keep` wants a reason, a text that says why, for example keep(`${battery.level}% is enough`); `battery.level` is a number\n    hint: write keep(`${battery.level}`)",
    ),
    ("battery.level = 3;", "2:1: error[read-only]: `battery` is read-only"),
    ("port.on = false;", "2:1: error[read-only]: `port` is read-only"),
    ("clock = 3;", "2:1: error[read-only]: `clock` is read-only"),
    ("let battery = 3;", "2:5: error[name-taken]: `battery` is an input and cannot be declared again"),
    ("let a = 3; let a = 4;", "2:16: error[name-taken]: `a` is declared twice"),
    ("fn rest(x) { 1 }", "2:1: error[name-taken]: `rest` is a word of the rules"),
    (
        "if battery.lvel < 3 { }",
        "2:12: error[unknown-name]: `battery` has no `lvel`\n    hint: did you mean `level`?",
    ),
    ("if battery.level() < 3 { }", "hint: write `battery.level` without ( )"),
    ("if clock.minutes_until < 3 { }", "hint: it is a question: for example clock.minutes_until(\"07:00\")"),
    (
        "if clock.is_between(\"22:00\") { }",
        "2:10: error[wrong-values]: `clock.is_between` wants 2 values, not 1",
    ),
    (
        "if rule.holds && clock.minutes_until(\"7 am\") < 3 { }",
        "2:38: error[wrong-values]: `7 am` is not a time of day",
    ),
    (
        "if rule.holds && clock.minutes_until(\"07:00\", \"Mo-Fr\") < 3 { }",
        "2:47: error[wrong-values]: `Mo-Fr` is not a list of days: write names and spans of them",
    ),
    (
        "if clock.minutes_until(\"07:00\", \"Mon\", 3) < 3 { }",
        "2:10: error[wrong-values]: `clock.minutes_until` wants one value, not 3",
    ),
    ("if clock.is_on(\"weekdays\") { }", "2:16: error[wrong-values]: `weekdays` is not a list of days"),
    ("if clock.hour_in(\"0-24\") { }", "2:18: error[wrong-values]: `0-24` is not a list of hours"),
    (
        "if history.hours_since_full > 3 { rest(\"x\") }",
        "when this device was last at 100 % is not known yet; ask history.has_full first",
    ),
    (
        "if signal.value(\"price\") > 3 { rest(\"x\") }",
        "error[rule-fails]: fails without the signal `price`: no signal `price` was received yet; ask signal.has(\"price\") first",
    ),
    ("if signal.price > 3 { rest(\"x\") }", "`signal` has no `price`"),
    (
        "if history.minutes_above(\"heat\", 3) > 3 { }",
        "2:26: error[wrong-values]: minutes_above knows \"level\" and \"temp\", not `heat`",
    ),
    ("if minutes_until(\"07:00\") < 3 { }", "hint: did you mean `clock.minutes_until`?"),
    (
        "if false { chrage(\"x\") }",
        "2:12: error[unknown-name]: there is no function `chrage`\n    hint: did you mean `charge`?",
    ),
    (
        "keep(`${roud(3.5)}`);",
        "2:9: error[unknown-name]: there is no function `roud`\n    hint: did you mean `round`?",
    ),
    ("abs(1, 2);", "2:1: error[wrong-values]: `abs` wants one value, not 2"),
    ("fn f(a) { a } f(1, 2);", "error[wrong-values]: `f` wants one value, not 2"),
    (
        "fn f(a) { battery.level + a } keep(`${f(1)}`);",
        "2:11: error[unknown-name]: `battery` is not known inside of this function",
    ),
    (
        "if battery.level > \"20\" { keep(\"x\") }",
        "2:18: error[wrong-kind]: `>` cannot compare `battery.level`, a number, with `\"20\"`, a text\n    hint: write 20, without quotes",
    ),
    (
        "if () < 20 { keep(\"x\") }",
        "error[wrong-kind]: `<` cannot compare `()`, nothing, with `20`, a number",
    ),
    ("if battery.level == \"50\" { keep(\"x\") }", "hint: write 50, without quotes"),
    ("if 20 < battery.level < 80 { keep(\"x\") }", "write `20 < x && x < 80`"),
    (
        "if battery.level == 97 && battery.temp > 3 { keep(\"x\") }",
        "2:35: error[rule-fails]: fails at level 97, with no temperature",
    ),
    (
        "if port.on && port.minutes > 3 { keep(\"x\") }",
        "fails with the port on, since an unknown time: since when the port is in this state is not known",
    ),
    ("if battery.charging { keep(\"x\") }", "ask battery.has_charging first"),
    ("keep(\"at \" + 3);", "put values into texts like this: `${battery.level}%`"),
    ("let x = 1 / 0;", "always fails: division by zero"),
    ("let b = battery; b.level = 3;", "2:20: error[rule-fails]: always fails: this is read-only"),
    (
        "if battery[\"level\"] < 3 { keep(\"x\") }",
        "always fails: `[ ]` does not work with battery: write a point",
    ),
    ("throw \"my own words\";", "2:1: error[rule-fails]: always fails: my own words"),
    ("let x = param(low, 3);", "2:15: error[unknown-name]: `low` is not known"),
    (
        "let n = \"low\"; let x = param(n, 3);",
        "2:30: error[wrong-parameter]: the name of a parameter must be written out",
    ),
    ("let x = param(\"low\", 3 + 4);", "the default of `low` must be written out"),
    ("let x = param(\"low\");", "2:9: error[wrong-parameter]: `param` wants a name and a default value"),
    ("let x = param(\"Low level\", 3);", "`Low level` is not a name for a parameter"),
    (
        "let x = param(\"low\", 3);\nlet y = param(\"low\", 4);",
        "3:15: error[wrong-parameter]: parameter `low` is declared twice, first in line 2",
    ),
    ("let x = 3;", "1:1: warning[no-verb]: the rule never has an opinion"),
    (
        "keep(\"x\");\nrest(\"y\");",
        "3:1: warning[unreachable]: nothing after this is reached: a verb ends the rule",
    ),
];

#[test]
fn people_are_told_what_to_write() {
    for (script, wanted) in WRONG {
        let told = problems(&format!("//! What it is for.\n{script}"));
        assert!(told.contains(wanted), "--- {script}\n--- wanted {wanted}\n--- told {told}");
    }
}

#[test]
fn a_rule_says_what_it_is_for() {
    assert!(problems("keep(\"x\");").contains("1:1: warning[no-description]"));
    let described = |text: &str| compile(text).unwrap().rule("x").unwrap().description.clone();
    assert_eq!(described("//! One\n//! two.\n\n// three\nkeep(\"x\");"), "One two.");
    assert_eq!(described("\u{feff}\n// Plain.\nkeep(\"x\");"), "Plain.");
}

#[test]
fn all_problems_of_all_rules_come_at_once() {
    let found = RuleSet::compile(&[
        source("a", "//! a\nif port.on and true { }"),
        source("b", "//! b\nbattery.lvel;\nfoo();\nkeep(3);"),
        source("c", "//! c\nkeep(\"fine\");"),
        source("c", "//! c\nkeep(\"twice\");"),
    ])
    .unwrap_err();
    let places: Vec<(&str, u32)> = found.iter().map(|p| (p.file.as_str(), p.line)).collect();
    assert_eq!(
        places,
        [
            ("rules/a.rhai", 2),
            ("rules/b.rhai", 2),
            ("rules/b.rhai", 3),
            ("rules/b.rhai", 4),
            ("rules/c.rhai", 0)
        ]
    );
    assert!(found.iter().all(|problem| problem.severity == Severity::Error));
}

#[test]
fn a_warning_does_not_stop_a_rule() {
    let set = compile("keep(\"x\");").unwrap();
    assert_eq!(set.warnings().len(), 1);
    assert_eq!(set.rules().count(), 1);
}

#[test]
fn the_hash_follows_the_text() {
    let hash = |text: &str| compile(text).unwrap().rule("x").unwrap().hash.clone();
    assert_eq!(hash("//! x\nkeep(\"a\");"), hash("//! x\nkeep(\"a\");"));
    assert_ne!(hash("//! x\nkeep(\"a\");"), hash("//! x\nkeep(\"b\");"));
}
