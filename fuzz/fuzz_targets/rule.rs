//! The whole way from a text to decisions: whatever is in a rule, it is told or it answers, soon, and always the same.
//!
//! The first byte chooses among moments and devices, the rest is the script. Run it by `make fuzz`.

#![no_main]

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use libfuzzer_sys::fuzz_target;
use smart_charging_station::{
    model::{
        Battery, Celsius, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, Policy, PortFacts, PortId,
        RuleName, RuleUse, Signal, Span, StationFacts, StationName, Timestamp,
    },
    rules::{RuleSet, RuleSource, TraceEnd},
};

/// A sanitized build on a busy machine; a release build takes a hundredth.
const LONG: u64 = 60;

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let began = Instant::now();
    tried(*first, text);
    assert!(began.elapsed().as_secs() < LONG, "took {:?}", began.elapsed());
});

fn tried(choice: u8, text: &str) {
    let rule = RuleName::new("x").unwrap();
    let source = RuleSource { name: rule.clone(), file: "rules/x.rhai".into(), text: text.to_owned() };
    let set = match RuleSet::compile(&[source]) {
        Ok(set) => set,
        Err(problems) => return told(text, &problems),
    };
    told(text, set.warnings());
    let usage = RuleUse { rule: rule.clone(), with: BTreeMap::new() };
    let policy = Policy { guards: vec![], rules: vec![usage.clone()] };
    for level in [0, 20, 50, 80, 100] {
        let facts = Arc::new(facts(choice, level, &rule));
        let answer = set.decide(&policy, &facts);
        assert_eq!(answer, set.decide(&policy, &facts), "the same facts, another answer");
        let traced = set.trace(&usage, &facts);
        let said = match &traced.end {
            TraceEnd::Spoke(opinion) => Some(opinion),
            TraceEnd::Silent | TraceEnd::Failed(_) => None,
        };
        assert_eq!(said, answer.opinion.as_ref(), "explained otherwise than decided");
        if let Some(opinion) = &answer.opinion {
            assert!(!opinion.reason.trim().is_empty() && opinion.reason.chars().count() <= 256);
        }
    }
}

/// Every problem has words and a place that is in the text.
fn told(text: &str, problems: &[smart_charging_station::model::Diagnostic]) {
    let lines = text.lines().count() + 1;
    for problem in problems {
        assert!(!problem.message.is_empty() && !problem.code.is_empty(), "{problem:?}");
        assert!(usize::try_from(problem.line).unwrap() <= lines, "{problem:?}");
    }
}

fn facts(choice: u8, level: i64, rule: &RuleName) -> Facts {
    let second = 1_767_571_200 + i64::from(choice) * 5_417 + level * 61;
    let at = Timestamp::from_second(second).unwrap();
    let has = |bit: u8| choice & (1 << bit) != 0;
    let on = has(0);
    Facts {
        at,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        station: StationFacts { name: StationName::new("desk").unwrap(), ports_on: u32::from(choice) },
        port: PortFacts {
            number: PortId::new(u16::from(choice) + 1).unwrap(),
            on,
            since: has(1).then(|| at - Span::from_mins(i64::from(choice))),
        },
        device: DeviceFacts {
            name: DeviceName::new("Pixel 7").unwrap(),
            kind: if has(2) { "phone".into() } else { String::new() },
            tags: if has(3) { vec!["old".into()] } else { Vec::new() },
        },
        battery: Battery {
            level: Level::new(level).unwrap(),
            charging: has(4).then_some(on),
            temperature: has(5).then(|| Celsius::new(f64::from(choice) / 5.0).unwrap()),
            measured_at: at - Span::from_mins(3),
        },
        holder: has(6).then(|| rule.clone()),
        history: HistoryFacts { charge_per_hour: 40.0, ..HistoryFacts::default() },
        signals: if has(7) { [("price".to_owned(), Signal { value: 0.31, at })].into() } else { BTreeMap::new() },
        deadline: None,
    }
}
