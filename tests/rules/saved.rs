//! Decisions of the past as cases of test files.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use proptest::prelude::{
    Just, Strategy, any, prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest,
};
use smart_charging_station::{
    model::{
        Adjustments, BANDS, Battery, Celsius, Decision, Facts, Layer, Level, Paces, Policy, PortId, RuleName,
        RuleUse, Signal, Span, StationName, Timestamp, Value, Verdict, Version,
    },
    rules::RuleSet,
    trial::testing::{NotSaved, case_of, run_tests, with_case},
};

use crate::support::{facts, source, usage, with};

/// Looks at everything.
const RULE: &str = r#"//! Says what it sees.
let high = param("high", 80);
let word = param("word", "a \"b\" \\ c");
let more = if signal.has("price") { `${signal.value("price")} ${signal.age_minutes("price")}` } else { "-" };
if battery.level == 13 { return; }
let why = `${battery.level} ${battery.has_temp} ${battery.has_charging} ${battery.age_minutes} ${port.number} ${port.on} ${if port.has_minutes { port.minutes } else { -1 }} ${rule.holds} ${history.charge_per_hour} ${history.knows_rate} ${history.sure} ${history.minutes_to_charge(20, 90)} ${if history.knows_drain { history.drain_per_hour } else { -1.0 }} ${history.minutes_above("level", 40)} ${history.minutes_above("temp", 30)} ${device.name} ${device.kind} ${device.tags} ${station.name} ${station.ports_on} ${clock.weekday} ${clock.time} ${clock.minutes_until("07:00")} ${word} ${more}`;
if battery.level >= high { rest(why); }
charge(why);
"#;

const QUIET: &str = "//! Quiet.\nif battery.level > 100 { keep(\"no\"); }";

fn set() -> Arc<RuleSet> {
    static SET: LazyLock<Arc<RuleSet>> =
        LazyLock::new(|| Arc::new(RuleSet::compile(&[source("x", RULE), source("quiet", QUIET)]).unwrap()));
    Arc::clone(&SET)
}

fn policy(usage: RuleUse) -> Policy {
    Policy { guards: vec![crate::support::usage("quiet")], rules: vec![usage] }
}

/// What the policy decides about these facts.
fn decide(policy: &Policy, facts: Facts) -> Decision {
    let facts = Arc::new(facts);
    let opinion = set().decide(policy, &facts).opinion;
    Decision {
        id: 1_795_356_300_000_000,
        at: facts.at,
        station: StationName::new("desk").unwrap(),
        port: PortId::new(3).unwrap(),
        device: Some(facts.device.name.clone()),
        verdict: opinion.as_ref().map_or(Verdict::Keep, |opinion| opinion.verdict),
        reason: opinion.as_ref().map_or_else(String::new, |opinion| opinion.reason.clone()),
        by: if opinion.is_some() { Layer::Policy } else { Layer::Nobody },
        safeguard: None,
        rule: opinion.as_ref().map(|opinion| opinion.rule.clone()),
        line: opinion.map(|opinion| opinion.line),
        version: Version::new("0123456789ab"),
        facts: Some(facts),
        failures: Vec::new(),
        adjusted: Arc::new(Adjustments::default()),
    }
}

#[test]
fn a_decision_becomes_a_case_that_holds() {
    let policy = policy(with("x", "high", Value::Int(45)));
    let case = case_of(&decide(&policy, facts()), &policy, &set(), None).unwrap();
    assert!(case.holds);
    assert_eq!(case.name, "desk port 3, decision 1795356300000000");
    for part in [
        "\"high\": 45",
        "\"word\": \"a \\\"b\\\" \\\\ c\"",
        "zone: \"Europe/Berlin\"",
        "expect: Rest",
        "// Monday",
    ] {
        assert!(case.text.contains(part), "{part}: {}", case.text);
    }
    let file = with_case(None, &case.text).unwrap();
    let results = run_tests(&set(), &case.rule, "t", &file).unwrap();
    assert!(results.iter().all(|result| result.passed), "{results:#?}");
}

#[test]
fn a_rule_that_changed_since_is_told() {
    let before = policy(with("x", "high", Value::Int(45)));
    let decision = Decision { reason: "what it said last year".to_owned(), ..decide(&before, facts()) };
    let case = case_of(&decision, &before, &set(), None).unwrap();
    assert!(!case.holds);
    assert!(case.text.contains("because: \"what it said last year\""), "{}", case.text);
}

#[test]
fn a_rule_that_said_nothing_is_tested_by_name() {
    let policy = policy(usage("x"));
    let quiet = RuleName::new("quiet").unwrap();
    let case = case_of(&decide(&policy, facts()), &policy, &set(), Some(&quiet)).unwrap();
    assert_eq!((case.rule, case.holds), (quiet, true));
    assert!(case.text.ends_with("expect: Nothing)"), "{}", case.text);
}

