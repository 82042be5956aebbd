//! Rules and stations tried in a world of their own: their tests, whole weeks with batteries that do not exist, and the
//! past decided again.
//!
//! Pure: values in, values out. The same plan, the same facts and the same seed give the same answers, on every
//! machine. It never reads a file, asks for the time or talks to a station that runs.

pub mod care;
pub mod difference;
pub mod explain;
pub mod fleet;
mod policy;
pub mod replay;
pub mod testing;
pub mod week;
pub mod world;

pub use policy::{overruled, policy_of};
