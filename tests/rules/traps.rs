//! Every trap of the scripting engine that is known: a rule cannot fall into it, or is told before it runs.
//!
//! Each was measured on Rhai 1.27; a new version of it has to pass these before it is taken.

use std::sync::Arc;

use smart_charging_station::{model::Verdict, rules::RuleSet};

use crate::support::{ask, at_level, compile, facts, problems, reason, source, usage};

fn said(script: &str) -> String {
    problems(&format!("//! x\n{script}"))
}

/// Folding constants made Rhai itself panic on a change of one.
#[test]
fn a_change_of_a_constant_map_is_an_error_and_no_panic() {
    for change in ["M.a = 5;", "M[\"a\"] = 5;", "M.a += 5;", "M?.a = 3;"] {
        let told = said(&format!("const M = #{{a: 1}}; {change} keep(\"x\")"));
        assert!(told.contains("error["), "{change}: {told}");
        assert!(!told.contains("broke the rule engine"), "{change}: {told}");
    }
}

/// Inputs were baked in when a rule was compiled, and a misspelt one was then nothing at all.
#[test]
fn an_input_is_what_it_is_now_and_a_misspelt_one_is_an_error() {
    let set = compile("//! x\nconst LEVEL = battery.level;\nkeep(`${LEVEL} ${battery.level}`)").unwrap();
    for level in [50, 99] {
        let said = set.ask(&usage("x"), &at_level(level)).unwrap().unwrap();
        assert_eq!(said.reason, format!("{level} {level}"));
    }
    assert!(said("if false { keep(`${battery.lvel}`) }").contains("`battery` has no `lvel`"));
}

/// What cannot be compared was quietly different, so that `!(x >= 20)` held for a missing x.
#[test]
fn what_cannot_be_compared_is_an_error() {
    for (script, wanted) in [
        ("if () < 20 { keep(\"x\") }", "error[wrong-kind]"),
        ("if 50 < \"80\" { keep(\"x\") }", "error[wrong-kind]"),
        ("if 50 == \"50\" { keep(\"x\") }", "error[wrong-kind]"),
        (
            "fn f(a, b) { !(a >= b) } if f((), 20) { keep(\"x\") }",
            "`>=` cannot compare nothing with a whole number",
        ),
        (
            "fn f(a, b) { a == b } if f(50, \"50\") { keep(\"x\") }",
            "`==` cannot compare a whole number with a text",
        ),
        (
            "if !(battery.temp >= 20) { keep(\"x\") }",
            "this device reports no temperature; ask battery.has_temp first",
        ),
        ("let zero = 0.0; if zero / zero < 3 { keep(\"x\") }", "which is no number"),
    ] {
        let told = said(script);
        assert!(told.contains(wanted), "{script}: {told}");
    }
}

/// Names of functions, and all names inside of functions, were looked up when a run came by.
#[test]
fn unknown_names_are_found_where_no_run_comes_by() {
    for (script, wanted) in [
        (
            "fn f() { battery.level } if f() > 3 { keep(\"x\") }",
            "`battery` is not known inside of this function",
        ),
        ("if false { offf(3); } keep(\"x\")", "there is no function `offf`"),
        ("fn never() { roud(3.5) } keep(\"x\")", "there is no function `roud`"),
        ("if false { keep(`${batery.level}`) } keep(\"x\")", "`batery` is not known"),
        ("if false { clock.minutes_untill(\"07:00\"); } keep(\"x\")", "`clock` has no `minutes_untill`"),
    ] {
        let told = said(script);
        assert!(told.contains(wanted), "{script}: {told}");
    }
}

/// The value of an `if` in the middle was lost; a verb ends the rule wherever it stands.
#[test]
fn the_first_verb_counts() {
    let answer = ask("//! x\nif port.on { rest(\"first\"); }\ncharge(\"second\");").unwrap().unwrap();
    assert_eq!((answer.verdict, answer.reason.as_str()), (Verdict::Rest, "first"));
    assert_eq!(
        reason("//! x\nfn f() { rest(\"from a function\"); }\nf(); charge(\"second\");"),
        "from a function"
    );
    assert_eq!(reason("//! x\ntry { rest(\"tried\"); } catch { charge(\"caught\"); }"), "tried");
    assert_eq!(
        reason("//! x\nlet a = if port.on { rest(\"inside\") } else { 3 };\ncharge(\"second\");"),
        "inside"
    );
    assert!(said("if port.on { \"off\" }\nkeep(\"x\")").contains("warning[lost-value]"));
}

/// Whole numbers are divided to whole numbers, and what has no result is an error or stays out of every comparison.
#[test]
fn arithmetic_has_no_surprise_that_switches_a_port() {
    assert_eq!(reason("//! x\nkeep(`${7 / 2} ${7 / 2.0}`)"), "3 3.5");
    assert!(said("keep(`${1 << 70}`)").contains("rules have no `<<`"));
    assert!(said("let a = 9223372036854775807; keep(`${a + battery.level + 1}`)").contains("overflow"));
    assert!(said("keep(`${1 / (battery.level - battery.level)}`)").contains("division by zero"));
    assert!(
        said("let a = 1.0; let b = 0.0; keep(`${round(a / b)}`)").contains("is too large for a whole number")
    );
}

/// Text functions changed the text in place and gave back nothing.
#[test]
fn text_functions_give_back_a_new_text() {
    let script = "//! x\nlet a = \" Ab \";\nlet b = a.trim();\nkeep(`[${a}] [${b}] [${b.to_upper()}] [${to_lower(b)}]`)";
    assert_eq!(reason(script), "[ Ab ] [Ab] [AB] [ab]");
}

