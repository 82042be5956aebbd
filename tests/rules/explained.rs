//! Explanations as people read them. `SCS_BLESS=1` writes the golden file anew; look at every word of it.

use std::{fmt::Write as _, sync::Arc};

use smart_charging_station::{
    config::{Files, Plan, SourceFile},
    model::{
        Adjustment, Adjustments, Author, Celsius, Decision, DeviceName, Facts, Layer, Level, PortId,
        RuleName, Value, Verdict,
    },
    trial::explain::{Explanation, Origin, Role, explain},
};

use super::{golden, support::facts};

const STATION: &str = r#"(
    title: "Desk",
    zone: "Europe/Berlin",
    switch: Simulated(),
    guards: [(rule: "cool-down")],
    rules: [(rule: "keep-between")],
    ports: {
        1: (device: "old", socket: (hub: "1-1", port: 1)),
        3: (
            device: "Pixel 7",
            socket: (hub: "1-1", port: 3),
            rules: [(rule: "ready-by", with: {"by": "06:30"}), (rule: "keep-between", with: {"high": 75})],
        ),
    },
)"#;

const NIGHT: &str = r#"//! Says little.
let from = param("from", "22:00");
let quiet = clock.is_between(from, "06:00");
fn spare(b, limit) { b.level > limit }
if quiet && spare(battery, 30) && 90 >= battery.level { rest("quiet night"); }
if "old" in device.tags || !(battery.level in 20..=80) { keep("left alone"); }
switch clock.weekday { "Monday" => { if port.number != 3 { charge("mondays"); } }, _ => () }
"#;

