//! What is wrong at a port although the hub shows what was ordered, or never does.

use serde::{Deserialize, Serialize};

use super::{Power, Timestamp};

/// A contradiction between what the hub shows and what the device says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The hub shows the port off, and the device goes on charging.
    PowerLeak,
    /// The hub shows the port on, and the device does not charge.
    NotCharging,
}

impl FaultKind {
    /// The stable code, the same as in the serde form.
    pub fn code(self) -> &'static str {
        match self {
            Self::PowerLeak => "power_leak",
            Self::NotCharging => "not_charging",
        }
    }
}

/// A contradiction at one port, as long as it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Since when it is known.
    pub since: Timestamp,
    /// What it may come from and what to do, in words.
    pub message: String,
}

/// A port that could not be brought to what is wanted although it was tried as often as is sensible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Since when.
    pub since: Timestamp,
    /// What was wanted.
    pub wanted: Power,
    /// What went wrong last and what to do, in words.
    pub message: String,
}

/// A device that has had power for two hours and has not gained a point, though it is not full and says nothing of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwell {
    /// When that was found.
    pub since: Timestamp,
    /// What it may come from and what to do.
    pub message: String,
}
