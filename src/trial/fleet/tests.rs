//! Small fleets, one thing at a time.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;

use super::*;
use crate::{
    model::{
        Budget, Care, Circuit, DeadlinePlan, DeviceName, Due, HubLocation, Level, Limit, Policy, PortId,
        PortPlan, Power, RuleName, RuleUse, Socket, Span, Station, StationName, SwitchKind, Timestamp, Value,
    },
    rules::{RuleSet, RuleSource},
};

fn rules() -> Arc<RuleSet> {
    let source = |name: &str, text: &str| RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    };
    let sources = [
        source("ready-by", include_str!("../../../rules/ready-by.rhai")),
        source("keep-between", include_str!("../../../rules/keep-between.rhai")),
    ];
    Arc::new(RuleSet::compile(&sources).unwrap())
}

fn usage(rule: &str, with: &[(&str, Value)]) -> RuleUse {
    let with = with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    RuleUse { rule: RuleName::new(rule).unwrap(), with }
}

fn id(number: u16) -> PortId {
    PortId::new(number).unwrap()
}

fn plan(number: u16, care: &Arc<Care>) -> (PortId, Arc<PortPlan>) {
    let plan = PortPlan {
        id: id(number),
        socket: Socket::new(HubLocation::new("1-1").unwrap(), u8::try_from(number).unwrap()).unwrap(),
        device: Some(DeviceName::new(&format!("phone-{number}")).unwrap()),
        serial: None,
        care: Arc::clone(care),
    };
    (plan.id, Arc::new(plan))
}

/// Two ports of which one may have power, kept between 40 and 60 %, and ready at seven on Tuesdays.
fn station() -> Station {
    let ready = [
        ("by", Value::Text("07:00".to_owned())),
        ("days", Value::Text("Tue".to_owned())),
        ("target", Value::Int(80)),
    ];
    let between = [("low", Value::Int(40)), ("high", Value::Int(60))];
    let rules = vec![usage("ready-by", &ready), usage("keep-between", &between)];
    let care = Arc::new(Care { policy: Arc::new(Policy { guards: Vec::new(), rules }), ..Care::default() });
    let limit = Limit { circuit: Circuit::Station, max_on: Some(1), watts: None };
    let bound = BTreeMap::from([(id(1), vec![0]), (id(2), vec![0])]);
    Station {
        title: "Desk".to_owned(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        topic: "smartcharger".to_owned(),
        budget: Arc::new(Budget { limits: vec![limit], bound, ..Budget::default() }),
        ports: BTreeMap::from([plan(1, &care), plan(2, &care)]),
        ..Station::new(StationName::new("desk").unwrap(), SwitchKind::Simulated)
    }
}

/// Two phones for so many days, with these faults and demands.
fn fleet(days: u16, more: &str) -> Fleet {
    let text = format!(
        "(title: \"two\", station: \"desk\", start: \"2026-11-23T00:00\", days: {days}, seed: 3, devices: {{
            1: (level: 50, charge_per_hour: 40, drain_per_hour: Flat(2), heat: 8),
            2: (level: 50, charge_per_hour: 40, drain_per_hour: Day(4, 1), wear: 10),
        }}, {more})"
    );
    Fleet::read(&text).unwrap()
}

fn life(fleet: &Fleet, charger: Charger) -> Life {
    live(&Arc::new(station()), &rules(), fleet, charger)
}

fn at(text: &str) -> Timestamp {
    format!("{text}:00+01:00").parse().unwrap()
}

fn moment(life: &Life, port: u16, time: &str) -> Moment {
    let moments = &life.courses[&id(port)].moments;
    *moments.iter().find(|moment| moment.point.at == at(time)).unwrap()
}

#[test]
fn the_same_fleet_has_the_same_life() {
    let all = fleet(2, "");
    assert_eq!(life(&all, Charger::Service), life(&all, Charger::Service));
    let other = Fleet { seed: 4, ..all.clone() };
    assert_ne!(life(&all, Charger::Service), life(&other, Charger::Service));
}

#[test]
fn each_client_asks_for_itself() {
    let life = life(&fleet(4, ""), Charger::Client);
    let course = &life.courses[&id(2)];
    let after = |power| {
        let changes =
            course.moments.windows(2).filter(|pair| pair[0].power != power && pair[1].power == power);
        changes.map(|pair| pair[1].point.level.round()).collect::<Vec<_>>()
    };
    assert!(after(Power::Off).iter().all(|level| (80.0..=84.0).contains(level)), "{:?}", after(Power::Off));
    assert_eq!(after(Power::On), [20.0; 4]);
}

