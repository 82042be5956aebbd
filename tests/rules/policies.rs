//! Guards and rules in their order.

use std::{collections::BTreeMap, sync::Arc};

use smart_charging_station::{
    model::{Facts, Policy, RuleName, Verdict},
    rules::RuleSet,
};

use crate::support::{at_level, facts, source, usage};

/// Fails at level 13 with a name that the sweep cannot guess: it does not come by there.
const FAILS: &str = "//! x\nif battery.level == 13 && device.name.len() == 7 { throw \"broken\"; }";

fn set() -> RuleSet {
    RuleSet::compile(&[
        source("low", "//! x\nif battery.level <= 20 { charge(\"low\") }"),
        source("high", "//! x\nif battery.level >= 80 { rest(\"high\") }"),
        source("hot", "//! x\nif battery.has_temp && battery.temp >= 42 { rest(\"hot\") }"),
        source("calm", "//! x\nif battery.level <= 90 { keep(\"calm\") }"),
        source("broken", FAILS),
    ])
    .unwrap()
}

fn policy(guards: &[&str], rules: &[&str]) -> Policy {
    let usages = |names: &[&str]| names.iter().map(|name| usage(name)).collect();
    Policy { guards: usages(guards), rules: usages(rules) }
}

fn hot(level: i64) -> Arc<Facts> {
    let mut facts = Facts { battery: at_level(level).battery.clone(), ..facts() };
    facts.battery.temperature = Some(smart_charging_station::model::Celsius::new(45.0).unwrap());
    Arc::new(facts)
}

#[test]
fn the_first_opinion_wins_and_guards_come_first() {
    let (set, policy) = (set(), policy(&["hot"], &["low", "high", "calm"]));
    let decided = |facts| {
        set.decide(&policy, &facts).opinion.map(|opinion| (opinion.rule.to_string(), opinion.verdict))
    };
    assert_eq!(decided(at_level(15)), Some(("low".to_owned(), Verdict::Charge)));
    assert_eq!(decided(hot(15)), Some(("hot".to_owned(), Verdict::Rest)));
    assert_eq!(decided(at_level(85)), Some(("high".to_owned(), Verdict::Rest)));
    assert_eq!(decided(at_level(50)), Some(("calm".to_owned(), Verdict::Keep)));
}

#[test]
fn nobody_may_have_an_opinion() {
    let answer = set().decide(&policy(&["hot"], &["low", "high"]), &at_level(50));
    assert_eq!(answer, smart_charging_station::rules::Answer::default());
    let nobody = set().decide(&Policy { guards: Vec::new(), rules: Vec::new() }, &at_level(50));
    assert_eq!(nobody.opinion, None);
}

#[test]
fn the_overruled_are_all_after_the_first() {
    let names = |facts| -> Vec<String> {
        let policy = policy(&["hot"], &["low", "broken", "high", "calm"]);
        set().overruled(&policy, &facts).iter().map(|opinion| opinion.rule.to_string()).collect()
    };
    assert_eq!(names(hot(15)), ["low", "calm"]);
    assert_eq!(names(hot(13)), ["low", "calm"], "who fails has no opinion");
    assert_eq!(names(at_level(95)), [""; 0]);
}

#[test]
fn a_rule_that_fails_has_no_opinion_and_the_next_is_asked() {
    let answer = set().decide(&policy(&[], &["broken", "low"]), &at_level(13));
    assert_eq!(answer.opinion.unwrap().rule.as_str(), "low");
    assert_eq!(answer.failed_guard, None);
    let [failure] = answer.failures.as_slice() else { panic!("{:?}", answer.failures) };
    assert_eq!((failure.rule.as_str(), failure.guard, failure.message.as_str()), ("broken", false, "broken"));
    assert_eq!(failure.line, Some(2));
}

#[test]
fn a_guard_that_fails_ends_the_asking() {
    let answer = set().decide(&policy(&["broken", "hot"], &["low"]), &at_level(13));
    assert_eq!(answer.opinion, None);
    assert_eq!(answer.failed_guard, Some(RuleName::new("broken").unwrap()));
    assert!(answer.failures.iter().all(|failure| failure.guard));
}

#[test]
fn an_unknown_rule_is_a_failure() {
    let answer = RuleSet::empty().decide(&policy(&[], &["gone"]), &at_level(50));
    assert_eq!(
        answer.failures.first().map(|failure| failure.message.as_str()),
        Some("there is no rule `gone`")
    );
    let use_of_none = smart_charging_station::model::RuleUse {
        rule: RuleName::new("gone").unwrap(),
        with: BTreeMap::new(),
    };
    assert_eq!(RuleSet::empty().check_use(&use_of_none).len(), 1);
}
