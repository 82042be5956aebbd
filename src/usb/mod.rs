//! Switching USB ports, and believing only what the hub shows afterwards.
//!
//! One task per host owns the hubs and serves the lines of all stations ([`start`]). Every request is answered,
//! in bounded time, with what was seen at each port. The hubs are those that `uhubctl` finds, or one that does
//! not exist ([`simulated()`]).

mod call;
#[expect(dead_code, reason = "its drivers come next")]
mod driver;
mod lock;
mod outcome;
mod parser;
mod settings;
mod simulated;
mod survey;
mod switch;
mod task;
mod tool;
mod topology;
mod uhubctl;

pub use settings::UsbSettings;
pub use simulated::simulated;
pub use survey::{Access, HubFound, SocketFound, Survey, Switching};
pub use switch::PowerSwitch;
pub use task::{Bus, Line, start};
pub use tool::{ToolInfo, find_uhubctl, probe};
