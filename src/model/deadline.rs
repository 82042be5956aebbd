//! When a device is to be ready.

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use super::{Level, Span, Timestamp};

/// A deadline as the station file says it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadlinePlan {
    /// When.
    pub due: Due,
    /// The level to be reached.
    pub level: Level,
}

/// When something is due.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// At a time of day, on the days named as rules name them, for example `Mon-Fri`.
    Weekly {
        /// The local time.
        at: Time,
        /// The days.
        days: String,
    },
    /// Once, at a local time.
    Once(DateTime),
    /// When an event of a calendar file begins.
    Calendar {
        /// The file, as the station file names it.
        file: String,
        /// Ready so long before it begins.
        before: Span,
        /// The beginnings that were read from it, in order.
        events: Vec<Timestamp>,
    },
    /// At the time that others say on an MQTT topic or by the API, under this name of a signal.
    Topic(String),
}

/// Where the deadline that counts comes from, in words for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// When the device is to be ready.
    pub at: Timestamp,
    /// The level to be reached, percent.
    pub level: Level,
    /// Who asks for it: `Mon-Fri 08:00`, `calendar exams.ics`, …
    pub source: String,
}

/// What is planned for a port: when it charges for its next deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The deadline that counts.
    pub deadline: Deadline,
    /// When charging is to begin so that it is ready, margin included.
    pub start: Timestamp,
    /// Minutes of charging that are needed, without the margin.
    pub minutes: f64,
    /// When it will have the level, as far as that can be told.
    pub ready_at: Timestamp,
    /// False: it will not make it.
    pub in_time: bool,
    /// Why it begins then, in words.
    pub reason: String,
}
