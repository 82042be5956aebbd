//! The files that the service of a test is made from, as its workshop knows them.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use std::sync::Arc;

use smart_charging_station::{
    config::{Directories, Files, Plan, SourceFile},
    history::Reader,
    model::Version,
    workshop::{Workshop, changes},
};
use tokio::sync::watch;

use crate::support::RULE;

const STATION: &str = r#"(
    switch: Simulated(),
    rules: [(rule: "keep-between")],
    ports: {1: (device: "pixel-7", kind: "phone"), 2: (device: "tablet", kind: "phone"), 3: (), 4: ()},
)"#;

/// A workshop that knows stations of these names, and the rule.
pub(crate) fn workshop(stations: &[&str], reader: Reader) -> Workshop {
    let directories = Directories { stations: "stations".into(), rules: "rules".into(), hubs: "hubs".into() };
    let plan = watch::Sender::new(Arc::new(plan(stations))).subscribe();
    Workshop::new(plan, directories, reader, changes().0)
}

fn plan(stations: &[&str]) -> Plan {
    let source = |path: String, name: &str, text: &str| SourceFile {
        path,
        name: name.to_owned(),
        text: text.to_owned(),
    };
    // A device is in one station only.
    let station = |name: &&str| {
        let text = STATION
            .replace("pixel-7", &format!("pixel-7-{name}"))
            .replace("tablet", &format!("tablet-{name}"));
        let text = if *name == "desk" { STATION.to_owned() } else { text };
        source(format!("stations/{name}.ron"), name, &text)
    };
    let rule = source("rules/keep-between.rhai".into(), "keep-between", RULE);
    let stations = stations.iter().map(station).collect();
    let checked = Plan::check(Files { stations, rules: vec![rule], ..Files::default() }).unwrap();
    // The version that the stations of the service have.
    Plan { version: Version::new("0f3a9c51d2e4"), ..checked }
}
