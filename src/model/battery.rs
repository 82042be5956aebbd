//! What a device says of its battery.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeviceName, PortId, Timestamp};

/// State of charge in percent, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u8")]
pub struct Level(u8);

impl Level {
    /// Checks the range; gives back what is wrong.
    pub fn new(percent: i64) -> Result<Self, String> {
        u8::try_from(percent)
            .ok()
            .filter(|p| *p <= 100)
            .map(Self)
            .ok_or_else(|| format!("level {percent} is out of range: percent, 0 to 100"))
    }
    /// The level that is exactly this number of percent; `None` for parts of a percent, and outside 0 to 100.
    pub fn exactly(percent: f64) -> Option<Self> {
        // Levels are few, and so no number has to be cut to one.
        (0..=100).map(Self).find(|level| f64::from(level.0) == percent)
    }
    /// Takes everything over 100 as 100.
    pub const fn saturating(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }
    /// Percent, 0 to 100.
    pub fn percent(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Level {
    type Error = String;
    fn try_from(percent: i64) -> Result<Self, String> {
        Self::new(percent)
    }
}
impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level.0
    }
}
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A battery's temperature in degrees Celsius, −50 to 150, finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Celsius(f64);

impl Celsius {
    /// Takes what is out of range as the nearest that is not, and no number as 0.
    pub const fn saturating(degrees: f64) -> Self {
        if degrees.is_nan() { Self(0.0) } else { Self(degrees.clamp(-50.0, 150.0)) }
    }
    /// Checks the range; gives back what is wrong.
    pub fn new(degrees: f64) -> Result<Self, String> {
        if degrees.is_finite() && (-50.0..=150.0).contains(&degrees) {
            return Ok(Self(degrees));
        }
        let hint = if degrees > 150.0 {
            " (Android's own broadcasts give tenths of a degree: divide by 10)"
        } else {
            ""
        };
        Err(format!("temperature {degrees} is out of range: degrees Celsius, -50 to 150{hint}"))
    }
    /// Degrees Celsius.
    pub fn degrees(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Celsius {
    type Error = String;
    fn try_from(degrees: f64) -> Result<Self, String> {
        Self::new(degrees)
    }
}
impl From<Celsius> for f64 {
    fn from(value: Celsius) -> f64 {
        value.0
    }
}

/// A report as it enters the controller: which port, and what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct BatteryReport {
    /// The device that reports, if it says so: the report is about the port that it is in when the report is taken.
    pub device: Option<DeviceName>,
    /// The port that the report is about; where a device reports, the one that it was in when the report came.
    pub port: PortId,
    /// State of charge.
    pub level: Level,
    /// Whether the device says that it charges.
    pub charging: Option<bool>,
    /// Battery temperature.
    pub temperature: Option<Celsius>,
    /// When it was measured; `None` means now.
    pub measured_at: Option<Timestamp>,
}

/// The last accepted report of a device, as rules see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Battery {
    /// State of charge.
    pub level: Level,
    /// Whether the device says that it charges.
    pub charging: Option<bool>,
    /// Battery temperature.
    pub temperature: Option<Celsius>,
    /// When it was measured, by the device's word, never later than it was received.
    pub measured_at: Timestamp,
}

/// Why a report that is well formed was not taken. Nothing changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReportRejected {
    /// The station has no such port.
    #[error("station `{station}` has no port {port}")]
    UnknownPort {
        /// The station asked.
        station: String,
        /// The port that it does not have.
        port: PortId,
    },
    /// Measured later than now, by more than the allowed 5 minutes of clock difference.
    #[error(
        "measured_at {measured_at:.0} is in the future, now is {now:.0}: set the device's clock, or leave measured_at out"
    )]
    Future {
        /// The time in the report.
        measured_at: Timestamp,
        /// The service's time.
        now: Timestamp,
    },
    /// Measured so long ago that it says nothing about now.
    #[error("measured_at {measured_at:.0} is too old: this station takes reports up to {} old", words(*.limit))]
    TooOld {
        /// The time in the report.
        measured_at: Timestamp,
        /// The station's `silent_after`.
        limit: super::Span,
    },
    /// A later measurement of the same port is already known.
    #[error(
        "measured_at {} is before the last report of this port, measured at {}: reports must come in order",
        beside(*.measured_at, *.known), beside(*.known, *.measured_at)
    )]
    Superseded {
        /// The time in the report.
        measured_at: Timestamp,
        /// The time of the report that counts.
        known: Timestamp,
    },
    /// The device is in none of the ports.
    #[error(
        "no port of any station holds a device named `{0}`: name it in a station file, or report by `station` and `port`"
    )]
    UnknownDevice(DeviceName),
    /// The device is in none of the ports, and is kept for naming.
    #[error(
        "no port of any station holds a device named `{0}`: it now waits at GET /api/v1/unknown-devices; say where it is \
         with PUT /api/v1/stations/{{station}}/ports/{{port}}/device, or name it in a station file"
    )]
    Unplaced(DeviceName),
}

impl ReportRejected {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownPort { .. } => "unknown_port",
            Self::Future { .. } => "report_from_the_future",
            Self::TooOld { .. } => "report_too_old",
            Self::Superseded { .. } => "report_superseded",
            Self::UnknownDevice(_) | Self::Unplaced(_) => "unknown_device",
        }
    }
}

/// A time to the second, or finer where the other time is within the same second.
fn beside(at: Timestamp, other: Timestamp) -> String {
    if at.as_second() == other.as_second() { at.to_string() } else { format!("{at:.0}") }
}

/// A length of time in words, rounded to whole seconds: `45m`, `1h 30m`.
pub(crate) fn words(span: super::Span) -> String {
    format!("{:#}", super::Span::from_secs(span.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_percent() {
        assert_eq!(Level::new(100).map(Level::percent), Ok(100));
        assert_eq!(Level::new(101).unwrap_err(), "level 101 is out of range: percent, 0 to 100");
        assert!(Level::new(-1).is_err());
        assert!(Level::new(i64::MAX).is_err());
    }

    #[test]
    fn times_are_told_to_the_second() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (measured_at, now) = (at("2026-11-22T15:00:00.5Z"), at("2026-11-22T14:05:00.644971892Z"));
        let told = ReportRejected::Future { measured_at, now }.to_string();
        assert!(
            told.starts_with(
                "measured_at 2026-11-22T15:00:00Z is in the future, now is 2026-11-22T14:05:00Z: "
            )
        );
        let told = |known| ReportRejected::Superseded { measured_at, known }.to_string();
        assert!(told(at("2026-11-22T15:00:01.25Z")).contains("measured at 2026-11-22T15:00:01Z: "));
        assert!(told(at("2026-11-22T15:00:00.75Z")).contains("measured at 2026-11-22T15:00:00.75Z: "));
    }

    #[test]
    fn tenths_of_a_degree_get_a_hint() {
        assert!(Celsius::new(315.0).unwrap_err().contains("divide by 10"));
        assert!(Celsius::new(f64::NAN).is_err());
        assert!(Celsius::new(f64::INFINITY).is_err());
    }
}
