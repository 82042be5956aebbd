//! What one report costs in the engine alone: facts, three rules, decision, comparison of wanted with actual.
//!
//! Each line is measured in turn within each round, so that the ratios hold on a machine whose speed drifts.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot set up has nothing to measure"
)]

#[path = "support/mod.rs"]
mod support;

use std::{collections::BTreeMap, hint::black_box, path::Path, sync::Arc, time::Instant};

use smart_charging_station::{
    engine::{Claim, Engine, Remembered, place},
    model::{
        Battery, BatteryReport, Budget, Care, Celsius, Circuit, DeviceName, Facts, HubLocation, Learned,
        Level, Limit, Policy, PortId, PortPlan, Power, RuleName, RuleUse, Seen, Socket, Span, Station,
        StationName, SwitchKind, Timestamp,
    },
    rules::{RuleSet, RuleSource},
    trial::explain::explain,
};
use support::{Table, median};

const ROUNDS: usize = 9;
const REPORTS: u32 = 20_000;

fn main() {
    let rules = rules();
    let three = policy(3);
    let one = Arc::new(Policy { guards: Vec::new(), rules: vec![usage("keep-between")] });
    let none = Arc::new(Policy::default());
    let mut cases = vec![
        Case::new("no rule, 16 ports", &rules, &none, 16),
        Case::new("one rule, 16 ports", &rules, &one, 16),
        Case::new("three rules, 16 ports", &rules, &three, 16),
        Case::new("three rules, 1,000 ports", &rules, &three, 1_000),
        Case::new("three rules, 16,000 ports", &rules, &three, 16_000),
        Case::limited("three rules, 16 ports, 8 at once", &rules, &three, 16),
        Case::limited("three rules, 1,000 ports, 500 at once", &rules, &three, 1_000),
    ];
    for case in &mut cases {
        case.run();
    }
    for _ in 0..ROUNDS {
        for case in &mut cases {
            let nanos = case.run();
            case.rounds.push(nanos);
        }
    }
    let base = median(&cases[2].rounds);
    let mut table = Table::new(&["engine step", "ns per report", "to three rules, 16 ports", "spread"]);
    for case in &cases {
        let middle = median(&case.rounds);
        table.row(&[
            case.name.to_owned(),
            format!("{middle:.0}"),
            format!("{:.2}", middle / base),
            support::spread(&case.rounds),
        ]);
    }
    table.print();
    overruled(&rules, &three);
    explained(&rules, &three);
    planned();
    planned_whole(&rules, &three);
    reported(&rules, &three);
    learned();
}

fn policy(rules: usize) -> Arc<Policy> {
    let all = [usage("cool-down"), usage("ready-by"), usage("keep-between")];
    Arc::new(Policy { guards: all[..1].to_vec(), rules: all[1..rules].to_vec() })
}

struct Case {
    name: &'static str,
    engine: Engine,
    ports: u16,
    now: Timestamp,
    count: u32,
    rounds: Vec<f64>,
}

impl Case {
    fn new(name: &'static str, rules: &Arc<RuleSet>, policy: &Arc<Policy>, ports: u16) -> Self {
        Self::of(name, rules, station(ports, SwitchKind::Simulated, policy))
    }

    /// Half of the ports may be on, in turns.
    fn limited(name: &'static str, rules: &Arc<RuleSet>, policy: &Arc<Policy>, ports: u16) -> Self {
        let mut station = station(ports, SwitchKind::Simulated, policy);
        let limit = Limit { circuit: Circuit::Station, max_on: Some(u32::from(ports / 2)), watts: None };
        let bound = station.ports.keys().map(|id| (*id, vec![0])).collect();
        station.budget = Arc::new(Budget { limits: vec![limit], bound, ..Budget::default() });
        Self::of(name, rules, station)
    }

    fn of(name: &'static str, rules: &Arc<RuleSet>, station: Station) -> Self {
        let ports = u16::try_from(station.ports.len()).expect("few");
        let station = Arc::new(station);
        let now = Timestamp::from_second(1_800_000_000).expect("in range");
        let mut engine = Engine::new(station, Arc::clone(rules), Remembered::default(), now);
        let on: Vec<Seen> = (1..=ports).map(|n| Seen::new(port(n), None, Some(Power::On), None)).collect();
        engine.seen(&on, now);
        Self { name, engine, ports, now, count: 0, rounds: Vec::new() }
    }

