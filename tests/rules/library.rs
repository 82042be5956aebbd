//! Functions that rules share.

use std::sync::Arc;

use smart_charging_station::{
    model::{Diagnostic, Verdict},
    rules::RuleSet,
};

use crate::support::{at_level, facts, source, usage};

const NEAR: &str = "//! Near and far.\nfn near(a, b) { abs(a - b) <= slack() }\nfn near(a, b, slack) { abs(a - b) <= slack }\nprivate fn slack() { 5 }\n";

fn compile(rule: &str, library: &[(&str, &str)]) -> Result<RuleSet, Vec<Diagnostic>> {
    let library: Vec<_> = library
        .iter()
        .map(|(name, text)| {
            let mut file = source(name, text);
            file.file = format!("rules/lib/{name}.rhai");
            file
        })
        .collect();
    RuleSet::compile_with(&[source("x", rule)], &library)
}

fn problems(rule: &str, library: &[(&str, &str)]) -> String {
    let found = compile(rule, library).map_or_else(|problems| problems, |set| set.warnings().to_vec());
    found.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn a_rule_calls_functions_of_the_library() {
    let rule =
        "//! x\nif util::near(battery.level, 52) && !util::near(battery.level, 52, 1) { rest(\"near\") }";
    let set = compile(rule, &[("util", NEAR)]).unwrap();
    assert_eq!(set.warnings(), []);
    let opinion = set.ask(&usage("x"), &Arc::new(facts())).unwrap().unwrap();
    assert_eq!((opinion.verdict, opinion.line), (Verdict::Rest, 2));
    assert_eq!(set.ask(&usage("x"), &at_level(60)), Ok(None));
}

#[test]
fn inputs_are_passed_to_it() {
    let library = [("warm", "fn is_warm(battery, limit) { battery.has_temp && battery.temp > limit }")];
    let set = compile("//! x\nif warm::is_warm(battery, 30) { rest(\"warm\") }", &library).unwrap();
    assert!(set.ask(&usage("x"), &Arc::new(facts())).unwrap().is_some());
}

#[test]
fn what_fails_in_it_names_its_file_and_the_line_of_the_call() {
    let library = [(
        "util",
        "fn half(n) {\n  if n > 20 { throw `${n} is too much` }\n  n / 2\n}\nfn deep(n) { half(n) }",
    )];
    let rule = "//! x\nif port.on && battery.level == 50 {\n  keep(`${util::deep(battery.level)}`)\n}";
    let told = problems(rule, &library);
    assert!(told.contains("rules/x.rhai:3:"), "{told}");
    assert!(told.contains("`rules/lib/util.rhai`, line 2: 50 is too much"), "{told}");

    // Two tags at once are no situation that the sweep tries.
    let rule = "//! x\nfn own(n) { util::deep(n) }\nif device.tags.len() == 2 { keep(`${own(50)}`) }";
    let set = compile(rule, &library).unwrap();
    let failure = set.ask(&usage("x"), &Arc::new(facts())).unwrap_err();
    assert_eq!(failure.message, "`rules/lib/util.rhai`, line 2: 50 is too much");
    assert_eq!(failure.line, Some(2));
}

#[test]
fn it_cannot_go_on_without_end() {
    let library = [("util", "fn round_and_round(n) { round_and_round(n) }")];
    let told = problems("//! x\nif util::round_and_round(1) { keep(\"x\") }", &library);
    assert!(told.contains("functions call each other more than 8 deep"), "{told}");
}

/// A rule, the library, and what is said.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "if false { util::naer(1, 2); } keep(\"x\")",
        NEAR,
        "rules/x.rhai:2:18: error[unknown-name]: `util` has no function `naer`\n    hint: did you mean `near`?",
    ),
    ("util::near(1); keep(\"x\")", NEAR, "error[wrong-values]: `util::near` wants 2 values, not 1"),
    ("util::slack(); keep(\"x\")", NEAR, "error[unknown-name]: `util` has no function `slack`"),
    ("if near(1, 2) { keep(\"x\") }", NEAR, "hint: did you mean `util::near`?"),
    ("util::near(1, 2); keep(\"x\")", "fn near(a, b) { a - }", "rules/lib/util.rhai:1:21: error[syntax]"),
    ("utl::near(1, 2); keep(\"x\")", NEAR, "error[unknown-name]: there is no module `utl`"),
    (
        "keep(\"x\")",
        "fn f(a) { roud(a) + 1 }",
        "rules/lib/util.rhai:1:11: error[unknown-name]: there is no function `roud`\n    hint: did you mean `round`?",
    ),
    (
        "keep(\"x\")",
        "fn f(a) { a.lvel }",
        "rules/lib/util.rhai:1:13: error[unknown-name]: nothing here has a `lvel`",
    ),
    ("keep(\"x\")", "let a = 3;", "rules/lib/util.rhai:1:1: error[not-a-function]"),
    ("keep(\"x\")", "fn f() { charge(\"x\") }", "error[not-in-library]: only a rule itself says `charge`"),
    ("keep(\"x\")", "fn f() { param(\"a\", 1) }", "error[not-in-library]: only a rule itself says `param`"),
    ("keep(\"x\")", "fn battery() { 1 }", "error[name-taken]: `battery` is an input"),
    ("keep(\"x\")", "fn f() { import \"x\" as y; }", "rules/lib/util.rhai:1:10: error[forbidden]"),
];

#[test]
fn people_are_told_what_is_wrong_with_it() {
    for (rule, library, wanted) in WRONG {
        let told = problems(&format!("//! x\n{rule}"), &[("util", library)]);
        assert!(told.contains(wanted), "--- {rule}\n--- {library}\n--- wanted {wanted}\n--- told {told}");
    }
}

#[test]
fn a_name_must_be_usable_before_two_colons() {
    for name in ["my-functions", "battery"] {
        let told = problems("//! x\nkeep(\"x\")", &[(name, "fn f() { 1 }")]);
        assert!(told.contains("is no name for a library"), "{told}");
    }
}

#[test]
fn one_library_file_uses_no_other() {
    let library = [("a", "fn one() { 1 }"), ("b", "fn two() { a::one() + 1 }")];
    let told = problems("//! x\nkeep(`${b::two()}`)", &library);
    assert!(told.contains("a library file uses no other"), "{told}");
    assert_eq!(told.matches("error[").count(), 1, "the rule is not to blame: {told}");
}

#[test]
fn a_library_is_bounded() {
    let names: Vec<String> = (0..40).map(|n| format!("f{n}")).collect();
    let library: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "fn one() { 1 }")).collect();
    assert!(problems("//! x\nkeep(\"x\")", &library).contains("more than 32 files"));
    let long = format!("// {}\nfn one() {{ 1 }}", "x".repeat(20_000));
    assert!(problems("//! x\nkeep(\"x\")", &[("util", &long)]).contains("a library file may have 16384"));
}
