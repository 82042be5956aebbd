//! What an edit changes, said of the rules that come with the service.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;

use super::{
    Differences, Setup, differences,
    situation::Base,
    table::{Asked, Limits},
};
use crate::{
    model::{
        Care, DeviceName, HubLocation, Policy, PortId, PortPlan, RuleName, RuleUse, Socket, Station,
        StationName, SwitchKind, Value,
    },
    rules::{RuleSet, RuleSource},
};

pub(in crate::trial) const KEEP: &str = include_str!("../../../rules/keep-between.rhai");
const COOL: &str = include_str!("../../../rules/cool-down.rhai");
pub(in crate::trial) const READY: &str = include_str!("../../../rules/ready-by.rhai");

fn name(text: &str) -> RuleName {
    RuleName::new(text).unwrap()
}

pub(in crate::trial) fn usage(rule: &str, with: &[(&str, Value)]) -> RuleUse {
    let with = with.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    RuleUse { rule: name(rule), with: with.collect() }
}

pub(in crate::trial) fn rules(sources: &[(&str, &str)]) -> Arc<RuleSet> {
    let source = |(rule, text): &(&str, &str)| RuleSource {
        name: name(rule),
        file: format!("rules/{rule}.rhai"),
        text: (*text).to_owned(),
    };
    let sources: Vec<RuleSource> = sources.iter().map(source).collect();
    Arc::new(RuleSet::compile(&sources).unwrap())
}

pub(in crate::trial) fn port(id: u16, guards: &[RuleUse], rules: &[RuleUse]) -> Arc<PortPlan> {
    let policy = Arc::new(Policy { guards: guards.to_vec(), rules: rules.to_vec() });
    Arc::new(PortPlan {
        id: PortId::new(id).unwrap(),
        socket: Socket::new(HubLocation::new("1-1").unwrap(), u8::try_from(id).unwrap()).unwrap(),
        device: DeviceName::new(&format!("phone-{id}")).ok(),
        serial: None,
        care: Arc::new(Care { policy, ..Care::default() }),
    })
}

pub(in crate::trial) fn setup(rules: Arc<RuleSet>, ports: &[Arc<PortPlan>]) -> Setup {
    let station = Station {
        title: "desk".into(),
        topic: "desk".into(),
        ports: ports.iter().map(|port| (port.id, Arc::clone(port))).collect(),
        ..Station::new(StationName::new("desk").unwrap(), SwitchKind::Simulated)
    };
    Setup { stations: BTreeMap::from([(station.name.clone(), Arc::new(station))]), rules }
}

/// What changes for one port, when its policy and the rules change.
fn between(
    before: (&[(&str, &str)], &[RuleUse], &[RuleUse]),
    after: (&[(&str, &str)], &[RuleUse], &[RuleUse]),
) -> Differences {
    let of = |(sources, guards, uses): (&[(&str, &str)], &[RuleUse], &[RuleUse])| {
        setup(rules(sources), &[port(1, guards, uses)])
    };
    differences(&of(before), &of(after), &|| true)
}

fn texts(found: &Differences) -> Vec<&str> {
    found.policies.iter().flat_map(|policy| &policy.changes).map(|change| change.text.as_str()).collect()
}

#[test]
fn a_changed_default_is_told_as_a_boundary() {
    let new = KEEP.replace("\"low\", 20", "\"low\", 25");
    let uses = [usage("keep-between", &[])];
    let found = between((&[("keep-between", KEEP)], &[], &uses), (&[("keep-between", &new)], &[], &uses));
    assert_eq!(texts(&found), ["level 21–25: nothing → charge"]);
    assert_eq!(found.policies[0].rough, Vec::<String>::new());
}

#[test]
fn a_value_of_the_station_file_is_told_the_same_way() {
    let sources = [("keep-between", KEEP)];
    let before = [usage("keep-between", &[])];
    let after = [usage("keep-between", &[("high", Value::Int(75))])];
    let found = between((&sources, &[], &before), (&sources, &[], &after));
    assert_eq!(texts(&found), ["level 75–79: nothing → rest"]);
}

#[test]
fn what_a_guard_hides_is_named() {
    let sources = [("keep-between", KEEP), ("cool-down", COOL)];
    let guards = [usage("cool-down", &[])];
    let before = [usage("keep-between", &[])];
    let after = [usage("keep-between", &[("low", Value::Int(25))])];
    let found = between((&sources, &guards, &before), (&sources, &guards, &after));
    assert_eq!(texts(&found), ["level 21–25: nothing → charge (unless cool-down speaks before)"]);
}

