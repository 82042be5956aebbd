//! Batteries and phones that do not exist, on a clock of their own.
//!
//! For `scs demo` and for tests of rules over hours: whoever asks says how much time has passed and whether
//! the port has power; the phone answers with what it would report. The same seed and the same steps give
//! the same reports, on every machine. This is a picture good enough to try policies on, not a model of a
//! cell: levels are in percent, capacity and voltage do not appear. Pure: no clock, no threads, no network.

mod battery;
mod cast;
mod device;
mod habit;
mod phone;
mod random;
mod usual;

pub use battery::{AMBIENT, Battery, Flow};
pub use cast::{CAST, cast};
pub use device::{Device, DeviceModel};
pub use habit::{Away, Days, Drain};
pub use phone::{Phone, Profile, Reading, Temper};
pub use usual::usual;
