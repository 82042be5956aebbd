//! What a rule may do and what comes of it.

use std::sync::Arc;

use smart_charging_station::{
    model::{RuleName, Spells, Value, Verdict},
    rules::RuleSet,
};

use crate::support::{ask, at_level, compile, facts, reason, source, usage, with};

#[test]
fn the_first_verb_ends_the_rule() {
    let opinion =
        ask("//! x\nif port.on { rest(\"first\"); charge(\"second\"); }\nkeep(\"third\");").unwrap().unwrap();
    assert_eq!((opinion.verdict, opinion.reason.as_str(), opinion.line), (Verdict::Rest, "first", 2));
}

#[test]
fn no_verb_is_no_opinion_and_keep_is_one() {
    assert_eq!(ask("//! x\nif !port.on { rest(\"off\") }"), Ok(None));
    assert_eq!(ask("//! x\nreturn; rest(\"never\");"), Ok(None));
    assert_eq!(ask("//! x\nkeep(\"fine\")").unwrap().unwrap().verdict, Verdict::Keep);
}

#[test]
fn a_verb_ends_the_rule_from_inside_functions_and_try() {
    let text = "//! x\nfn say(n) { if n > 0 { rest(`${n}`) } }\ntry { say(3); } catch { keep(\"caught\") }\ncharge(\"late\");";
    let opinion = ask(text).unwrap().unwrap();
    assert_eq!((opinion.reason.as_str(), opinion.line), ("3", 2));
    assert_eq!(reason("//! x\nreturn charge(\"as a value\");"), "as a value");
    assert_eq!(reason("//! x\nlet x = if port.on { rest(\"in a value\") } else { 2 };"), "in a value");
}

#[test]
fn every_input_can_be_seen() {
    let seen = |what: &str| reason(&format!("//! x\nkeep(`is ${{{what}}}`)"));
    for (what, value) in [
        ("battery.level", "50"),
        ("battery.has_temp", "true"),
        ("if battery.has_temp { battery.temp } else { 0 }", "31.5"),
        ("if battery.has_charging { battery.charging } else { 0 }", "true"),
        ("battery.age_minutes", "2"),
        ("device.name", "Pixel 7"),
        ("device.kind", "phone"),
        ("device.tags", "old, lab"),
        ("\"lab\" in device.tags", "true"),
        ("\"new\" in device.tags", "false"),
        ("device.tags.len()", "2"),
        ("port.number", "3"),
        ("port.on", "true"),
        ("if port.has_minutes { port.minutes } else { 0 }", "30"),
        ("station.name", "desk"),
        ("station.ports_on", "4"),
        ("rule.name", "x"),
        ("rule.holds", "false"),
        ("history.charge_per_hour", "40"),
        ("history.minutes_to_charge(battery.level, 80)", "45"),
        ("history.minutes_to_charge(battery.level, 100)", "118"),
        ("history.minutes_to_charge(50.5, 51) + 1", "2"),
        ("history.minutes_to_charge(90, 80)", "0"),
        ("clock.time", "12:00"),
        ("clock.hour", "12"),
        ("clock.weekday", "Monday"),
        ("clock.minutes_until(\"13:30\")", "90"),
        ("clock.is_between(\"22:00\", \"13:00\")", "true"),
        ("clock.date", "2026-01-05"),
        ("clock.minutes_until(\"11:00\", \"Mon-Fri\")", "1380"),
        ("clock.minutes_until(\"11:00\", \"Mon\")", "10020"),
        ("clock.minutes_until(\"2026-01-06 13:00\")", "1500"),
        ("clock.minutes_until(\"2026-01-04 13:00\", \"Sun\")", "5256000"),
        ("clock.is_on(\"Mon-Fri\")", "true"),
        ("clock.is_on(\"Sat, Sun\")", "false"),
        ("clock.hour_in(\"0-5, 12\")", "true"),
        ("clock.hour_in(\"13-11\")", "false"),
        ("history.knows_rate", "false"),
        ("history.sure", "0"),
        ("if history.knows_drain { history.drain_per_hour } else { -1.0 }", "-1"),
        ("history.has_full", "true"),
        ("if history.has_full { history.hours_since_full } else { 0 }", "50"),
        ("signal.has(\"price\")", "true"),
        ("signal.has(\"sun\")", "false"),
        ("if signal.has(\"price\") { signal.value(\"price\") } else { 0 }", "0.31"),
        ("if signal.has(\"price\") { signal.age_minutes(\"price\") } else { 0 }", "9"),
    ] {
        assert_eq!(seen(what), format!("is {value}"), "{what}");
    }
}