#[test]
fn limits_between_the_values_that_are_tried_are_exact() {
    let guards = |limit: f64| [usage("cool-down", &[("too_hot", Value::Float(limit))])];
    let sources = [("cool-down", COOL)];
    let found = between((&sources, &guards(42.0), &[]), (&sources, &guards(43.7), &[]));
    assert_eq!(texts(&found), ["42.0–43.6 °C, while cool-down does not hold: rest → nothing"]);
}

#[test]
fn times_of_day_are_told_over_midnight() {
    let rule = "//! X.\nlet from = param(\"from\", \"22:00\");\nif !port.on && battery.level in 21..=25 && \
        clock.is_between(from, \"06:10\") { charge(\"x\"); }";
    let sources = [("night", rule)];
    let after = [usage("night", &[])];
    let found = between((&sources, &[], &[]), (&sources, &[], &after));
    assert_eq!(texts(&found), ["level 21–25, port off, 22:00–06:10: nothing → charge"]);
}

#[test]
fn days_of_the_week_are_told() {
    let rule = "//! X.\nif clock.weekday == \"Saturday\" || clock.weekday == \"Sunday\" { rest(\"x\"); }";
    let after = [usage("weekend", &[])];
    let found = between((&[("weekend", rule)], &[], &[]), (&[("weekend", rule)], &[], &after));
    assert_eq!(texts(&found), ["Sat–Sun: nothing → rest"]);
}

#[test]
fn the_order_of_guards_counts() {
    let (on, off) = (
        "//! On.\nif battery.level < 50 { charge(\"x\"); }",
        "//! Off.\nif battery.level > 40 { rest(\"x\"); }",
    );
    let sources = [("on", on), ("off", off)];
    let (first, second) = ([usage("on", &[]), usage("off", &[])], [usage("off", &[]), usage("on", &[])]);
    let found = between((&sources, &first, &[]), (&sources, &second, &[]));
    assert_eq!(texts(&found), ["level 41–49: charge → rest"]);
}

#[test]
fn another_text_with_the_same_meaning_changes_nothing() {
    let new = KEEP.replace("battery.level <= low", "!(battery.level > low)");
    let uses = [usage("keep-between", &[])];
    let found = between((&[("keep-between", KEEP)], &[], &uses), (&[("keep-between", &new)], &[], &uses));
    assert_eq!((found.policies.len(), found.unchanged), (0, 1));
    let same = between((&[("keep-between", KEEP)], &[], &uses), (&[("keep-between", KEEP)], &[], &uses));
    assert_eq!(same, Differences::default());
}

#[test]
fn a_deadline_is_told_with_examples() {
    let sources = [("ready-by", READY)];
    let uses = |by: &str| [usage("ready-by", &[("by", Value::Text(by.into()))])];
    let found = between((&sources, &[], &uses("07:00")), (&sources, &[], &uses("06:00")));
    let told = texts(&found).join("\n");
    assert!(
        found.policies[0].changes.iter().any(|change| !change.exact && !change.examples.is_empty()),
        "{told}"
    );
    assert!(told.lines().count() < 10 && told.contains("nothing → charge; for example level"), "{told}");
    let rough = &found.policies[0].rough;
    assert!(rough.iter().any(|axis| axis.starts_with("time of day to ")), "{rough:?}");
}

#[test]
fn ports_that_are_treated_alike_are_told_once_and_new_ones_by_name() {
    let sources = [("keep-between", KEEP)];
    let uses = |low: i64| [usage("keep-between", &[("low", Value::Int(low))])];
    let before =
        setup(rules(&sources), &[port(1, &[], &uses(20)), port(2, &[], &uses(20)), port(3, &[], &uses(9))]);
    let after = setup(
        rules(&sources),
        &[port(1, &[], &uses(30)), port(2, &[], &uses(30)), port(3, &[], &uses(9)), port(4, &[], &[])],
    );
    let found = differences(&before, &after, &|| true);
    assert_eq!(found.stations, ["desk: port 4 is new, with phone-4"]);
    assert_eq!(found.policies.len(), 1);
    let ports: Vec<u16> = found.policies[0].ports.iter().map(|named| named.port.get()).collect();
    assert_eq!(ports, [1, 2]);
}