#[test]
fn what_no_rule_decided_needs_a_name() {
    let policy = policy(usage("x"));
    let by_hand = Decision { rule: None, by: Layer::Mode, ..decide(&policy, facts()) };
    let why = case_of(&by_hand, &policy, &set(), None).unwrap_err();
    assert_eq!(
        why.to_string(),
        "no rule made this decision: name the rule that you want to test with it, one of `quiet`, `x`"
    );
    let name = |text| RuleName::new(text).unwrap();
    let why = case_of(&by_hand, &policy, &set(), Some(&name("gone"))).unwrap_err();
    assert_eq!(why, NotSaved::Gone(name("gone")));
    let why = case_of(&by_hand, &Policy::default(), &set(), Some(&name("x"))).unwrap_err();
    assert_eq!(why.to_string(), "`x` is not asked for this port today: the rules asked are none");
    let nothing = Decision { facts: None, ..by_hand };
    assert_eq!(case_of(&nothing, &policy, &set(), None), Err(NotSaved::NoFacts));
}

#[test]
fn a_case_is_added_at_the_end_and_nothing_else_changes() {
    let add = |file: &str| with_case(Some(file), "(new)");
    assert_eq!(add("[\n    (a), // why\n]\n").unwrap(), "[\n    (a), // why\n    (new),\n]\n");
    assert_eq!(add("[\n    (a) // ] why\n]\n").unwrap(), "[\n    (a), // ] why\n    (new),\n]\n");
    assert_eq!(add("// top\n[]").unwrap(), "// top\n[\n    (new),\n]");
    assert_eq!(add(" \n").unwrap(), "[\n    (new),\n]\n");
    assert_eq!(add("[(a)] // end\n").unwrap(), "[(a),\n    (new),\n] // end\n");
    assert_eq!(add("(a)"), None);
    assert_eq!(add("]"), None);
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let battery = (
        0_i64..=100,
        prop_oneof![Just(None), (-20.0_f64..60.0).prop_map(Some)],
        any::<Option<bool>>(),
        0_i64..9000,
    );
    let port = (any::<bool>(), any::<Option<u16>>(), any::<bool>());
    let past = (0.5_f64..200.0, proptest::collection::vec((0_u8..=100, 0_i64..100_000), 0..5));
    let price = any::<Option<(i16, u16)>>();
    let learned = any::<(Option<([u16; BANDS], u8)>, Option<u16>)>();
    (1_700_000_000_i64..1_900_000_000, battery, port, past, price, learned).prop_map(
        |(second, (level, temp, charging, age), (on, since, holds), (rate, seen), price, (paces, drain))| {
            let at = Timestamp::from_second(second).unwrap();
            let ago = |seconds: i64| at - Span::from_secs(seconds);
            let mut facts = Facts { at, ..facts() };
            facts.battery = Battery {
                level: Level::new(level).unwrap(),
                temperature: temp.map(|t| Celsius::new((t * 10.0).round() / 10.0).unwrap()),
                charging,
                measured_at: ago(age),
            };
            facts.port.on = on;
            facts.port.since = since.map(|since| ago(i64::from(since)));
            facts.holder = holds.then(|| RuleName::new("x").unwrap());
            facts.history.charge_per_hour = (rate * 10.0).round() / 10.0;
            let hundredths = |number: u16| f64::from(number) / 100.0;
            facts.history.paces = paces.map(|(paces, _)| Paces::new(paces.map(hundredths)));
            facts.history.sure = paces.map_or(0, |(_, sure)| sure % 101);
            facts.history.drain_per_hour = drain.map(hundredths);
            let mut seen = seen;
            seen.sort_by_key(|(_, age)| std::cmp::Reverse(*age));
            for (value, age) in &seen {
                facts.history.level.push(f64::from(*value), ago(*age));
                facts.history.temperature.push(f64::from(*value) / 2.0, ago(*age));
            }
            facts.history.level.push(f64::from(u8::try_from(level).unwrap()), at);
            let price =
                price.map(|(value, age)| Signal { value: f64::from(value) / 100.0, at: ago(i64::from(age)) });
            facts.signals =
                price.map(|price| ("price".to_owned(), price)).into_iter().collect::<BTreeMap<_, _>>();
            facts
        },
    )
}

proptest! {
    #[test]
    fn every_decision_replays_from_its_case(facts in any_facts()) {
        // Of an hour that the clock shows twice a test means the first.
        let local = facts.zone.to_datetime(facts.at);
        prop_assume!(!facts.zone.to_ambiguous_timestamp(local).is_ambiguous());
        let policy = policy(usage("x"));
        let decision = decide(&policy, facts);
        let x = RuleName::new("x").unwrap();
        let case = case_of(&decision, &policy, &set(), Some(&x));
        prop_assert!(case.is_ok(), "{case:?}");
        let case = case.unwrap();
        let results = run_tests(&set(), &x, "t", &with_case(Some("[]"), &case.text).unwrap()).unwrap();
        prop_assert_eq!(results[0].opinion.as_ref().map(|o| o.reason.clone()).unwrap_or_default(), decision.reason);
        prop_assert!(results[0].passed && case.holds);
    }
}
