//! Scripts that mean harm: each is told why it is refused or why it failed, none takes long, none panics.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use proptest::prelude::{Strategy as _, any, prop_oneof, proptest};
use smart_charging_station::{rules::RuleSet, trial::testing::run_tests};

use crate::support::{compile, problems};

/// Debug builds on a busy machine; a release build takes a tenth of a tenth.
const LONG: Duration = Duration::from_secs(1);

fn refused(text: &str, why: &str) {
    let began = Instant::now();
    let message = problems(text);
    assert!(
        began.elapsed() < LONG,
        "{:?} for {}",
        began.elapsed(),
        text.chars().take(200).collect::<String>()
    );
    assert!(message.contains("error["), "{message}");
    assert!(message.contains(why), "wanted `{why}`, got {message}");
}

#[test]
fn loops_are_not_part_of_rules() {
    refused("//! x\nloop { }", "rules have no loops: `loop`");
    refused("//! x\nwhile true { }", "rules have no loops");
    refused("//! x\nfor x in 0..1000000 { }", "rules have no loops");
    refused("//! x\ndo { } while true;", "rules have no loops");
}

#[test]
fn a_function_that_calls_itself_is_ended() {
    refused("//! x\nfn f(n) { f(n + 1) }\nf(1); keep(\"x\")", "does one call itself?");
    let wide = "//! x\nfn f(n) { if n > 0 { f(n-1); f(n-1); f(n-1); f(n-1); f(n-1); f(n-1); f(n-1); } }\n";
    refused(&format!("{wide}f(7); keep(\"x\")"), "took more than 10000 steps");
    refused(&format!("{wide}try {{ f(7); }} catch {{ }}\nkeep(\"x\")"), "took more than 10000 steps");
    refused("//! x\nfn f(n) { try { f(n + 1) } catch { 1 } }\nf(1); keep(\"x\")", "does one call itself?");
}

#[test]
fn memory_is_bounded() {
    let text = "let s = \"0123456789abcdef\"; s += s; s += s; s += s; s += s; s += s; s += s; s += s;";
    refused(&format!("//! x\n{text} keep(s)"), "a value grew too large");
    refused(&format!("//! x\ntry {{ {text} }} catch {{ }} keep(\"x\")"), "a value grew too large");
    let text = "let a = [1, 2, 3, 4, 5, 6, 7, 8]; a += a; a += a; a += a; a += a;";
    refused(&format!("//! x\n{text} keep(\"x\")"), "a value grew too large");
    let text =
        "let a = [0]; a = [a, a]; a = [a, a]; a = [a, a]; a = [a, a]; a = [a, a]; a = [a, a]; a = [a, a];";
    refused(&format!("//! x\n{text} keep(\"x\")"), "a value grew too large");
    refused(&format!("//! x\nlet a = [{}]; keep(\"x\")", "0,".repeat(5000)), "has more than");
    refused(&format!("//! x\nkeep(\"{}\")", "x".repeat(5000)), "longer than 1024 bytes");
    refused("//! x\nkeep(\"x\".pad(1000000, \"y\"))", "there is no function `pad`");
}

#[test]
fn what_breaks_rhai_itself_is_an_error() {
    refused("//! x\nconst M = #{a: 1}; M.a = 5; keep(\"x\")", "cannot modify constant");
    refused("//! x\nconst M = #{a: 1}; M[\"a\"] += 5; keep(\"x\")", "always fails");
}

#[test]
fn nesting_is_bounded() {
    refused(
        &format!("//! x\nlet a = {}1{};", "(".repeat(5000), ")".repeat(5000)),
        "nested more than 32 deep",
    );
    refused(&format!("//! x\n{}{}", "if true { ".repeat(1400), "}".repeat(1400)), "nested more than 32 deep");
    refused(&format!("//! x\nlet a = {}true;", "!".repeat(5000)), "nested more than 32 deep");
    refused(&format!("//! x\nlet a = {}[];", "[".repeat(5000)), "nested more than 32 deep");
    refused(&format!("//! x\nlet a = 1{};", " + 1".repeat(4000)), "nested more than 32 deep");
    refused(&format!("//! x\nlet a = `{}", "${`".repeat(5000)), "error[");
    refused(&format!("//! x\nif false {{ }}{}", " else if false { }".repeat(800)), "error[");
}

/// The deepest that is allowed must fit on the stack of a worker thread (2 MiB), in a debug build too.
#[test]
fn what_is_allowed_fits_on_the_stack() {
    let (open, close) = ("if n > 0 && (1 + (2 + (3 + (4 + 5)))) > 0 { ".repeat(6), "}".repeat(6));
    let text = format!("//! x\nfn f(n) {{ {open} f(n - 1); {close} }}\nf(6); keep(\"x\")");
    assert_eq!(problems(&text), "");
    let text = format!(
        "//! x\nfn f(n) {{ if n > 0 {{ {}f(n - 1){} }} else {{ true }} }}\nif f(6) {{ keep(\"x\") }}",
        "!(".repeat(6),
        ")".repeat(6)
    );
    assert_eq!(problems(&text), "");
    let text = format!(
        "//! x\nfn f(n) {{ if n > 0 {{ {}f(n - 1){} }} else {{ 1 }} }}\nkeep(`${{f(6)}}`)",
        "`${".repeat(4),
        "}`".repeat(4)
    );
    assert_eq!(problems(&text), "");
}