#[test]
fn an_edited_rule_that_nobody_asks_is_named() {
    let new = KEEP.replace("\"low\", 20", "\"low\", 25");
    let found =
        between((&[("keep-between", KEEP)], &[], &[]), (&[("keep-between", &new), ("my", KEEP)], &[], &[]));
    let told = ["no station names the rule `keep-between`", "the rule `my` is new, and no station names it"];
    assert_eq!((found.stations.as_slice(), found.policies.len()), (told.map(str::to_owned).as_slice(), 0));
}

#[test]
fn a_rule_full_of_numbers_and_questions_comes_to_an_end() {
    let numbers: Vec<String> = (0..60).map(|n| format!("{}.5", n * 7)).collect();
    let rule = format!(
        "//! X.\nlet list = [{}];\nif battery.level > 30 && battery.has_temp && battery.temp > 20.0 && port.has_minutes \
            && port.minutes > 5 && battery.age_minutes < 9 && history.minutes_above(\"level\", 50) > 3 \
            && history.minutes_above(\"temp\", 30) > 3 && station.ports_on < 9 && clock.hour > 3 {{ charge(\"x\"); }}",
        numbers.join(", ")
    );
    let after = [usage("full", &[])];
    let runs = std::cell::Cell::new(0_u32);
    let sources = [("full", rule.as_str())];
    let of = |uses: &[RuleUse]| setup(rules(&sources), &[port(1, &[], uses)]);
    let wanted = || {
        runs.set(runs.get() + 1);
        runs.get() < 5_000
    };
    let stopped = differences(&of(&[]), &of(&after), &wanted);
    assert!(runs.get() >= 5_000, "it stops when nobody wants it any more: {stopped:?}");
    let whole = differences(&of(&[]), &of(&after), &|| true);
    assert_eq!((whole.policies.len() + whole.left_out, whole.unchanged), (1, 0), "{whole:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The numbers in the sentences are those of a comparison one by one.
    #[test]
    fn sentences_hold_exactly_the_levels_that_differ(low in 0..60_i64, high in 40..101_i64, mid in 0..101_i64, hot in 20..50_i64) {
        let text = |low: i64, high: i64| format!(
            "//! X.\nif battery.level <= {low} {{ charge(\"a\"); }}\nif battery.level >= {high} {{ rest(\"b\"); }}\n\
             if battery.level == {mid} {{ keep(\"c\"); }}"
        );
        let guard = format!("//! G.\nif battery.has_temp && battery.temp >= {hot}.0 {{ rest(\"hot\"); }}");
        let uses = [usage("x", &[])];
        let guards = [usage("g", &[])];
        let (old, new) = (text(low, high), text(low / 2, high - 7));
        let of = |text: &str| rules(&[("x", text), ("g", &guard)]);
        let (before, after) = (of(&old), of(&new));
        let ports = [port(1, &guards, &uses)];
        let both = [&before, &after].map(|rules| setup(Arc::clone(rules), &ports));
        let found = differences(&both[0], &both[1], &|| true);
        let base = Base {
            station: StationName::new("desk").unwrap(),
            port: PortId::new(1).unwrap(),
            device: DeviceName::new("phone").unwrap(),
            care: (*ports[0].care).clone(),
        };
        let limits = Limits { runs: 40_000, wanted: &|| true };
        let mut one = Asked::new(&before, &uses[0], &base, &[], limits);
        let axes = one.axes.clone();
        let mut other = Asked::new(&after, &uses[0], &base, &[], limits);
        let (one, other) = (one.table(&axes), other.table(&axes));
        let verdict = |said| match said {
            super::table::Said::Spoke(crate::model::Verdict::Charge) => 1,
            super::table::Said::Spoke(crate::model::Verdict::Rest) => 2,
            _ => 0,
        };
        let differing: Vec<usize> = (0..=100).filter(|n| verdict(one.at(&[*n])) != verdict(other.at(&[*n]))).collect();
        let mut told: Vec<usize> = Vec::new();
        for change in found.policies.iter().flat_map(|policy| &policy.changes) {
            prop_assert!(change.exact);
            prop_assert_eq!(change.unless.len(), 1);
            prop_assert_eq!(change.when.len(), 1);
            let range = change.when[0].strip_prefix("level ").unwrap();
            let (from, to) = range.split_once('–').unwrap_or((range, range));
            told.extend(from.parse::<usize>().unwrap()..=to.parse().unwrap());
        }
        told.sort_unstable();
        prop_assert_eq!(told, differing);
    }
}
