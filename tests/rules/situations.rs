//! The situations in which rules are tried: those that tell the rules apart, always the same, never too many.

use std::collections::BTreeSet;

use smart_charging_station::{
    model::Value,
    rules::{Region, RuleSet},
};

use crate::support::{compile, problems, source, usage, with};

const LEVELS: &str = "//! x\nlet low = param(\"low\", 20);\nif battery.level <= low { charge(\"low\") }";

#[test]
fn only_what_a_rule_reads_varies() {
    let set = compile(LEVELS).unwrap();
    let grid = set.grid(&usage("x"));
    let levels: Vec<u8> = grid.situations(5000).map(|s| s.facts.battery.level.percent()).collect();
    assert_eq!(levels, (0..=100).collect::<Vec<_>>());
    assert!(grid.fits(101));
    assert!(!grid.fits(100));
    assert_eq!(set.grid(&usage("nobody")).situations(10).count(), 1);
}

#[test]
fn the_same_rules_give_the_same_situations_and_none_twice() {
    let text = "//! x\nif clock.is_between(\"22:00\", \"06:30\") && battery.has_temp && battery.temp > 31.7 && rule.holds && port.on
        && battery.level < 33 && device.kind == \"phone\" && port.has_minutes && port.minutes > 17 { keep(\"x\") }";
    let set = compile(text).unwrap();
    let grid = set.grid(&usage("x"));
    let all = || grid.situations(3000).map(|situation| format!("{:?}", situation.facts)).collect::<Vec<_>>();
    assert_eq!(all(), all());
    let seen: BTreeSet<String> = all().into_iter().collect();
    assert_eq!(seen.len(), 3000);
    for wanted in
        ["31.7", "2026-01-05T06:29:00Z", "2026-01-05T22:00:00Z", "\"phone\"", "Some(RuleName(\"x\"))"]
    {
        assert!(seen.iter().any(|facts| facts.contains(wanted)), "{wanted}");
    }
    let levels: BTreeSet<u8> =
        grid.situations(3000).map(|situation| situation.facts.battery.level.percent()).collect();
    assert_eq!(levels.len(), 101, "every level comes by");
}

#[test]
fn values_of_a_station_file_are_looked_at() {
    let text =
        "//! y\nlet hot = param(\"hot\", 44.4);\nif battery.has_temp && battery.temp > hot { rest(\"hot\") }";
    let set = RuleSet::compile(&[source("y", text)]).unwrap();
    let temperatures = |usage: &_| -> BTreeSet<String> {
        let degrees = set.grid(usage).situations(5000).map(|s| format!("{:?}", s.facts.battery.temperature));
        degrees.collect()
    };
    let own = temperatures(&usage("y"));
    assert!(own.contains("Some(Celsius(44.4))") && own.contains("None"), "{own:?}");
    let given = temperatures(&with("y", "hot", Value::Float(35.0)));
    assert!(given.contains("Some(Celsius(35.5))") && !own.contains("Some(Celsius(35.5))"), "{given:?}");
}

#[test]
fn what_situations_have_in_common_is_said_in_words() {
    let text = "//! x\nif battery.level in 21..=25 && !battery.has_temp && clock.is_between(\"22:00\", \"06:00\") && port.on { keep(\"x\") }";
    let set = compile(text).unwrap();
    let situations = set.grid(&usage("x")).situations(usize::MAX);
    let mut region = Region::of(&situations);
    for situation in situations.clone() {
        if set.ask(&usage("x"), &situation.facts).unwrap().is_some() {
            region.add(&situation);
        }
    }
    assert_eq!(
        region.words(),
        ["at level 21 to 25", "with no temperature", "with the port on", "from 22:00 to 05:59"]
    );
}

#[test]
fn a_failure_comes_with_the_situation_in_which_it_came_up() {
    let told = |script: &str| problems(&format!("//! x\n{script}"));
    let cases = [
        (
            "if battery.level > 90 && battery.temp > 3 { keep(\"x\") }",
            "fails at level 91 or more, with no temperature: ",
        ),
        (
            "if clock.weekday == \"Sunday\" && battery.charging { keep(\"x\") }",
            "fails with charging not reported, on Sunday: ",
        ),
        (
            "if device.kind == \"watch\" { let x = 1 / (battery.level - 50); keep(`${x}`) }",
            "fails at level 50, with a device of the kind `watch`: division by zero",
        ),
        (
            "if clock.time == \"03:17\" && port.minutes > 3 { keep(\"x\") }",
            "fails since an unknown time, at 03:17: ",
        ),
        (
            "if battery.age_minutes > 45 && battery.temp > 3 { keep(\"x\") }",
            "fails with no temperature, 46 min or more after the report: ",
        ),
        (
            "if \"lab\" in device.tags && port.minutes > 3 { keep(\"x\") }",
            "fails since an unknown time, with the tag `lab`: ",
        ),
        (
            "if station.ports_on >= 8 && battery.temp > 3 { keep(\"x\") }",
            "fails with no temperature, with 8 or more ports on: ",
        ),
    ];
    for (script, wanted) in cases {
        let told = told(script);
        assert!(told.contains(wanted), "--- {script}\n--- wanted {wanted}\n--- told {told}");
    }
}
