//! One station's state, and every way in which it changes.
//!
//! Pure: each method takes values and `now`, and returns a [`Step`] that says what is to be done. It never asks
//! for the time, reads a file, waits or talks to anybody, so any situation can be played in a test.
//!
//! Reading order: `state` (what is known of a port), `core` (the ways in), `present` (what rules see).
//!
//! Then the folders: `layers` (who decides, in which order), `planning` (deadlines, and when each port charges for them),
//! `budget` (who has power when not all can), `hub` (what is wanted of it and what it shows), `devices` (which there are, where
//! they are, how they charge).
//!
//! Besides: `signals` (numbers from elsewhere), `change` (new files, and the end), `clock` (a clock that was set back).

mod budget;
mod change;
mod clock;
mod core;
mod devices;
mod hub;
mod layers;
mod planning;
mod present;
mod signals;
mod state;
#[cfg(test)]
mod tests;

pub use self::change::Ending;
pub use self::core::{Engine, Remembered, Step};
pub use budget::standing::Waits;
pub use devices::cycle::{CYCLE, NotCycled};
pub use devices::known::NotNamed;
pub use devices::plugged::UNKNOWN_DEVICE;
pub use layers::adjusting::{ADJUSTED_MAX, Adjust, Checked, NotAdjusted, Unfit};
pub use layers::bounds::{Bound, Bounds, Limit};
pub use layers::doubt::is_misread;
pub use layers::shadow::{Candidate, PortShadow};
pub use planning::{Claim, Load, NotTold, Place, Source, place, sources, within};
pub use state::{PortState, UNPLACED_MAX, Unplaced, View};
