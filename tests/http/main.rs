//! The REST service over real TCP, with real stations and a real history; only the hub is made up.

mod api;
mod errors;
mod events;
mod hubs;
mod limits;
mod metrics;
mod parameters;
mod plan;
mod roles;
mod seed;
mod support;

#[path = "../golden/mod.rs"]
mod golden;
