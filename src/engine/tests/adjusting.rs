//! Values of parameters that people set at run time.

use super::things::{all_at_home, look, state};
use super::*;
use crate::engine::{ADJUSTED_MAX, Adjust, Checked, NotAdjusted};
use crate::model::{Adjustments, Event, EventKind, Value};

fn wish(parameter: &str, value: impl Into<Option<Value>>) -> Adjust {
    Adjust {
        rule: RuleName::new("keep-between").unwrap(),
        parameter: parameter.to_owned(),
        value: value.into(),
        by: Author::Rest(None),
    }
}

fn set(engine: &mut Engine, parameter: &str, value: i64, minute: i64) -> Step {
    engine.adjust(port(1), &wish(parameter, Value::Int(value)), None, at(minute)).unwrap()
}

fn policy_of(engine: &Engine, number: u16) -> Arc<Policy> {
    Arc::clone(engine.view().ports.get(&port(number)).unwrap().policy())
}

fn codes(step: &Step) -> Vec<&'static str> {
    step.events.iter().map(|event| event.kind.code()).collect()
}

fn unfit(events: &[Event]) -> Vec<(String, String)> {
    let unfit = events.iter().filter_map(|event| match &event.kind {
        EventKind::ParameterUnfit { parameter, message, .. } => Some((parameter.clone(), message.clone())),
        _ => None,
    });
    unfit.collect()
}

#[test]
fn a_value_decides_at_once_and_is_written_with_the_decision() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 70), at(10)).unwrap();
    let step = set(&mut engine, "high", 60, 11);
    assert_eq!(step.orders[0].power, Power::Off);
    let decision = step.decision.as_ref().unwrap();
    assert_eq!(decision.reason, "70% is at or over 60%");
    let rule = RuleName::new("keep-between").unwrap();
    assert_eq!(decision.adjusted.0[&rule]["high"].value, Value::Int(60));
    assert_eq!(decision.adjusted.0[&rule]["high"].at, at(11));
    assert!(codes(&step).contains(&"parameter_changed"), "{:?}", codes(&step));
    let other = engine.report(&report(2, 70), at(12)).unwrap();
    assert!(other.orders.is_empty() && other.decision.unwrap().adjusted.is_empty(), "it is port 1's alone");
}

#[test]
fn taken_back_the_files_value_counts_again() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 70), at(10)).unwrap();
    set(&mut engine, "high", 60, 11);
    engine.adjust(port(1), &wish("high", None), None, at(12)).unwrap();
    assert!(Arc::ptr_eq(&policy_of(&engine, 1), &engine.view().ports.get(&port(1)).unwrap().care().policy));
    assert!(engine.report(&report(1, 70), at(30)).unwrap().decision.unwrap().adjusted.is_empty());
    let again = engine.adjust(port(1), &wish("high", None), None, at(31)).unwrap();
    assert!(!codes(&again).contains(&"parameter_changed"), "nothing was set any more");
}

#[test]
fn what_is_not_right_changes_nothing_and_says_what_is() {
    let mut engine = engine_that_saw_all_on();
    let refused = |engine: &mut Engine, wish: &Adjust| {
        let refused = engine.adjust(port(1), wish, None, at(1)).unwrap_err();
        assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.adjusted.0.len(), 0);
        refused
    };
    let told = refused(&mut engine, &wish("hihg", Value::Int(60)));
    assert!(
        matches!(told, NotAdjusted::UnknownParameter(_)) && told.to_string().contains("did you mean `high`")
    );
    let told = refused(&mut engine, &wish("high", Value::Text("much".to_owned())));
    assert!(matches!(told, NotAdjusted::WrongValue(_)) && told.to_string().contains("wants a whole number"));
    let mut other = wish("high", Value::Int(60));
    other.rule = RuleName::new("guard").unwrap();
    assert_eq!(
        refused(&mut engine, &other).to_string(),
        "the policy of this port does not use the rule `guard`: it uses `keep-between`"
    );
    assert!(matches!(refused(&mut engine, &wish("x", None)), NotAdjusted::UnknownParameter(_)));
    assert!(matches!(
        refused(&mut engine, &wish("high", Value::Text("x".repeat(2_000)))),
        NotAdjusted::WrongValue(_)
    ));
    let nowhere = engine.adjust(port(9), &wish("high", Value::Int(60)), None, at(1));
    assert_eq!(nowhere.unwrap_err(), NotAdjusted::UnknownPort);
}

/// The value that another rule set was asked about says nothing of the rules at work.
#[test]
fn a_check_counts_only_for_the_rules_it_was_made_with() {
    let mut engine = engine_that_saw_all_on();
    let state = engine.view().ports.get(&port(1)).cloned().unwrap();
    let wrong = wish("high", Value::Text("much".to_owned()));
    let checked = Checked::new(&Arc::new(RuleSet::empty()), &state, &wish("high", Value::Int(60)));
    engine.adjust(port(1), &wish("high", Value::Int(60)), Some(checked), at(1)).unwrap();
    let checked = Checked::new(&engine.view().rules, &state, &wrong);
    assert!(engine.adjust(port(1), &wrong, Some(checked), at(1)).is_err());
}

