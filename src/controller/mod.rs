//! The task that owns an engine, and the handles that are its only doors.
//!
//! One task per station. It stamps the time once per input, calls the engine, and does what the engine's step says:
//! orders to the usb task, events to whoever listens, records to history. It never waits for any of them.

mod asked;
mod directory;
mod handle;
mod log;
mod task;

pub use crate::engine::{
    Adjust, Bound, Bounds, Candidate, Ending, NotAdjusted, NotCycled, NotTold, PortShadow, PortState,
    Remembered, Unplaced, View,
};
pub use directory::Directory;
pub use handle::{Handle, Refused};
pub use task::{Clock, Wiring, start};
