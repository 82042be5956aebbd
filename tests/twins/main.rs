//! USB 3 hubs, which are two hubs each: the real `uhubctl` in front of hubs that do not exist, and the library's own
//! door in front of `uhubctl`. Needs neither hardware nor root.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

mod both_sides;
mod changing;
mod found_again;
mod kernel;
mod play;
mod plugged;
mod refused;
mod rig;
mod strange;
mod tool;
mod trouble;

use std::time::Duration;

/// Longer than any answer may take; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);