#[test]
fn values_go_on_after_a_restart_and_with_a_reload() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 50), at(10)).unwrap();
    set(&mut engine, "high", 60, 11);
    let mut engine = restart(&engine, at(12));
    engine.seen(&[reading(1, Power::On), reading(2, Power::On)], at(12));
    engine.reload(Arc::new(station()), rules(), at(13));
    let step = engine.tick(at(13));
    assert_eq!(unfit(&step.events), []);
    let step = engine.report(&report(1, 65), at(14)).unwrap();
    assert_eq!(step.decision.unwrap().reason, "65% is at or over 60%");
}

#[test]
fn values_go_with_the_device() {
    let mut engine = all_at_home();
    engine.report(&report(1, 50), seconds(10)).unwrap();
    set(&mut engine, "high", 60, 1);
    engine.seen(&look(&["-", "X2", "X3", "-", "X1"]), seconds(70));
    assert!(state(&engine, 1).memory.adjusted.is_empty());
    let step = engine.report(&report(5, 65), seconds(80)).unwrap();
    assert_eq!(step.decision.unwrap().reason, "65% is at or over 60%");
}

#[test]
fn a_value_that_no_longer_fits_is_kept_and_told_once_and_counts_when_it_fits_again() {
    let mut engine = engine_that_saw_all_on();
    engine.report(&report(1, 50), at(10)).unwrap();
    set(&mut engine, "high", 60, 11);
    set(&mut engine, "low", 30, 11);
    let text = KEEP_BETWEEN.replace("\"high\"", "\"upper\"");
    let name = RuleName::new("keep-between").unwrap();
    let source = RuleSource { name: name.clone(), file: "rules/keep-between.rhai".to_owned(), text };
    let changed = Arc::new(RuleSet::compile(&[source]).unwrap());
    engine.reload(Arc::new(station()), Arc::clone(&changed), at(20));
    let told = unfit(&engine.tick(at(20)).events);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "high");
    let step = engine.report(&report(1, 65), at(21)).unwrap();
    assert_eq!(unfit(&step.events), []);
    let decision = step.decision.unwrap();
    assert_eq!(decision.verdict, crate::model::Verdict::Keep);
    assert_eq!(decision.adjusted.0[&name].keys().collect::<Vec<_>>(), ["low"], "only what is applied");
    let state = engine.view().ports.get(&port(1)).unwrap();
    assert_eq!((state.unfit().len(), state.memory.adjusted.0[&name].len()), (1, 2));
    engine.reload(Arc::new(station()), Arc::clone(&changed), at(22));
    assert_eq!(unfit(&engine.tick(at(22)).events), [], "told once");
    engine.reload(Arc::new(station()), rules(), at(23));
    engine.tick(at(23));
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().unfit(), []);
    assert_eq!(policy_of(&engine, 1).rules[0].with["high"], Value::Int(60));
}

#[test]
fn a_rule_that_the_files_do_not_use_any_more_takes_its_values_out_of_the_way() {
    let mut engine = engine_that_saw_all_on();
    set(&mut engine, "high", 60, 11);
    let mut changed = station();
    let mut plan = (*changed.ports[&port(1)]).clone();
    plan.care = Arc::new(crate::model::Care { policy: Arc::default(), ..(*plan.care).clone() });
    changed.ports.insert(port(1), Arc::new(plan));
    engine.reload(Arc::new(changed), rules(), at(12));
    let told = unfit(&engine.tick(at(12)).events);
    assert_eq!(told[0].1, "the policy of this port does not use `keep-between`");
    engine.adjust(port(1), &wish("high", None), None, at(13)).unwrap();
    assert_eq!(engine.view().ports.get(&port(1)).unwrap().memory.adjusted.as_ref(), &Adjustments::default());
}

#[test]
fn there_is_a_bound() {
    let mut engine = engine_that_saw_all_on();
    let text: String = (0..=ADJUSTED_MAX).map(|n| format!("let p{n} = param(\"p{n}\", 1);\n")).collect();
    let halves = text.split_inclusive('\n').collect::<Vec<_>>();
    let source = |name: &str, lines: &[&str]| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: format!("//! Many.\n{}if battery.level < 1 {{ charge(\"x\"); }}\n", lines.concat()),
    };
    let (one, two) = halves.split_at(40);
    let many = RuleSet::compile(&[source("one", one), source("two", two)]).unwrap();
    let mut station = station();
    let mut plan = (*station.ports[&port(1)]).clone();
    let policy = Arc::new(Policy { guards: vec![usage("one")], rules: vec![usage("two")] });
    plan.care = Arc::new(crate::model::Care { policy, ..(*plan.care).clone() });
    station.ports = [(port(1), Arc::new(plan))].into();
    engine.reload(Arc::new(station), Arc::new(many), at(1));
    for n in 0..=ADJUSTED_MAX {
        let rule = RuleName::new(if n < 40 { "one" } else { "two" }).unwrap();
        let wish = Adjust { rule, ..wish(&format!("p{n}"), Value::Int(2)) };
        let set = engine.adjust(port(1), &wish, None, at(2));
        assert_eq!(set.is_ok(), n < ADJUSTED_MAX, "{n}: {set:?}");
    }
}