#[test]
fn the_outside_is_out_of_reach() {
    refused("//! x\neval(\"40 + 2\");", "rules have no `eval`");
    refused("//! x\nimport \"/etc/passwd\" as p;", "functions that rules share stand in rules/lib/");
    refused("//! x\nprint(\"x\");", "rules print nothing");
    refused("//! x\ndebug(1);", "rules print nothing");
    refused("//! x\nsleep(10);", "rules do not wait");
    refused("//! x\nlet t = timestamp();", "rules do not wait");
    refused("//! x\nexit(1);", "there is no function `exit`");
    refused("//! x\nparse_json(\"{}\");", "there is no function `parse_json`");
    refused("//! x\nlet f = Fn(\"keep\"); f.call(\"x\");", "rules have no `Fn`");
    refused("//! x\nlet f = |x| x + 1;", "functions without a name");
    refused("//! x\nfn keep(x) { 1 }", "`keep` is a word of the rules");
    refused("//! x\nfn param(a, b) { 1 }", "`param` is a word of the rules");
}

#[test]
fn a_long_file_is_not_read() {
    let began = Instant::now();
    refused(&"// x\n".repeat(200_000), "a rule may have 16384");
    refused(&"x ".repeat(500_000), "a rule may have 16384");
    assert!(began.elapsed() < LONG);
    let many = (0..900).map(|n| format!("let v{n} = {n};\n")).collect::<String>();
    refused(&format!("//! x\n{many}keep(\"x\")"), "more than 64 variables");
    let many = (0..300).map(|n| format!("fn f{n}() {{ {n} }}\n")).collect::<String>();
    refused(&format!("//! x\n{many}"), "has more than 16 functions");
}

#[test]
fn the_engine_works_on_after_a_limit() {
    let set = compile("//! x\nlet a = param(\"a\", 1);\nkeep(`${a}`)").unwrap();
    assert!(compile("//! x\nfn f(n) { f(n) } f(1); keep(\"x\")").is_err());
    let said = set.ask(&crate::support::usage("x"), &crate::support::at_level(5)).unwrap().unwrap();
    assert_eq!(said.reason, "1");
}

/// Pieces of scripts: text made of them gets further than plain noise.
const PIECES: [&str; 48] = [
    "if ",
    "else ",
    "{ ",
    "} ",
    "( ",
    ") ",
    "[ ",
    "] ",
    "; ",
    "let x = ",
    "x",
    "const M = ",
    "#{",
    "a: 1",
    ".a",
    " = ",
    " == ",
    " < ",
    " + ",
    " - ",
    "battery",
    ".level",
    ".temp",
    "param(\"a\", 1)",
    "charge(",
    "rest(\"r\")",
    "keep(`",
    "`",
    "\"",
    "${",
    "return",
    "throw ",
    "try { ",
    "catch ",
    "fn f(n) { ",
    "f(1)",
    "1",
    "2.5",
    "true",
    "()",
    ", ",
    "switch ",
    "=> ",
    "_ ",
    "in ",
    "..",
    "!",
    "\n",
];

static SET: LazyLock<Arc<RuleSet>> = LazyLock::new(|| Arc::new(compile("//! x\nkeep(\"x\")").unwrap()));

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = problems(&text);
        let _ = run_tests(&SET, &crate::support::usage("x").rule, "t", &text);
    }

    #[test]
    fn no_script_panics(pieces in proptest::collection::vec(prop_oneof![
        proptest::sample::select(&PIECES[..]).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ], 0..60)) {
        let _ = problems(&pieces.concat());
    }
}

#[test]
fn a_rule_that_works_as_hard_as_it_may_does_not_hold_up_a_reload() {
    let work = "fn f(n) { if n > 0 { f(n-1); f(n-1); f(n-1); f(n-1); } }\nf(4);";
    let heavy = "fn g(a, n) { if n > 0 { let b = a; b += [n]; g(b, n - 1); g(b, n - 1); g(b, n - 1); } }
        let a = [1, 2, 3, 4, 5, 6, 7, 8]; a += a; a += a; g(a, 5);";
    for text in [work, heavy] {
        let began = Instant::now();
        let told = problems(&format!("//! x\n{text} keep(\"x\")"));
        assert_eq!(told, "");
        assert!(began.elapsed() < Duration::from_secs(3), "{:?} {told}", began.elapsed());
    }
}
