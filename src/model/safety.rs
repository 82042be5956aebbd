//! What keeps devices from harm, whatever people and rules say.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Celsius, Level, Span};

/// The values of the safety layer, from the station file.
#[derive(Clone, Debug, PartialEq)]
pub struct Safety {
    /// Below this level a device is charged. 0 %: never for that reason.
    pub floor: Level,
    /// At this temperature and above a device is not charged. Standard charging ends at 45 °C (JEITA).
    pub too_hot: Celsius,
    /// A device that was too hot is charged again once it is no warmer than this.
    pub cool_again: Celsius,
    /// A silent device is charged for so long at most, then heard now and then only.
    pub silent_charge: Span,
    /// A port that is off for a silent device is switched on after so long, to hear it; while nothing is heard each pause is
    /// twice as long as the one before, up to half a day. One whose reports stop with its port is heard as often as this.
    pub wake_every: Span,
    /// For how long.
    pub wake_for: Span,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            floor: Level::saturating(10),
            too_hot: Celsius::saturating(45.0),
            cool_again: Celsius::saturating(40.0),
            silent_charge: Span::from_hours(4),
            wake_every: Span::from_hours(2),
            wake_for: Span::from_mins(10),
        }
    }
}

/// Why the safety layer decided. The words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Safeguard {
    /// The device has no battery: its power is never cut.
    NoBattery,
    /// The device is too hot, or has not cooled down yet.
    TooHot,
    /// The battery is below the floor.
    Floor,
    /// The device does not report: it is charged for a while, as its battery may be empty.
    Silent,
    /// The device has not reported for longer than it may be charged for that reason.
    SilentTooLong,
    /// The port is on for a moment, to hear a silent device whose reports may have stopped with the power.
    Wake,
    /// The level is not known yet, and the port is off.
    LevelUnknown,
    /// A guard failed.
    GuardFailed,
    /// Nobody knows what is plugged in: it is not touched.
    DeviceUnknown,
}

impl Safeguard {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NoBattery,
        Self::TooHot,
        Self::Floor,
        Self::Silent,
        Self::SilentTooLong,
        Self::Wake,
        Self::LevelUnknown,
        Self::GuardFailed,
        Self::DeviceUnknown,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoBattery => "no_battery",
            Self::TooHot => "too_hot",
            Self::Floor => "floor",
            Self::Silent => "silent",
            Self::SilentTooLong => "silent_too_long",
            Self::Wake => "wake",
            Self::LevelUnknown => "level_unknown",
            Self::GuardFailed => "guard_failed",
            Self::DeviceUnknown => "device_unknown",
        }
    }
}

impl fmt::Display for Safeguard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
