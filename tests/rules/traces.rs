//! The way through a rule as explanations and coverage see it.

use std::sync::Arc;

use smart_charging_station::{
    model::{Level, RuleName, Value, Verdict},
    rules::{
        Comparison, Condition, Coverage, Kind, Question, RuleSet, Setting, TermKind, Trace, TraceEnd,
        TraceStep,
    },
};

use super::support::{compile, facts, usage, with};

fn trace(text: &str, level: i64) -> Trace {
    traced(&compile(text).unwrap(), level)
}

fn traced(set: &RuleSet, level: i64) -> Trace {
    let mut facts = facts();
    facts.battery.level = Level::new(level).unwrap();
    set.trace(&usage("x"), &Arc::new(facts))
}

fn questions(trace: &Trace) -> Vec<&Question> {
    let asked = trace.steps.iter().filter_map(|step| match step {
        TraceStep::Asked(question) => Some(question),
        _ => None,
    });
    asked.collect()
}

fn setting<'a>(trace: &'a Trace, name: &str) -> &'a Setting {
    let mut set = trace.steps.iter().filter_map(|step| match step {
        TraceStep::Set(setting) if setting.name == name => Some(setting),
        _ => None,
    });
    set.next().unwrap()
}

fn parts(condition: &Condition) -> Vec<(&str, Option<bool>)> {
    match &condition.kind {
        Kind::All(parts) | Kind::Any(parts) => {
            parts.iter().map(|part| (part.text.as_str(), part.holds)).collect()
        }
        other => panic!("{other:?}"),
    }
}

const KEEP: &str = include_str!("../../rules/keep-between.rhai");
/// What `ready-by` does, without what is its own business.
const READY: &str = "\
//! Be full when the day starts.
let by     = param(\"by\", \"07:00\");
let target = param(\"target\", 100);
let spare  = param(\"spare_minutes\", 20);

let left = clock.minutes_until(by);
let need = history.minutes_to_charge(battery.level, target) + spare;
let busy = rule.holds && port.on && left < 720;

if !busy && (left > need || battery.level > target - 3) { return; }
if battery.level >= target { rest(`${battery.level}%, ready for ${by}`); }
charge(`${left} min left until ${by}, about ${need} needed`);
";

#[test]
fn a_comparison_tells_both_sides_and_where_they_come_from() {
    let trace = trace(KEEP, 50);
    assert_eq!(trace.end, TraceEnd::Silent);
    let asked = questions(&trace);
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].place.line, asked[0].condition.holds), (5, Some(false)));
    assert_eq!(asked[0].then.verbs, [Verdict::Charge]);
    let Kind::Compared { left, comparison, right } = &asked[0].condition.kind else { panic!("{asked:?}") };
    assert_eq!((left.text.as_str(), left.kind), ("battery.level", TermKind::Input));
    assert_eq!(left.value, Some(Value::Int(50)));
    assert_eq!(*comparison, Comparison::AtOrUnder);
    assert_eq!((right.text.as_str(), right.kind), ("low", TermKind::Variable));
    assert_eq!(right.value, Some(Value::Int(20)));
    assert_eq!(setting(&trace, "low").parameter.as_deref(), Some("low"));
}

#[test]
fn values_of_the_station_file_are_those_that_are_shown() {
    let set = compile(KEEP).unwrap();
    let trace = set.trace(&with("x", "low", Value::Int(60)), &Arc::new(facts()));
    assert!(matches!(&trace.end, TraceEnd::Spoke(said) if said.verdict == Verdict::Charge), "{trace:?}");
    assert_eq!(setting(&trace, "low").value, Some(Value::Int(60)));
    assert_eq!(questions(&trace).len(), 1, "the verb ended it");
}