#[test]
fn what_is_always_on_is_over_budget_but_while_the_mains_are_gone() {
    let cut = fleet(1, "faults: [PowerCut(from: \"2026-11-23T03:00\", lasts: \"90 min\")]");
    let life = life(&cut, Charger::AlwaysOn);
    assert_eq!(life.over_budget, Span::from_mins(24 * 60 - 90));
    assert_eq!(life.times_over, 2);
    let dark = moment(&life, 1, "2026-11-23T03:30");
    assert_eq!((dark.power, dark.chargeable, dark.present), (Power::Off, false, true));
    assert!(
        moment(&life, 1, "2026-11-23T04:30").point.level < moment(&life, 1, "2026-11-23T02:55").point.level
    );
    assert!(life.courses[&id(1)].switches.is_empty(), "the mains are no switch");
}

#[test]
fn after_a_power_cut_the_service_finds_all_on_and_goes_on() {
    let cut = fleet(1, "faults: [PowerCut(from: \"2026-11-23T12:00\", lasts: \"30 min\")]");
    let life = life(&cut, Charger::Service);
    assert_eq!(moment(&life, 1, "2026-11-23T11:55").power, Power::Off);
    let levels = life.courses[&id(1)].moments.iter().map(|moment| moment.point.level);
    assert!(levels.fold(0.0, f64::max) < 65.0, "it was switched off again");
}

#[test]
fn a_killed_service_leaves_ports_as_they_are_and_knows_them_again() {
    let down = fleet(1, "faults: [Restart(from: \"2026-11-23T12:00\", lasts: \"60 min\")]");
    let without = fleet(1, "");
    let (down, without) = (life(&down, Charger::Service), life(&without, Charger::Service));
    for time in ["2026-11-23T12:30", "2026-11-23T13:00", "2026-11-23T13:30"] {
        assert_eq!(moment(&down, 1, time).power, moment(&without, 1, time).power, "{time}");
    }
    assert_eq!(down.courses[&id(1)].switches.len(), without.courses[&id(1)].switches.len());
}

#[test]
fn late_reports_come_with_their_time_and_twice_and_do_no_harm() {
    let late = fleet(
        2,
        "faults: [LateReports(ports: [1], from: \"2026-11-23T00:00\", lasts: \"48 h\", by: \"20 min\")]",
    );
    let life = life(&late, Charger::Service);
    let levels: Vec<f64> = life.courses[&id(1)].moments.iter().map(|moment| moment.point.level).collect();
    // Twenty minutes of charging are 13 points; ready at seven on Tuesday asks for 80.
    assert!(levels.iter().skip(1).all(|level| (37.0..96.0).contains(level)), "{levels:?}");
    assert!(levels.iter().any(|level| *level > 78.0));
}

