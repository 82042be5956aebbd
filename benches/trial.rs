//! What it costs to ask rules, to check and test them, and to live through a week and a year with them.
//!
//! Asking is set beside the same decision written in Rust and in Rhai without a fence, in turn within each round.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, reason = "a bench that cannot set up has nothing to measure")]

#[path = "support/mod.rs"]
mod support;

use std::{collections::BTreeMap, fmt::Write as _, hint::black_box, path::Path, sync::Arc, time::Instant};

use rhai::{AST, Engine, Scope, packages::Package, packages::StandardPackage};
use smart_charging_station::{
    config::{Directories, Files, Plan, SourceFile},
    model::{Facts, PortId, Span, Timestamp, Verdict},
    rules::RuleSet,
    trial::{
        testing::run_tests,
        world::{Scenario, run, usual},
    },
};
use support::{Table, median, spread};

const ROUNDS: usize = 9;
const TIMES: u32 = 20_000;

fn main() {
    let files = shipped();
    let plan = Plan::check(files.clone()).expect("what is shipped is right");
    asked(&plan);
    tried(&files);
    lived(&plan);
}

/// The shipped rules, and a station of sixteen ports that asks three of them.
fn shipped() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directories =
        Directories { stations: root.join("stations"), rules: root.join("rules"), hubs: root.join("hubs") };
    let files = Files::read(&directories, &[]).expect("what is shipped can be read");
    let ports = (1..=16).fold(String::new(), |mut text, port| {
        // INVARIANT: writing to a String cannot fail.
        let _ = write!(text, "{port}: (device: \"device-{port}\"), ");
        text
    });
    let text = format!(
        "(switch: Simulated(), guards: [(rule: \"cool-down\")], rules: [(rule: \"ready-by\"), (rule: \"keep-between\")], \
         ports: {{{ports}}})"
    );
    let station = SourceFile { path: "stations/bench.ron".into(), name: "bench".into(), text };
    Files { stations: vec![station], ..files }
}

/// Facts in the middle of a night: two rules say nothing, the third is reached.
fn facts(plan: &Plan) -> Arc<Facts> {
    let station = plan.stations.values().next().expect("one station");
    let scenario = scenario(1);
    let life = run(station, &plan.rules, &scenario);
    let mut decisions = life.ports.values().flat_map(|track| &track.decisions);
    decisions.find_map(|decision| decision.facts.clone()).expect("a decision with facts")
}

fn scenario(days: i64) -> Scenario {
    let devices = (1..=16_u16).map(|number| {
        let model = usual(&format!("device-{number}"), "phone", usize::from(number), 40.0);
        (PortId::new(number).expect("not 0"), model)
    });
    Scenario {
        start: Timestamp::from_second(1_800_000_000).expect("in range"),
        length: Span::from_hours(24 * days),
        step: Span::from_mins(5),
        seed: 1,
        devices: devices.collect(),
        signals: BTreeMap::new(),
    }
}

/// The same three rules as a function; gives the reason, too.
fn in_rust(facts: &Facts) -> Option<(Verdict, String)> {
    let level = i64::from(facts.battery.level.percent());
    if let Some(temperature) = facts.battery.temperature.map(|t| t.degrees()) {
        let holds = facts.holder.as_ref().is_some_and(|rule| rule.as_str() == "cool-down");
        if temperature >= 42.0 {
            return Some((Verdict::Rest, format!("{temperature} °C, the limit is 42 °C")));
        }
        if holds && temperature > 36.0 {
            return Some((Verdict::Rest, format!("cooling: {temperature} °C, waits for 36 °C")));
        }
    }
    let local = facts.zone.to_datetime(facts.at).time();
    let left = (24 * 60 + 7 * 60 - i64::from(local.hour()) * 60 - i64::from(local.minute())) % (24 * 60);
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let need = facts.history.minutes_to_charge(level as f64, 100.0).ceil() as i64 + 20;
    let holds = facts.holder.as_ref().is_some_and(|rule| rule.as_str() == "ready-by");
    let busy = holds && facts.port.on && left < 720;
    if busy || (left <= need && level <= 97) {
        if level >= 100 {
            return Some((Verdict::Rest, format!("{level}%, ready for 07:00")));
        }
        return Some((Verdict::Charge, format!("{left} min left until 07:00, about {need} needed")));
    }
    match level {
        ..=20 => Some((Verdict::Charge, format!("{level}% is at or under 20%"))),
        80.. => Some((Verdict::Rest, format!("{level}% is at or over 80%"))),
        _ => None,
    }
}