#[test]
fn what_was_settled_before_is_not_reached() {
    let text = "//! x\nif port.on && battery.level < 20 && battery.has_temp { rest(\"x\") }\n\
                if battery.level > 40 || battery.has_temp { keep(\"x\") }";
    let trace = trace(text, 50);
    let asked = questions(&trace);
    let all = [("port.on", Some(true)), ("battery.level < 20", Some(false)), ("battery.has_temp", None)];
    assert_eq!(parts(&asked[0].condition), all);
    assert_eq!(asked[0].condition.holds, Some(false));
    let any = [("battery.level > 40", Some(true)), ("battery.has_temp", None)];
    assert_eq!(parts(&asked[1].condition), any);
    let read: Vec<(u32, &str)> =
        trace.inputs.iter().map(|input| (input.place.line, input.input.as_str())).collect();
    assert_eq!(read, [(2, "port.on"), (2, "battery.level"), (3, "battery.level")]);
}

#[test]
fn what_a_variable_was_made_from_is_told() {
    let trace = trace(READY, 60);
    let left = setting(&trace, "left");
    assert_eq!((left.text.as_str(), &left.value), ("clock.minutes_until(by)", &Some(Value::Int(1140))));
    let busy = setting(&trace, "busy");
    assert_eq!(busy.text, "rule.holds && port.on && left < 720");
    assert_eq!(busy.condition.as_ref().unwrap().holds, Some(false));
    let asked = questions(&trace);
    assert_eq!(asked[0].condition.text, "!busy && (left > need || battery.level > target - 3)");
    assert!(asked[0].then.leaves && asked[0].then.verbs.is_empty());
    assert!(matches!(trace.steps.last(), Some(TraceStep::Left { place }) if place.line == 10));
    let need = trace.inputs.iter().find(|input| input.input.starts_with("history")).unwrap();
    assert_eq!(need.input, "history.minutes_to_charge(battery.level, target)");
    assert_eq!(need.value, Some(Value::Int(103)));
}

#[test]
fn looking_changes_nothing_that_the_script_does() {
    let text = "//! x\nlet n = 1;\nlet m = { n += 1; n };\nif n == 2 { charge(`${n} ${m}`) }\nrest(`${n}`)";
    let trace = trace(text, 50);
    assert!(matches!(&trace.end, TraceEnd::Spoke(said) if said.reason == "2 2"), "{:?}", trace.end);
    assert_eq!(setting(&trace, "m").value, Some(Value::Int(2)));
    assert_eq!(questions(&trace)[0].condition.holds, Some(true));
    assert!(trace.visited.iter().any(|place| place.line == 4 && place.column > 10), "{:?}", trace.visited);
    assert!(!trace.visited.iter().any(|place| place.line == 5), "the first verb ended it");
}

#[test]
fn own_functions_are_gone_into_and_their_verbs_are_known() {
    let text = "//! x\nfn low(b, limit) { b.level < limit }\nfn say() { charge(\"why\"); }\n\
                if low(battery, 60) { say(); }";
    let trace = trace(text, 50);
    let asked = questions(&trace);
    assert_eq!((asked[0].condition.holds, &*asked[0].then.verbs), (Some(true), &[Verdict::Charge][..]));
    let read: Vec<&str> = trace.inputs.iter().map(|input| input.input.as_str()).collect();
    assert_eq!(read, ["battery.level"], "by its name outside of the function");
    assert!([2, 3, 4].iter().all(|line| trace.visited.iter().any(|place| place.line == *line)));
}