#[test]
fn who_is_silent_is_not_heard_and_who_has_a_dead_cable_not_charged() {
    let faults = "faults: [
        Silent(ports: [1], from: \"2026-11-23T00:00\", lasts: \"24 h\"),
        DeadCable(ports: [2], from: \"2026-11-23T00:00\", lasts: \"12 h\"),
    ]";
    let life = life(&fleet(1, faults), Charger::Client);
    assert_eq!(moment(&life, 1, "2026-11-23T12:00").point.level, 100.0, "it cannot say that it has enough");
    let dead = moment(&life, 2, "2026-11-23T11:55");
    assert!(dead.power == Power::On && !dead.chargeable && dead.point.level < 50.0);
    assert!(life.courses[&id(2)].dead_cable && !life.courses[&id(1)].dead_cable);
    assert!(moment(&life, 2, "2026-11-23T13:00").point.level > dead.point.level, "mended");
}

#[test]
fn a_hot_room_is_hottest_in_the_middle() {
    let life = life(
        &fleet(1, "faults: [HotRoom(from: \"2026-11-23T10:00\", lasts: \"4 h\", degrees: 15)]"),
        Charger::Client,
    );
    let degrees = |time| moment(&life, 1, time).point.temperature.unwrap();
    assert!(degrees("2026-11-23T12:00") > 37.5 && degrees("2026-11-23T09:55") < 32.0);
    assert!(degrees("2026-11-23T11:00") < degrees("2026-11-23T12:00"));
}

#[test]
fn promises_come_from_rules_files_and_people() {
    let all = fleet(3, "demands: [(port: 2, days: \"Wed\", asked: \"08:00\", due: \"11:00\")]");
    let mut station = station();
    let mut plan = (*station.ports[&id(1)]).clone();
    let weekly = Due::Weekly { at: jiff::civil::time(7, 0, 0, 0), days: "Mon-Fri".to_owned() };
    let once = Due::Once(jiff::civil::date(2026, 11, 25).at(18, 0, 0, 0));
    let deadline = |due, level| DeadlinePlan { due, level: Level::saturating(level) };
    let deadlines = Arc::new(vec![deadline(weekly, 95), deadline(once, 60)]);
    plan.care = Arc::new(Care { deadlines, ..(*plan.care).clone() });
    station.ports.insert(id(1), Arc::new(plan));
    let promises = promises(&all, &station, &rules());
    let told: Vec<_> = promises.iter().map(|one| (one.port.get(), one.at, one.level)).collect();
    let expected = [
        (1, at("2026-11-23T07:00"), 95.0),
        // `ready-by` asks for 80 at the same time.
        (1, at("2026-11-24T07:00"), 95.0),
        (2, at("2026-11-24T07:00"), 80.0),
        (1, at("2026-11-25T07:00"), 95.0),
        (2, at("2026-11-25T11:00"), 100.0),
        (1, at("2026-11-25T18:00"), 60.0),
    ];
    assert_eq!(told, expected);
}

#[test]
fn only_what_can_be_reached_counts_and_who_asks_is_served() {
    // At 00:30 nobody can be full who began with 50 %.
    let all = fleet(
        2,
        "demands: [
        (port: 1, days: \"Mon\", asked: \"00:05\", due: \"00:30\"),
        (port: 2, days: \"Mon\", asked: \"08:00\", due: \"12:00\"),
    ]",
    );
    let (station, rules) = (Arc::new(station()), rules());
    let promises = promises(&all, &station, &rules);
    assert_eq!(promises.len(), 4);
    let always_on = live(&station, &rules, &all, Charger::AlwaysOn);
    let of = |charger| figures(&station, &promises, &live(&station, &rules, &all, charger), &always_on);
    let service = of(Charger::Service);
    assert_eq!((service.reachable, service.ready), (3, 3), "{:?}", service.missed);
    let between = of(Charger::Between);
    assert!(between.ready < 3 && between.missed.iter().all(|missed| missed.had < missed.level - 3.0));
    assert!(service.above_80 < of(Charger::AlwaysOn).above_80 / 3.0);
    assert_eq!((service.devices, service.days.round(), service.under_floor), (2, 2.0, 0.0));
    assert!(service.switches > 0.0 && service.most_switches <= 10);
}

#[test]
fn a_port_that_is_off_under_the_floor_is_told() {
    // The client is dead before it could ask.
    let all = fleet(1, "faults: [Silent(ports: [1], from: \"2026-11-23T04:00\", lasts: \"20 h\")]");
    let mut thirsty = all.clone();
    let member = thirsty.devices.get_mut(&id(1)).unwrap();
    member.model.level = 81.0;
    member.model.drain = crate::simulation::Drain::flat(12.0);
    let (station, rules) = (Arc::new(station()), rules());
    let lived = live(&station, &rules, &thirsty, Charger::Client);
    let figures = figures(&station, &[], &lived, &lived);
    assert!(figures.under_floor > 12.0 * 60.0, "{figures:?}");
    assert_eq!(figures.lowest, 0.0);
}

#[test]
fn what_is_wrong_in_a_fleet_file_is_told() {
    let told = |from: &str, to: &str| {
        let text = include_str!("../../../fleets/home.ron");
        assert!(text.contains(from), "{from}");
        Fleet::read(&text.replacen(from, to, 1)).unwrap_err()
    };
    assert!(told("days: 30", "days: 0").contains("1 to 400"));
    assert!(told("level: 62", "level: 162").contains("port 1: level 162 is out of range"));
    assert!(told("days: \"Sat\"", "days: \"Caturday\"").contains("are no days"));
    assert!(told("ports: [1]", "ports: [9]").contains("port 9 has no device"));
    assert!(told("lasts: \"14 h\"", "lasts: \"-1 h\"").contains("lasts no time"));
    assert!(told("degrees: 16", "degrees: 90").contains("0 to 30 degrees"));
    assert!(told("seed: 6", "sead: 6").contains("sead"));
    let demand = |asked: &str| {
        format!("demands: [(port: 1, days: \"Mon\", asked: \"{asked}\", due: \"12:00\")], faults:")
    };
    assert!(told("faults:", &demand("13:00")).contains("due after"));
}
