//! Switching USB ports, and believing only what the hub shows afterwards.
//!
//! One task per way of switching owns the hubs and serves the lines of its stations ([`start`]); the stations that run
//! together use one way, because a task knows nothing of the stations of another. Every request is answered, in bounded
//! time, with what was seen at each port. The hubs are those that `uhubctl` finds, or one that does
//! not exist ([`simulated()`]).

mod call;
mod claims;
mod driver;
mod glance;
mod guard;
mod hubs;
mod kernel;
mod listed;
mod locate;
mod lock;
mod outcome;
mod parser;
mod recognise;
mod runner;
#[cfg(test)]
mod samples;
mod sending;
mod sequence;
mod settings;
mod sides;
mod simulated;
mod survey;
mod switch;
mod sysfs;
mod task;
#[cfg(test)]
mod tests;
mod tool;
mod topology;
mod uhubctl;
mod whole;
mod words;

pub use recognise::{Fit, Tree, misfit, onboard, places, trees};
pub use settings::UsbSettings;
pub use sides::twin;
pub use simulated::simulated;
pub use survey::{Access, HubFound, SocketFound, Survey, Switching};
pub use switch::{Asked, Ordered, PowerSwitch};
pub use task::{Bus, Line, start};
pub use tool::{ToolInfo, find_uhubctl, probe};
pub use whole::{Pace, measure, survey};