/// The same three rules in Rhai as it comes, with plain values in place of the inputs.
const BARE: [&str; 3] = [
    "let too_hot = 42.0; let cool = 36.0; if temp >= too_hot { return `rest ${temp}`; } \
     if holds && temp > cool { return `rest ${temp}`; } \"\"",
    "let target = 100; let spare = 20; let need = (target - level) * 60 / 40 + spare; \
     let busy = holds && on && left < 720; if !busy && (left > need || level > target - 3) { return \"\"; } \
     if level >= target { return `rest ${level}`; } `charge ${left} ${need}`",
    "let low = 20; let high = 80; if level <= low { return `charge ${level}`; } \
     if level >= high { return `rest ${level}`; } \"\"",
];

fn bare() -> (Engine, Vec<AST>) {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    let scripts = BARE.iter().map(|text| engine.compile(text).expect("it compiles")).collect();
    (engine, scripts)
}

fn in_bare_rhai(engine: &Engine, scripts: &[AST], facts: &Facts) -> String {
    for script in scripts {
        let mut scope = Scope::new();
        scope.push("level", i64::from(facts.battery.level.percent()));
        scope.push("temp", facts.battery.temperature.map_or(20.0, |t| t.degrees()));
        scope.push("holds", facts.holder.is_some());
        scope.push("on", facts.port.on);
        scope.push("left", 400_i64);
        let said: String = engine.eval_ast_with_scope(&mut scope, script).expect("it runs");
        if !said.is_empty() {
            return said;
        }
    }
    String::new()
}

fn asked(plan: &Plan) {
    let facts = facts(plan);
    let policy = {
        let station = plan.stations.values().next().expect("one station");
        let port = station.ports.values().next().expect("sixteen ports");
        Arc::clone(&port.care.policy)
    };
    let (engine, scripts) = bare();
    let time = |work: &dyn Fn()| {
        let start = Instant::now();
        for _ in 0..TIMES {
            work();
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
    };
    let rules: &RuleSet = &plan.rules;
    let cases: [(&str, &dyn Fn()); 3] = [
        ("a Rust function", &|| drop(black_box(in_rust(&facts)))),
        ("bare Rhai, plain values", &|| drop(black_box(in_bare_rhai(&engine, &scripts, &facts)))),
        ("rules as they are", &|| drop(black_box(rules.decide(&policy, &facts)))),
    ];
    let mut rounds = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for ((_, work), rounds) in cases.iter().zip(&mut rounds) {
            rounds.push(time(work));
        }
    }
    let mut table = Table::new(&["three rules asked once", "µs", "to bare Rhai", "spread"]);
    let base = rounds.get(1).map_or(f64::NAN, |rounds| median(rounds));
    for ((name, _), rounds) in cases.iter().zip(&rounds) {
        let middle = median(rounds);
        table.row(&[
            (*name).to_owned(),
            format!("{middle:.2}"),
            format!("{:.2}", middle / base),
            spread(rounds),
        ]);
    }
    table.print();
}

fn tried(files: &Files) {
    let mut ten = files.clone();
    ten.tests.clear();
    ten.rules.extend(files.rules.first().map(|rule| SourceFile { name: "tenth".into(), ..rule.clone() }));
    let once = |work: &dyn Fn()| {
        let rounds = (0..5).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64() * 1e3
        });
        median(&rounds.collect::<Vec<_>>())
    };
    let check = once(&|| drop(black_box(Plan::rules(&ten).expect("they are right"))));
    let rules = Arc::new(Plan::rules(files).expect("they are right"));
    let mut number = 0;
    for file in &files.tests {
        let name = file.name.parse().expect("a rule name");
        number += run_tests(&rules, &name, &file.path, &file.text).expect("they can be read").len();
    }
    let tests = once(&|| {
        for file in &files.tests {
            let name = file.name.parse().expect("a rule name");
            drop(black_box(run_tests(&rules, &name, &file.path, &file.text)));
        }
    });
    println!("\nten rules compiled, checked and swept: {check:.0} ms");
    println!("{number} tests of the shipped rules, nights among them, on one core: {tests:.0} ms");
}

fn lived(plan: &Plan) {
    let station = plan.stations.values().next().expect("one station");
    for (name, days) in [("week", 7), ("year", 365)] {
        let start = Instant::now();
        black_box(run(station, &plan.rules, &scenario(days)));
        println!("a {name} of sixteen ports, three rules, one core: {:.2} s", start.elapsed().as_secs_f64());
    }
}
