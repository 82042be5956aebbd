//! Whole days with the shipped rules.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{civil::time, tz::TimeZone};

use super::*;
use crate::{
    model::{
        Care, DeviceName, HubLocation, Policy, PortId, PortPlan, Power, RuleName, RuleUse, Socket, Span,
        Station, StationName, SwitchKind, Timestamp, Value,
    },
    rules::{RuleSet, RuleSource},
};

pub(super) fn rules() -> Arc<RuleSet> {
    let source = |name: &str, text: &str| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    };
    let sources = [
        source("cool-down", include_str!("../../../rules/cool-down.rhai")),
        source("ready-by", include_str!("../../../rules/ready-by.rhai")),
        source("keep-between", include_str!("../../../rules/keep-between.rhai")),
    ];
    Arc::new(RuleSet::compile(&sources).unwrap())
}

pub(super) fn usage(rule: &str, with: &[(&str, Value)]) -> RuleUse {
    let with = with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    RuleUse { rule: RuleName::new(rule).unwrap(), with }
}

pub(super) fn station(rules: Vec<RuleUse>) -> Arc<Station> {
    let policy = Arc::new(Policy { guards: vec![usage("cool-down", &[])], rules });
    let plan = PortPlan {
        id: port(),
        socket: Socket::new(HubLocation::new("1-1").unwrap(), 1).unwrap(),
        device: Some(DeviceName::new("pixel").unwrap()),
        serial: None,
        care: Arc::new(Care { policy, ..Care::default() }),
    };
    Arc::new(Station {
        title: "Desk".to_owned(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        topic: "smartcharger".to_owned(),
        ports: BTreeMap::from([(plan.id, Arc::new(plan))]),
        ..Station::new(StationName::new("desk").unwrap(), SwitchKind::Simulated)
    })
}

pub(super) fn port() -> PortId {
    PortId::new(1).unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    format!("{text}:00+01:00").parse().unwrap()
}

pub(super) fn model() -> DeviceModel {
    DeviceModel {
        level: 50.0,
        charge_per_hour: 40.0,
        drain: Drain::flat(5.0),
        rise: 8.0,
        habits: Vec::new(),
        report_every: Span::from_mins(5),
        temper: Temper::Ordinary,
    }
}

pub(super) fn scenario(days: i64, model: DeviceModel) -> Scenario {
    Scenario {
        start: at("2026-11-23T12:00"),
        length: Span::from_hours(24 * days),
        step: Span::from_mins(5),
        seed: 1,
        devices: BTreeMap::from([(port(), model)]),
        signals: BTreeMap::new(),
    }
}

pub(super) fn track(station: &Arc<Station>, scenario: &Scenario) -> Track {
    run(station, &rules(), scenario).ports.remove(&port()).unwrap()
}

#[test]
fn a_week_between_two_levels() {
    let station = station(vec![usage("keep-between", &[])]);
    let scenario = scenario(7, model());
    let track = track(&station, &scenario);
    assert_eq!(track.samples.len(), 7 * 24 * 12 + 1);
    let settled = track.samples.iter().skip(36);
    assert!(settled.clone().all(|s| (18.0..=84.0).contains(&s.level)), "{:?}", track.figures(&[]));
    // 60 points at 5 a day take twelve hours, and one and a half to get back: a dozen rounds in a week.
    let switches = track.switches.len();
    assert!((20..=30).contains(&switches), "{switches}");
    let powers: Vec<Power> = track.switches.iter().map(|s| s.power).collect();
    assert!(powers.windows(2).all(|pair| pair[0] != pair[1]), "{powers:?}");
    assert!(track.switches.iter().all(|s| !s.reason.is_empty()));
}

#[test]
fn the_same_arguments_give_the_same_answer_and_another_seed_another() {
    let station = station(vec![usage("keep-between", &[])]);
    let first = scenario(2, model());
    let other = Scenario { seed: 2, ..first.clone() };
    let rules = rules();
    assert_eq!(run(&station, &rules, &first), run(&station, &rules, &first));
    assert_ne!(run(&station, &rules, &first), run(&station, &rules, &other));
}

#[test]
fn it_is_ready_at_every_deadline() {
    let by = usage("ready-by", &[("by", Value::Text("06:30".to_owned()))]);
    let station = station(vec![by, usage("keep-between", &[])]);
    let scenario = scenario(3, model());
    let deadlines = deadlines(&station, &rules(), port(), scenario.start, scenario.length);
    let mornings = ["2026-11-24T06:30", "2026-11-25T06:30", "2026-11-26T06:30"].map(at);
    assert_eq!(deadlines, mornings);
    let figures = track(&station, &scenario).figures(&deadlines);
    assert_eq!(figures.ready.len(), 3);
    // What is used between full and the deadline, 5 % per hour, is filled up again.
    assert!(figures.ready.iter().all(|(_, level)| level.round() >= 98.0), "{figures:?}");
    assert!(figures.hours_above_80 > 1.0 && figures.hours_above_80 < 30.0, "{figures:?}");
}

/// The file says 40 points per hour, and half of that is true.
#[test]
fn a_device_that_is_slower_than_its_file_is_ready_once_that_was_seen() {
    let by = usage("ready-by", &[("by", Value::Text("06:30".to_owned()))]);
    let station = station(vec![by, usage("keep-between", &[])]);
    let slow = DeviceModel { level: 82.0, charge_per_hour: 20.0, ..model() };
    let scenario = Scenario { start: at("2026-11-23T22:00"), ..scenario(7, slow) };
    let deadlines = deadlines(&station, &rules(), port(), scenario.start, scenario.length);
    let track = track(&station, &scenario);
    let figures = track.figures(&deadlines);
    let (first, later) = figures.ready.split_at(3);
    assert!(first[0].1 < 97.0, "or this would show nothing: {figures:?}");
    assert!(later.iter().all(|(_, level)| level.round() >= 98.0), "{figures:?}");
    assert!(figures.hours_above_80 < 8.0 * 7.0, "{figures:?}");
}

#[test]
fn deadlines_are_those_that_the_rule_sees() {
    let due = |with: &[(&str, &str)], days| {
        let with: Vec<_> = with.iter().map(|(name, text)| (*name, Value::Text((*text).to_owned()))).collect();
        let station = station(vec![usage("ready-by", &with), usage("keep-between", &[])]);
        let scenario = scenario(days, model());
        deadlines(&station, &rules(), port(), scenario.start, scenario.length)
    };
    let all = due(&[("by", "06:30"), ("days", "Mon, Sat-Sun")], 8);
    assert_eq!(all, ["2026-11-28T06:30", "2026-11-29T06:30", "2026-11-30T06:30"].map(at));
    assert_eq!(due(&[("by", "2026-11-24 18:00"), ("days", "Mon")], 8), [at("2026-11-24T18:00")]);
    assert_eq!(due(&[("by", "2026-11-23 11:59")], 8), [], "that is over");
    assert_eq!(due(&[("by", "12:00")], 1), [at("2026-11-24T12:00")], "not the moment of the start");
    assert_eq!(due(&[("by", "soon")], 8), []);
    assert_eq!(due(&[], 400).len(), 400);
}

#[test]
fn nobody_reports_from_the_office() {
    let habit = Away { days: Days::WORKDAYS, from: time(8, 0, 0, 0), to: time(17, 0, 0, 0), per_hour: 4.0 };
    let station = station(vec![usage("keep-between", &[])]);
    let track = track(&station, &scenario(2, DeviceModel { habits: vec![habit], ..model() }));
    let noon = |day: &str| {
        let at = at(&format!("{day}T12:00"));
        *track.samples.iter().find(|s| s.at == at).unwrap()
    };
    assert!(!noon("2026-11-24").present);
    let night = at("2026-11-24T03:00");
    assert!(track.samples.iter().find(|s| s.at == night).unwrap().present);
    let levels = ["2026-11-24T10:00", "2026-11-24T15:00"].map(|t| track.level_at(at(t)).unwrap());
    assert!((levels[0] - levels[1] - 20.0).abs() < 6.0, "{levels:?}");
}

#[test]
fn hours_above_80_are_counted_to_the_minute() {
    let sample = |hour: i64, level| Sample {
        at: Timestamp::from_second(hour * 3600).unwrap(),
        level,
        temperature: 20.0,
        power: Power::On,
        present: true,
    };
    let samples = vec![sample(0, 60.0), sample(1, 100.0), sample(2, 90.0), sample(3, 70.0)];
    let device = DeviceName::new("pixel").unwrap();
    let track = Track { device, samples, switches: Vec::new(), decisions: Vec::new() };
    let figures = track.figures(&[Timestamp::from_second(1800).unwrap()]);
    assert_eq!(figures.hours_above_80, 2.0);
    assert_eq!(figures.hours_on, 3.0);
    assert_eq!(figures.ready[0].1, 80.0);
    assert_eq!(track.level_at(Timestamp::from_second(4 * 3600).unwrap()), None);
}
