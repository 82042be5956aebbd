//! Switching USB ports, and believing only what the hub shows afterwards.
//!
//! One task per host owns the hubs and serves the lines of all stations ([`start`]). Every request is answered,
//! in bounded time, with what was seen at each port. The hubs are those that `uhubctl` finds, or one that does
//! not exist ([`simulated()`]).

mod call;
mod claims;
mod driver;
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
mod settings;
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

pub use recognise::{Fit, Tree, misfit, onboard, trees, twin};
pub use settings::UsbSettings;
pub use simulated::simulated;
pub use survey::{Access, HubFound, SocketFound, Survey, Switching};
pub use switch::{Asked, Ordered, PowerSwitch};
pub use task::{Bus, Line, start};
pub use tool::{ToolInfo, find_uhubctl, probe};
pub use whole::{Pace, measure, survey};
