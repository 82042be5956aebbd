//! The REST service over real TCP, with real stations and a real history; only the hub is made up.

mod api;
mod care;
mod charging;
mod check;
mod errors;
mod events;
mod explanations;
mod grafana;
mod hubs;
mod itself;
mod limits;
mod metrics;
mod modes;
mod parameters;
mod plan;
mod plans;
mod roles;
mod rule_tests;
mod seed;
mod series;
mod signals;
mod stand_in;
mod support;
#[path = "../sysfs/tree.rs"]
#[expect(dead_code, reason = "other tests change what is plugged in")]
#[expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails by panicking, as tests do")]
mod tree;
mod trying;
mod web;

#[path = "../golden/mod.rs"]
mod golden;
