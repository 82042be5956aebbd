//! One station's state, and every way in which it changes.
//!
//! Pure: each method takes values and `now`, and returns a [`Step`] that says what is to be done. It never asks
//! for the time, reads a file, waits or talks to anybody, so any situation can be played in a test.
//!
//! Reading order: `state` (what is known of a port), `core` (the ways in), `present` (what rules see), `judge` (who decides).
//!
//! The layers: `safety` (heat, floor, no battery), `doubt` (levels that no battery can have), `modes` (people), `silence` and
//! `endurance` (devices that say nothing), `adjusting` (values set at run time), `bounds` (the two levels among them), `shadow` (rules asked beside those at work),
//! `allot` (who has a place in the power budget), `standing` (what a port is to it), `supply` (the budget at work),
//! `planning` (deadlines, and when each port charges for them).
//!
//! The hub: `pursue` (wanted against actual), `reading` (what it shows), `alarm` (when to give up for a while), `hubs` (hubs
//! that are away), `proof` (whether off is off), `release` (sockets that are no ports any more).
//!
//! The devices: `devices` (which are known, and where they are), `plugged` (what is plugged in), `placing` (they follow their
//! serial numbers), `luggage` (what goes with them), `unplaced` (those without a port), `probe` (a search for one), `cycle` (it starts anew),
//! `learning` (how fast they charge), `charging` (stretches of it, and devices that gain nothing), `full` (when that is).
//!
//! Besides: `signals` (numbers from elsewhere), `change` (new files, and the end), `clock` (a clock that was set back).

mod adjusting;
mod alarm;
mod allot;
mod bounds;
mod change;
mod charging;
mod clock;
mod core;
mod cycle;
mod devices;
mod doubt;
mod endurance;
mod full;
mod hubs;
mod judge;
mod learning;
mod luggage;
mod modes;
mod placing;
mod planning;
mod plugged;
mod present;
mod probe;
mod proof;
mod pursue;
mod reading;
mod release;
mod safety;
mod shadow;
mod signals;
mod silence;
mod standing;
mod state;
mod supply;
#[cfg(test)]
mod tests;
mod unplaced;

pub use self::change::Ending;
pub use self::core::{Engine, Remembered, Step};
pub use adjusting::{ADJUSTED_MAX, Adjust, Checked, NotAdjusted, Unfit};
pub use bounds::{Bound, Bounds, Limit};
pub use cycle::{CYCLE, NotCycled};
pub use devices::NotNamed;
pub use doubt::is_misread;
pub use planning::{Claim, Load, NotTold, Place, Source, place, sources, within};
pub use plugged::UNKNOWN_DEVICE;
pub use shadow::{Candidate, PortShadow};
pub use standing::Waits;
pub use state::{PortState, UNPLACED_MAX, Unplaced, View};