#[test]
fn blocks_and_functions_have_variables_of_their_own() {
    assert_eq!(
        reason("//! x\nif !port.on { let a = 1; keep(`${a}`) } else { let a = 2; keep(`${a}`) }"),
        "2"
    );
    assert_eq!(reason("//! x\nfn f(n) { let a = n * 2; a }\nlet a = f(1) + f(2);\nkeep(`${a}`)"), "6");
    assert_eq!(reason("//! x\nfn twice(level) { level * 2 }\nlet level = 4;\nkeep(`${twice(level)}`)"), "8");
    assert_eq!(reason("//! x\nlet n = 1; n += 2; n -= 1; n *= 5; keep(`${n}`)"), "10");
    assert_eq!(reason("//! x\nlet a = 1; try { throw 3 } catch (e) { a = e; } keep(`${a}`)"), "3");
}

#[test]
fn the_small_functions_work() {
    let seen = |what: &str| reason(&format!("//! x\nkeep(`is ${{{what}}}`)"));
    for (what, value) in [
        ("abs(-3)", "3"),
        ("min(3, 2.5)", "2.5"),
        ("max(3, 4)", "4"),
        ("2.5.round()", "3"),
        ("floor(-0.5)", "-1"),
        ("ceiling(0.1)", "1"),
        ("to_int(7.9)", "7"),
        ("to_float(7) / 2", "3.5"),
        ("7 / 2", "3"),
        ("-battery.level + 2 * 3 - 7 % 4", "-47"),
        ("-31.5 + 1", "-30.5"),
        ("2 ** 3 + 0.5", "8.5"),
        ("[4, 5][1]", "5"),
        ("#{a: 1}.a", "1"),
        ("0.1 + 0.2", "0.3"),
        ("\" Ab \".trim().to_lower().to_upper()", "AB"),
        ("\"Pixel 7\".starts_with(\"Pix\") && \"x\".ends_with(\"x\") && \"abc\".contains(\"b\")", "true"),
        ("\"b\" in \"abc\"", "true"),
        ("battery.level in 20..=50", "true"),
        ("31.5 in 20..30", "false"),
        ("\"a\" < \"b\" && 2 == 2.0 && 3 != 2 && true == true", "true"),
        ("\"ä\".len()", "1"),
    ] {
        assert_eq!(seen(what), format!("is {value}"), "{what}");
    }
}

/// Every script in docs/rules.md: an indented block that begins with `//!` or `let`.
#[test]
fn the_examples_of_the_reference_work() {
    let mut lines = include_str!("../../docs/rules.md").lines().peekable();
    let mut tried = 0;
    while lines.next().is_some() {
        let indented = |line: &&str| line.starts_with("    ") || line.is_empty();
        let block: Vec<&str> = std::iter::from_fn(|| lines.next_if(indented)).collect();
        let script = block.join("\n");
        if ["//!", "let "].iter().any(|begin| script.trim_start().starts_with(begin)) {
            let told = crate::support::problems(&script);
            assert!(!told.contains("error["), "{script}\n{told}");
            tried += 1;
        }
    }
    assert_eq!(tried, 3);
}

#[test]
fn what_is_missing_is_an_error_that_says_what_to_ask() {
    let set = compile("//! x\nif battery.has_temp || port.on { if battery.temp > 40 { rest(\"hot\") } }");
    let message = set.unwrap_err().iter().map(ToString::to_string).collect::<String>();
    assert!(message.contains("this device reports no temperature; ask battery.has_temp first"), "{message}");
    assert!(message.contains("with no temperature, with the port on"), "{message}");
}

#[test]
fn a_rule_holds_when_it_made_the_present_state() {
    let set = compile("//! x\nkeep(`${rule.holds}`)").unwrap();
    let held_by = |name: &str| {
        let mut facts = facts();
        facts.holder = Some(RuleName::new(name).unwrap());
        set.ask(&usage("x"), &Arc::new(facts)).unwrap().unwrap().reason
    };
    assert_eq!(held_by("x"), "true");
    assert_eq!(held_by("y"), "false");
}

#[test]
fn history_tells_how_long_a_limit_is_passed() {
    let set = compile(
        "//! x\nkeep(`${history.minutes_above(\"temp\", 40)} ${history.minutes_above(\"temp\", 40.5)} ${history.minutes_above(\"level\", 50)}`)",
    )
    .unwrap();
    let mut facts = facts();
    facts.history.temperature = Spells::default();
    facts.history.temperature.push(40.0, "2026-01-05T11:15:00+01:00".parse().unwrap());
    facts.history.level.push(50.0, "2026-01-05T11:58:30+01:00".parse().unwrap());
    assert_eq!(set.ask(&usage("x"), &Arc::new(facts)).unwrap().unwrap().reason, "45 0 1");
}

#[test]
fn the_clock_is_that_of_the_station() {
    let set =
        compile("//! x\nkeep(`${clock.time} ${clock.weekday} ${clock.minutes_until(\"07:00\")}`)").unwrap();
    let at = |moment: &str| {
        let mut facts = facts();
        facts.at = moment.parse().unwrap();
        set.ask(&usage("x"), &Arc::new(facts)).unwrap().unwrap().reason
    };
    assert_eq!(at("2026-03-28T21:30:00Z"), "22:30 Saturday 450");
    assert_eq!(at("2026-10-24T20:30:00Z"), "22:30 Saturday 570");
}

