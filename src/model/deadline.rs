//! When a device is to be ready.

use std::sync::Arc;

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use super::{CalendarEvent, Level, Span, Timestamp};

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
        /// The events that stand in it.
        events: Arc<Vec<CalendarEvent>>,
    },
    /// At the time that others say on this MQTT topic, or by the API under its name.
    Topic(String),
}

/// What others said on a topic of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Once, at this moment.
    At(Timestamp),
    /// Every day at this local time, until something else is said.
    Daily(Time),
}

/// The deadline that counts, and who asks for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// When the device is to be ready.
    pub at: Timestamp,
    /// The level to be reached, percent.
    pub level: Level,
    /// Who asks for it: `Mon-Fri 08:00`, `calendar exams.ics`, …
    pub source: Arc<str>,
}

/// What is planned for a port: when it charges for its next deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The deadline that counts.
    pub deadline: Deadline,
    /// When charging is to begin so that it is ready, margin included, or when it began. The moment of the deadline when
    /// nothing is needed.
    pub start: Timestamp,
    /// Minutes of charging that are needed, without the margin.
    pub minutes: f64,
    /// When it will have the level; `None`: nobody can tell, for it does not charge.
    pub ready_at: Option<Timestamp>,
    /// False: it will not make it.
    pub in_time: bool,
    /// Why it begins then, in words.
    pub reason: String,
}