    /// Nanoseconds per report. A picture is taken per report, as the controller does.
    fn run(&mut self) -> f64 {
        let mut view = self.engine.view().clone();
        let start = Instant::now();
        for _ in 0..REPORTS {
            self.count = self.count.wrapping_add(1);
            self.now = self.now.checked_add(Span::from_millis(10)).expect("in range");
            let number = u16::try_from(self.count % u32::from(self.ports)).expect("small") + 1;
            let report = BatteryReport {
                device: None,
                port: port(number),
                level: Level::new(i64::from(30 + self.count % 40)).expect("percent"),
                charging: Some(true),
                temperature: Celsius::new(31.5).ok(),
                measured_at: None,
            };
            black_box(self.engine.report(&report, self.now).expect("taken"));
            view = self.engine.view().clone();
        }
        black_box(view);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(REPORTS)
    }
}

fn port(number: u16) -> PortId {
    PortId::new(number).expect("not 0")
}

/// What it costs to tell the overruled, which nobody pays until somebody asks.
fn overruled(rules: &Arc<RuleSet>, policy: &Arc<Policy>) {
    let mut case = Case::new("", rules, policy, 16);
    case.run();
    let decision = case.engine.view().ports.values().find_map(|p| p.decision.clone()).expect("decided");
    let facts: Arc<Facts> = decision.facts.clone().expect("with facts");
    let start = Instant::now();
    for _ in 0..1_000 {
        black_box(rules.overruled(policy, &facts));
    }
    println!("\nthe overruled of one decision, when asked: {:.1} µs", start.elapsed().as_secs_f64() * 1e3);
}

