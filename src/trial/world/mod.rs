//! A station in a world of its own: the real engine, a hub that answers at once, and batteries that do not exist.
//!
//! Whoever asks says when it begins, how long it lasts and what the devices are like, and gets the whole course of
//! each. Same arguments, same answer; no clock, no hub, no user's file is touched.

mod deadlines;
mod gaps;
mod learn;
#[cfg(test)]
mod learn_tests;
#[cfg(test)]
mod paces_tests;
mod run;
mod scenario;
mod stage;
#[cfg(test)]
mod tests;
mod track;

pub use crate::simulation::{Away, Days, DeviceModel, Drain, Temper, usual};
pub use deadlines::deadlines;
pub use learn::{Known, Learned, learn};
pub use run::run;
pub use scenario::{Scenario, SignalCourse};
pub(in crate::trial) use stage::Stage;
pub use track::{Figures, Run, Sample, Switched, Track};
