//! Whole fleets lived through: a station, its devices and everything that goes wrong in a month, with the service and with
//! those who charge otherwise, in one and the same world.
//!
//! A fleet is a file, `fleets/NAME.ron`. Who charges: the service with its real engine, or nobody (always on), or a
//! thermostat, or the devices' own apps. Same fleet, same figures, on every machine. Nothing is left out because it looks
//! bad; what a figure means stands beside it in [`Figures`].

mod faults;
mod figures;
mod file;
mod meter;
mod promises;
mod service;
#[cfg(test)]
mod tests;
mod world;

pub use faults::Fault;
pub use figures::{Figures, Missed, figures};
pub use file::{Demand, Fleet, Member};
pub use promises::{Promise, promises};
pub use world::{Charger, Course, Life, Moment, live};