/// Rhai tells only the first error of a text, and some at the next statement: the place is where to mend it.
#[test]
fn what_cannot_be_read_is_told_where_it_is_mended() {
    for (script, wanted) in [
        ("if port.on {\n  keep(\"x\")\n", "2:12: error[unclosed]: the `{` opened here is not closed"),
        ("let a = 3\nlet b = 4;\nkeep(\"x\")", "2:9: error[missing-semicolon]"),
        ("if port.on and rule.holds { keep(\"x\") }", "hint: write `&&` for and"),
        ("if port.on then keep(\"x\")", "hint: write `{` in place of `then`"),
        ("if port.on: keep(\"x\")", "hint: write `{` in place of `:`"),
        ("keep('low')", "hint: write texts with double quotes: \"low\""),
    ] {
        let told = said(script);
        assert!(told.contains(wanted), "{script}: {told}");
    }
}

/// Spellings that other languages have.
#[test]
fn what_the_language_has_not_is_told_with_what_to_write() {
    for (script, wanted) in [
        ("let a = port.on ? 1 : 2; keep(`${a}`)", "hint: write if a { b } else { c }"),
        ("if port.on { keep(\"x\") } elif rule.holds { rest(\"x\") }", "hint: write `else if`"),
        ("if port.on { keep(\"x\") } else rule.holds { rest(\"x\") }", "hint: write `else if rule …`"),
        ("if port.on keep(\"x\");", "hint: what an `if` does stands between { and }"),
        ("if battery.level = 20 { keep(\"x\") }", "hint: to compare write `==`"),
        ("low = 20; if battery.level < low { keep(\"x\") }", "hint: write let low = …; the first time"),
        ("if clock.time > 22:00 { keep(\"x\") }", "hint: write a time of day as a text: \"22:00\""),
    ] {
        let told = said(script);
        assert!(told.contains(wanted), "{script}: {told}");
    }
}

/// The size of a list was checked by walking over it at every step: only a small limit is cheap.
#[test]
fn lists_maps_and_texts_are_small() {
    for script in [
        "fn f(a, n) { if n > 0 { a += [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]; f(a, n - 1) } else { a.len() } }\nkeep(`${f([], 7)}`)",
        "let a = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"; a += a; a += a; a += a; a += a; a += a; keep(a)",
    ] {
        let told = said(script);
        assert!(told.contains("a value grew too large"), "{told}");
    }
    let keys: Vec<String> = (0..40).map(|n| format!("a{n}: {n}")).collect();
    assert!(said(&format!("let m = #{{{}}}; keep(\"x\")", keys.join(", "))).contains("more than 32 parts"));
}

/// Imported files were kept for ever, and a broken one was found when a run came by.
#[test]
fn nothing_is_imported_and_a_changed_library_is_seen_at_once() {
    assert!(said("import \"rules/lib/util\" as util; keep(\"x\")").contains("error["));
    let rule = source("x", "//! x\nkeep(`${util::n()}`)");
    for number in ["1", "2"] {
        let library = source("util", &format!("fn n() {{ {number} }}"));
        let set = RuleSet::compile_with(std::slice::from_ref(&rule), &[library]).unwrap();
        assert_eq!(set.ask(&usage("x"), &Arc::new(facts())).unwrap().unwrap().reason, number);
    }
    assert!(RuleSet::compile_with(std::slice::from_ref(&rule), &[source("util", "fn n() { ")]).is_err());
    assert!(RuleSet::compile_with(&[rule], &[source("util", "fn m() { 1 }")]).is_err());
}

/// Strictness counted only when a rule was compiled, so compiling and running take the same engine: a name that was known
/// then is known now.
#[test]
fn what_compiles_runs_with_the_same_strictness() {
    assert!(said("keep(`${levle}`)").contains("`levle` is not known"));
    assert!(said("let m = #{a: 1}; if m.b == 1 { keep(\"x\") }").contains("error["));
    assert!(said("fn f(m) { m.b } if f(#{b: 1}) == 1 && f(#{a: 1}) == 1 { keep(\"x\") }").contains("error["));
}

/// Errors of shared code named the file of the rule.
#[test]
fn an_error_in_the_library_names_its_file() {
    let mut library = source("util", "fn f(n) {\n  throw \"oh\"\n}");
    library.file = "rules/lib/util.rhai".to_owned();
    let told = RuleSet::compile_with(&[source("x", "//! x\nkeep(`${util::f(1)}`)")], &[library]).unwrap_err();
    assert!(told[0].message.contains("`rules/lib/util.rhai`, line 2: oh"), "{told:?}");
    assert_eq!((told[0].file.as_str(), told[0].line), ("rules/x.rhai", 2));
}

/// The fullest optimisation called functions when a rule was compiled.
#[test]
fn nothing_is_called_before_a_rule_is_asked() {
    let set = compile("//! x\nif battery.level > 1000 { throw \"called\"; }\nkeep(`${max(1, 2)}`)");
    // The sweep asks; a throw in a branch that is never taken is never called.
    assert!(set.is_ok(), "{set:?}");
    assert_eq!(set.unwrap().ask(&usage("x"), &Arc::new(facts())).unwrap().unwrap().reason, "2");
}

#[test]
fn a_rule_cannot_have_the_name_of_another_address() {
    for name in ["check", "test", "try"] {
        let told = RuleSet::compile(&[source(name, "//! x\nkeep(\"x\")")]).unwrap_err();
        assert_eq!((told[0].code.as_str(), told.len()), ("reserved-name", 1));
    }
    assert!(RuleSet::compile(&[source("tests", "//! x\nkeep(\"x\")")]).is_ok());
}