/// What an explanation takes, and that asking for one makes no ordinary decision slower.
fn explained(rules: &Arc<RuleSet>, policy: &Arc<Policy>) {
    let mut case = Case::new("", rules, policy, 16);
    case.run();
    let station = Arc::clone(&case.engine.view().station);
    let decision = case.engine.view().ports.values().find_map(|p| p.decision.clone()).expect("decided");
    let facts: Arc<Facts> = decision.facts.clone().expect("with facts");
    let asked = |rules: &RuleSet| {
        let start = Instant::now();
        for _ in 0..REPORTS {
            black_box(rules.decide(policy, &facts));
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(REPORTS)
    };
    let fresh = self::rules();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    black_box(explain(rules, &station, &decision));
    for _ in 0..ROUNDS {
        before.push(asked(&fresh));
        after.push(asked(rules));
    }
    let start = Instant::now();
    for _ in 0..1_000 {
        black_box(explain(rules, &station, &decision));
    }
    let once = start.elapsed().as_secs_f64() * 1e3;
    let ratio = median(&after) / median(&before);
    println!("one decision explained, three rules: {once:.0} µs");
    println!("three rules asked by a set that has explained, to one that never did: {ratio:.2}");
}

/// So many ports under a limit for all, and one for each fourteen of them.
fn budget(ports: u16) -> Budget {
    let hubs = usize::from(ports / 14) + 1;
    let limit = |max_on| Limit { circuit: Circuit::Station, max_on: Some(max_on), watts: Some(1e6) };
    let limits = std::iter::once(limit(u32::from(ports).div_ceil(2))).chain((0..hubs).map(|_| limit(8)));
    let bound = (1..=ports).map(|n| (port(n), vec![0, usize::from(n / 14) + 1]));
    Budget { limits: limits.collect(), bound: bound.collect(), ..Budget::default() }
}

/// What a plan of all ports costs, half of which may charge at once.
fn planned() {
    let now = Timestamp::from_second(1_800_000_000).expect("in range");
    let later = |minutes: u16| now.checked_add(Span::from_mins(minutes.into())).expect("in range");
    for (ports, times) in [(16, 2_000), (1_000, 50)] {
        let claim = |n: u16| Claim {
            port: port(n),
            at: later(600 + n % 5 * 30),
            from: now,
            minutes: f64::from(60 + n % 7 * 20),
            margin: 20.0,
            level: 40,
            watts: 10.0,
            begun: None,
        };
        let claims: Vec<Claim> = (1..=ports).map(claim).collect();
        let budget = budget(ports);
        let start = Instant::now();
        for _ in 0..times {
            black_box(place(now, &claims, &[], &budget));
        }
        let micros = start.elapsed().as_secs_f64() * 1e6 / f64::from(times);
        println!("a plan of {ports} ports under a budget: {micros:.0} µs");
    }
}

/// What the engine's own look at a station costs that plans all ports anew, looks at 64 of them, and gives out places.
fn planned_whole(rules: &Arc<RuleSet>, policy: &Arc<Policy>) {
    let mut case = Case::new("", rules, policy, 1_000);
    let station = Station { budget: Arc::new(budget(1_000)), ..(*case.engine.view().station).clone() };
    case.engine.reload(Arc::new(station), Arc::clone(rules), case.now);
    case.run();
    let mut rounds = Vec::new();
    for _ in 0..50 {
        case.now = case.now.checked_add(Span::from_secs(61)).expect("in range");
        let start = Instant::now();
        black_box(case.engine.tick(case.now));
        rounds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("a tick that plans 1,000 ports under a budget and looks at 64: {:.2} ms", median(&rounds));
}

/// What it costs to learn from a report, and to ask what was learned.
fn learned() {
    const COUNT: i64 = 100_000;
    let began = Timestamp::from_second(1_800_000_000).expect("in range");
    let at = |n: i64| began.checked_add(Span::from_secs(n * 300)).expect("in range");
    let mut learned = Learned::default();
    let start = Instant::now();
    for n in 0..COUNT {
        // Charged from 20 to 80 % again and again, a report each five minutes.
        let level = Level::new(20 + n % 20 * 3).expect("percent");
        let since = at(n - n % 20 - 1);
        let battery = Battery { level, charging: Some(true), temperature: None, measured_at: at(n) };
        learned.take(Power::On, since, black_box(&battery));
    }
    let take = start.elapsed().as_secs_f64() * 1e9 / 1e5;
    let start = Instant::now();
    for _ in 0..COUNT {
        black_box(learned.minutes_to_charge(black_box(20.0), black_box(100.0)));
    }
    let ask = start.elapsed().as_secs_f64() * 1e9 / 1e5;
    println!("learning from a report: {take:.0} ns; the minutes to charge: {ask:.0} ns");
}

/// What a report costs on a station of 16 ports with a budget and a plan of all.
fn reported(rules: &Arc<RuleSet>, policy: &Arc<Policy>) {
    let mut case = Case::new("", rules, policy, 16);
    let station = Station { budget: Arc::new(budget(16)), ..(*case.engine.view().station).clone() };
    case.engine.reload(Arc::new(station), Arc::clone(rules), case.now);
    case.run();
    let rounds: Vec<f64> = (0..ROUNDS).map(|_| case.run()).collect();
    println!("a report, three rules, 16 ports with budget and plan: {:.1} µs", median(&rounds) / 1e3);
}

/// The rules that are shipped.
fn rules() -> Arc<RuleSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let source = |name: &str| RuleSource {
        name: RuleName::new(name).expect("a rule name"),
        file: format!("rules/{name}.rhai"),
        text: std::fs::read_to_string(folder.join(format!("{name}.rhai"))).expect("a shipped rule"),
    };
    let sources = ["cool-down", "ready-by", "keep-between"].map(source);
    Arc::new(RuleSet::compile(&sources).expect("the shipped rules compile"))
}

fn usage(rule: &str) -> RuleUse {
    RuleUse { rule: RuleName::new(rule).expect("a rule name"), with: BTreeMap::new() }
}

/// A station of so many ports, each with a device `device-<n>`.
fn station(ports: u16, switch: SwitchKind, policy: &Arc<Policy>) -> Station {
    let plan = |number: u16| PortPlan {
        id: PortId::new(number).expect("not 0"),
        socket: Socket::new(HubLocation::new(&format!("1-{}", number / 14 % 250 + 1)).expect("a hub"), 1)
            .expect("a port"),
        device: DeviceName::new(&format!("device-{number}")).ok(),
        serial: None,
        care: Arc::new(Care { policy: Arc::clone(policy), ..Care::default() }),
    };
    Station {
        title: "Bench".to_owned(),
        topic: "smartcharger".to_owned(),
        ports: (1..=ports).map(plan).map(|plan| (plan.id, Arc::new(plan))).collect(),
        ..Station::new(StationName::new("bench").expect("a name"), switch)
    }
}
