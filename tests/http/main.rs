//! The REST service over real TCP, with real stations and a real history; only the hub is made up.

mod api;
mod care;
mod charging;
mod check;
mod errors;
mod events;
mod explanations;
mod hubs;
mod limits;
mod metrics;
mod modes;
mod parameters;
mod plan;
mod plans;
mod roles;
mod rule_tests;
mod seed;
mod signals;
mod stand_in;
mod support;
mod trying;

#[path = "../golden/mod.rs"]
mod golden;
