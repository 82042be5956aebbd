//! What batteries went through, as evidence: hours by level and by temperature, full cycles, switches, day by day, and the
//! same for a device that had stayed on the charger.
//!
//! Pure: measurements in, figures out. It says what was, and promises nothing about how long a battery lives.

mod account;
mod strain;

pub use account::{Account, BothDays, Heard, account, csv};
pub use strain::{Day, EDGES, HIGH, Point, Strain, WARM, days, on_charger};
pub(in crate::trial) use strain::{TOGETHER, share_above};