#[test]
fn chains_switches_ranges_and_other_spellings_are_told_as_they_are_written() {
    let text = "//! x\nlet words = battery.level.to_string() + \"%\";\n\
                if !(battery.level in 20..=80) { rest(words) }\n\
                if \"old\" in device.tags && -1 < (2 + 3) * 4 { words = `${words} old`; }\n\
                switch clock.weekday { \"Monday\" => keep(words), _ => () }";
    let trace = trace(text, 50);
    let asked = questions(&trace);
    assert_eq!(asked[0].condition.text, "!(battery.level in 20..=80)");
    assert_eq!(asked[1].condition.text, "\"old\" in device.tags && -1 < (2 + 3) * 4");
    assert_eq!(asked[1].condition.holds, Some(true));
    assert_eq!(setting(&trace, "words").text, "battery.level.to_string() + \"%\"");
    let chosen = trace.steps.iter().find_map(|step| match step {
        TraceStep::Chosen { text, value, .. } => Some((text.as_str(), value.clone())),
        _ => None,
    });
    assert_eq!(chosen, Some(("clock.weekday", Some(Value::Text("Monday".to_owned())))));
    let read: Vec<&str> = trace.inputs.iter().map(|input| input.input.as_str()).collect();
    assert_eq!(read, ["battery.level", "battery.level", "device.tags", "clock.weekday"]);
}

#[test]
fn a_failure_is_the_one_of_the_decision() {
    let text = "//! x\nlet strict = param(\"strict\", false);\nif strict { throw \"too low\"; }\nkeep(\"x\")";
    let set = compile(text).unwrap();
    let trace = set.trace(&with("x", "strict", Value::Bool(true)), &Arc::new(facts()));
    let TraceEnd::Failed(failure) = &trace.end else { panic!("{trace:?}") };
    assert_eq!((failure.message.as_str(), failure.line), ("too low", Some(3)));
    assert_eq!(questions(&trace)[0].condition.holds, Some(true));
    let unknown = compile(KEEP).unwrap().trace(&usage("nope"), &Arc::new(facts()));
    assert!(matches!(unknown.end, TraceEnd::Failed(_)), "{unknown:?}");
}

#[test]
fn a_rule_that_runs_long_is_told_from_its_beginning() {
    let text = "//! x\nfn f(n) { let m = n - 1; if n > 0 { f(m); f(m); f(m); f(m); } }\nf(4);\nkeep(\"x\")";
    let trace = trace(text, 50);
    assert!(trace.cut && trace.steps.len() <= 400, "{}", trace.steps.len());
}

#[test]
fn a_branch_counts_when_it_was_taken_and_a_line_when_all_of_it_was() {
    let text = "//! x\nlet y = 1;\nif battery.level < 20 { charge(\"low\"); }\n\
                switch port.number { 3 => { if port.on { return; } } 4..=6 => keep(\"x\"), _ => () }\n\
                fn never() { rest(\"x\"); }";
    let set = compile(text).unwrap();
    let mut coverage = Coverage::new(&set);
    coverage.add(&traced(&set, 50));
    coverage.add(&traced(&set, 50));
    let report = coverage.report().remove(0);
    let lines: Vec<(u32, u64)> = report.lines.iter().map(|(line, runs)| (*line, *runs)).collect();
    assert_eq!(lines, [(2, 2), (3, 0), (4, 0), (5, 0)], "{report:?}");
    let outline = set.outline(&RuleName::new("x").unwrap()).unwrap();
    assert_eq!((report.branches_taken, report.branches), (3, 7), "{outline:#?}");
    let mut other = Coverage::new(&set);
    other.add(&traced(&set, 5));
    other.merge(coverage);
    let report = other.report().remove(0);
    assert_eq!((report.lines[&3], report.runs, report.branches_taken), (1, 3, 4));
}

#[test]
fn tracing_tells_the_same_end_as_asking_in_all_situations() {
    for text in [KEEP, READY, include_str!("../../rules/cool-down.rhai")] {
        let set = compile(text).unwrap();
        for level in (0..=100).step_by(7) {
            for hour in 0..24 {
                let mut facts = facts();
                facts.at = (format!("2026-01-05T{hour:02}:10:00Z")).parse().unwrap();
                facts.battery.level = Level::new(level).unwrap();
                let facts = Arc::new(facts);
                let trace = set.trace(&usage("x"), &facts);
                let line = match set.ask(&usage("x"), &facts).unwrap() {
                    Some(said) => said.line,
                    None => continue,
                };
                assert!(trace.visited.iter().any(|place| place.line == line), "{trace:?}");
            }
        }
    }
}