#[test]
fn a_station_file_changes_parameters_and_nothing_is_left_of_them() {
    let set =
        compile("//! x\nlet a = param(\"a\", 20);\nlet b = param(\"b\", 1.5);\nkeep(`${a} ${b}`)").unwrap();
    let facts = Arc::new(facts());
    let said = |usage| set.ask(&usage, &facts).unwrap().unwrap().reason;
    assert_eq!(said(with("x", "a", Value::Int(30))), "30 1.5");
    assert_eq!(said(with("x", "b", Value::Int(3))), "20 3");
    assert_eq!(said(with("x", "a", Value::Float(25.0))), "25 1.5");
    assert_eq!(said(usage("x")), "20 1.5");
    let failure = set.ask(&with("x", "a", Value::Bool(true)), &facts).unwrap_err();
    assert_eq!(failure.message, "parameter `a` wants a whole number, not true");
}

#[test]
fn the_use_of_a_rule_is_checked() {
    let set = RuleSet::compile(&[
        source(
            "keep-between",
            "//! x\nlet high = param(\"high\", 80);\nif battery.level > high { rest(\"full\") }",
        ),
        source(
            "ready-by",
            "//! x\nlet by = param(\"by\", \"07:00\");\nif clock.minutes_until(by) < 5 { charge(\"now\") }",
        ),
    ])
    .unwrap();
    let check = |usage| {
        let problems = set.check_use(&usage);
        problems
            .iter()
            .map(|p| format!("{:?} {}: {} ({})", p.parameter, p.code, p.message, p.hint))
            .collect::<String>()
    };
    assert_eq!(check(usage("keep-between")), "");
    assert_eq!(check(with("keep-between", "high", Value::Float(60.0))), "");
    assert_eq!(
        check(usage("keep-betwen")),
        "None unknown-rule: there is no rule `keep-betwen` (did you mean `keep-between`?)"
    );
    assert_eq!(
        check(with("keep-between", "hihg", Value::Int(60))),
        "Some(\"hihg\") unknown-parameter: `keep-between` has no parameter `hihg` (did you mean `high`?)"
    );
    assert_eq!(
        check(with("keep-between", "high", Value::Float(60.5))),
        "Some(\"high\") wrong-kind: parameter `high` wants a whole number, not 60.5 (the rule's own value is 80)"
    );
    assert_eq!(
        check(with("ready-by", "by", Value::Text("7 am".to_owned()))),
        "Some(\"by\") rule-fails: with these values `ready-by` always fails: `7 am` is not a time of day: write hours and minutes from \"00:00\" to \"23:59\", for example \"07:00\" ()"
    );
}

#[test]
fn a_reason_is_cut_to_255_characters() {
    let text = format!("//! x\nkeep(\"{}\")", "ä".repeat(300));
    assert_eq!(reason(&text).chars().count(), 255);
    let failure = ask(
        "//! x\nlet s = if port.on { \" \" } else { \"why\" }; if rule.holds && device.name.len() == 7 { keep(s) }",
    );
    assert_eq!(failure, Ok(None));
}

#[test]
fn the_same_facts_give_the_same_opinion() {
    let text = "//! x\nlet n = battery.level;\nn += 1;\nif n > 50 { rest(`${n} at ${clock.time}`) }";
    let set = compile(text).unwrap();
    let first = set.ask(&usage("x"), &at_level(70)).unwrap();
    for level in 0..100 {
        let _ = set.ask(&usage("x"), &at_level(level));
    }
    assert_eq!(set.ask(&usage("x"), &at_level(70)).unwrap(), first);
    assert_eq!(first.unwrap().reason, "71 at 12:00");
}

#[test]
fn a_set_is_shared_by_threads() {
    let set = Arc::new(compile("//! x\nlet a = param(\"a\", 1);\nkeep(`${a} ${battery.level}`)").unwrap());
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let set = Arc::clone(&set);
            std::thread::spawn(move || {
                for level in 0..=100 {
                    let said = set.ask(&with("x", "a", Value::Int(n)), &at_level(level)).unwrap().unwrap();
                    assert_eq!(said.reason, format!("{n} {level}"));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_rule_can_refuse_values_of_its_parameters() {
    let set = compile(
        "//! x\nlet high = param(\"high\", 80);\nif high > 100 { throw \"high is percent\"; }\nif battery.level > high { rest(\"x\"); }",
    )
    .unwrap();
    assert!(set.check_use(&with("x", "high", Value::Int(100))).is_empty());
    let problems = set.check_use(&with("x", "high", Value::Int(175)));
    let told: Vec<_> =
        problems.iter().map(|p| (p.parameter.as_deref(), p.code, p.message.as_str())).collect();
    assert_eq!(told, [(None, "rule-fails", "with these values `x` always fails: high is percent")]);
}
