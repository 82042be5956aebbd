//! Short ways to a rule set and to facts.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use smart_charging_station::{
    model::{
        Battery, Celsius, DeviceFacts, DeviceName, Diagnostic, Facts, HistoryFacts, Level, Opinion,
        PortFacts, PortId, RuleFailure, RuleName, RuleUse, Signal, StationFacts, StationName, Value,
    },
    rules::{RuleSet, RuleSource},
};

pub(crate) fn source(name: &str, text: &str) -> RuleSource {
    RuleSource {
        name: RuleName::new(name).unwrap(),
        file: format!("rules/{name}.rhai"),
        text: text.to_owned(),
    }
}

/// One rule named `x`.
pub(crate) fn compile(text: &str) -> Result<RuleSet, Vec<Diagnostic>> {
    RuleSet::compile(&[source("x", text)])
}

pub(crate) fn problems(text: &str) -> String {
    let found = compile(text).map_or_else(|problems| problems, |set| set.warnings().to_vec());
    found.iter().map(|problem| format!("{problem}\n")).collect()
}

/// The scripts (after their first line, the description) of which is not said what should be.
pub(crate) fn unheard(cases: &[(&str, &str)]) -> String {
    let missing = cases.iter().filter_map(|(script, wanted)| {
        let told = problems(&format!("//! What it is for.\n{script}"));
        (!told.contains(wanted)).then(|| format!("--- {script}\n--- wanted {wanted}\n--- told {told}\n"))
    });
    missing.collect()
}

pub(crate) fn usage(name: &str) -> RuleUse {
    RuleUse { rule: RuleName::new(name).unwrap(), with: BTreeMap::new() }
}

pub(crate) fn with(name: &str, parameter: &str, value: Value) -> RuleUse {
    RuleUse { with: BTreeMap::from([(parameter.to_owned(), value)]), ..usage(name) }
}

/// Level 50 on a Monday noon in Berlin, port 3 on for half an hour.
pub(crate) fn facts() -> Facts {
    let at = "2026-01-05T12:00:00+01:00".parse().unwrap();
    Facts {
        at,
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        station: StationFacts { name: StationName::new("desk").unwrap(), ports_on: 4 },
        port: PortFacts {
            number: PortId::new(3).unwrap(),
            on: true,
            since: Some("2026-01-05T11:30:00+01:00".parse().unwrap()),
        },
        device: DeviceFacts {
            name: DeviceName::new("Pixel 7").unwrap(),
            kind: "phone".to_owned(),
            tags: vec!["old".to_owned(), "lab".to_owned()],
        },
        battery: Battery {
            level: Level::new(50).unwrap(),
            charging: Some(true),
            temperature: Some(Celsius::new(31.5).unwrap()),
            measured_at: "2026-01-05T11:57:30+01:00".parse().unwrap(),
        },
        holder: None,
        history: HistoryFacts {
            charge_per_hour: 40.0,
            full_at: Some("2026-01-03T09:30:00+01:00".parse().unwrap()),
            ..HistoryFacts::default()
        },
        deadline: None,
        signals: BTreeMap::from([(
            "price".to_owned(),
            Signal { value: 0.31, at: "2026-01-05T11:50:15+01:00".parse().unwrap() },
        )]),
    }
}

pub(crate) fn at_level(level: i64) -> Arc<Facts> {
    let mut facts = facts();
    facts.battery.level = Level::new(level).unwrap();
    Arc::new(facts)
}

/// Asks the one rule `x` with the usual facts.
pub(crate) fn ask(text: &str) -> Result<Option<Opinion>, RuleFailure> {
    compile(text).unwrap().ask(&usage("x"), &Arc::new(facts()))
}

/// The reason that the rule gives with the usual facts.
pub(crate) fn reason(text: &str) -> String {
    ask(text).unwrap().unwrap().reason
}