fn plan(station: &str) -> Plan {
    let file = |path: &str, name: &str, text: &str| SourceFile {
        path: path.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let rule = |name: &str, text: &str| file(&format!("rules/{name}.rhai"), name, text);
    let files = Files {
        stations: vec![file("stations/desk.ron", "desk", station)],
        rules: vec![
            rule("cool-down", include_str!("../../rules/cool-down.rhai")),
            rule("keep-between", include_str!("../../rules/keep-between.rhai")),
            rule("night", NIGHT),
            rule("ready-by", include_str!("../../rules/ready-by.rhai")),
        ],
        ..Files::default()
    };
    Plan::check(files).unwrap()
}

/// A decision as the engine would have made it.
fn decision(plan: &Plan, facts: Facts) -> Decision {
    let station = plan.stations.values().next().unwrap();
    let device = Some(facts.device.name.clone());
    let mut decision = Decision {
        id: 7,
        at: facts.at,
        station: station.name.clone(),
        port: facts.port.number,
        device,
        verdict: Verdict::Keep,
        reason: "no rule has an opinion: stays on".to_owned(),
        by: Layer::Nobody,
        safeguard: None,
        rule: None,
        line: None,
        version: plan.version.clone(),
        facts: Some(Arc::new(facts)),
        failures: Vec::new(),
        adjusted: Arc::default(),
    };
    let policy = smart_charging_station::trial::policy_of(station, &decision);
    let answer = plan.rules.decide(&policy, decision.facts.as_ref().unwrap());
    decision.failures = answer.failures;
    if let Some(opinion) = answer.opinion {
        decision.by = Layer::Policy;
        decision.verdict = opinion.verdict;
        decision.reason = opinion.reason;
        decision.rule = Some(opinion.rule);
        decision.line = Some(opinion.line);
    }
    decision
}

fn told(plan: &Plan, decision: &Decision) -> Explanation {
    explain(&plan.rules, plan.stations.values().next().unwrap(), decision)
}

fn text(title: &str, explanation: &Explanation) -> String {
    let mut text = format!("=== {title}\n{}\n", explanation.summary);
    if let Some(note) = &explanation.note {
        let _ = writeln!(text, "note: {note}");
    }
    for one in &explanation.asked {
        let guard = if one.guard { " (guard)" } else { "" };
        let _ = writeln!(text, "- {}{guard} {:?}: {}", one.rule, one.role, one.summary);
        for because in &one.why {
            let _ = writeln!(text, "    line {}: {}", because.line, because.text);
        }
    }
    text
}

fn at(time: &str, level: i64) -> Facts {
    let mut facts = facts();
    facts.at = format!("2026-01-05T{time}:00+01:00").parse().unwrap();
    facts.battery.level = Level::new(level).unwrap();
    facts
}

#[test]
fn explanations_read_as_people_speak() {
    let plan = plan(STATION);
    let with_night = STATION.replace("(rule: \"cool-down\")", "(rule: \"cool-down\"), (rule: \"night\")");
    let night = self::plan(&with_night);
    let mut hot = at("12:00", 50);
    hot.battery.temperature = Some(Celsius::new(44.5).unwrap());
    let mut cooling = at("12:00", 10);
    cooling.battery.temperature = Some(Celsius::new(38.0).unwrap());
    cooling.holder = RuleName::new("cool-down").ok();
    let mut bare = at("12:00", 50);
    bare.battery.temperature = None;
    let mut busy = at("06:20", 85);
    busy.holder = RuleName::new("ready-by").ok();
    let mut old = at("12:00", 81);
    old.device.name = DeviceName::new("old").unwrap();
    old.port.number = PortId::new(1).unwrap();
    let mut by_hand = decision(&plan, at("12:00", 10));
    (by_hand.by, by_hand.rule, by_hand.line) = (Layer::Mode, None, None);
    (by_hand.verdict, by_hand.reason) = (Verdict::Rest, "switched off by REST until taken back".to_owned());
    let mut unheard = decision(&plan, at("12:00", 10));
    (unheard.by, unheard.facts, unheard.verdict) = (Layer::Nobody, None, Verdict::Keep);
    "no report yet".clone_into(&mut unheard.reason);
    let situations = [
        ("noon, 50 %", &plan, decision(&plan, at("12:00", 50))),
        ("noon, 15 %", &plan, decision(&plan, at("12:00", 15))),
        ("noon, 81 %, another port", &plan, decision(&plan, old)),
        ("early, 60 %", &plan, decision(&plan, at("06:00", 60))),
        ("early, charging already", &plan, decision(&plan, busy)),
        ("hot", &plan, decision(&plan, hot)),
        ("cooling down", &plan, decision(&plan, cooling)),
        ("no temperature", &plan, decision(&plan, bare)),
        ("by hand", &plan, by_hand),
        ("not heard yet", &plan, unheard),
        ("another language", &night, decision(&night, at("23:30", 50))),
        ("another language, by day", &night, decision(&night, at("13:30", 50))),
    ];
    let page: String =
        situations.iter().map(|(title, plan, decision)| text(title, &told(plan, decision)) + "\n").collect();
    golden::assert("tests/golden/explained.txt", &page);
}

#[test]
fn what_people_set_counts_and_is_told() {
    let plan = plan(STATION);
    let mut decision = decision(&plan, at("12:00", 60));
    let set = Adjustment { value: Value::Int(55), by: Author::Mqtt, at: decision.at };
    let rule = RuleName::new("keep-between").unwrap();
    decision.adjusted = Arc::new(Adjustments([(rule.clone(), [("high".to_owned(), set)].into())].into()));
    let told = told(&plan, &decision);
    let asked = told.asked.iter().find(|asked| asked.rule == rule).unwrap();
    assert_eq!(asked.role, Role::Decided);
    let said: Vec<_> = asked.parameters.iter().map(|said| (said.name.as_str(), &said.value)).collect();
    assert_eq!(said, [("low", &Value::Int(20)), ("high", &Value::Int(55))]);
    assert_eq!(asked.parameters[0].origin, Origin::Rule);
    assert!(matches!(asked.parameters[1].origin, Origin::Person { by: Author::Mqtt, .. }));
    assert!(told.note.as_ref().unwrap().contains("keep-between says rest"), "{:?}", told.note);
}

#[test]
fn a_device_has_its_rules_with_it() {
    let plan = plan(STATION);
    let mut away = at("12:00", 50);
    away.port.number = PortId::new(1).unwrap();
    let told = told(&plan, &decision(&plan, away));
    let asked: Vec<&str> = told.asked.iter().map(|asked| asked.rule.as_str()).collect();
    assert_eq!(asked, ["cool-down", "ready-by", "keep-between"], "those of Pixel 7, which belongs to port 3");
}
