//! What history is told at start.

use std::path::PathBuf;

use crate::model::Span;

/// Where history is kept and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistorySettings {
    /// The SQLite file; its folder is made if it is not there.
    pub path: PathBuf,
    /// For how long.
    pub retention: Retention,
    /// How long what came is gathered before it is written: what the end of the process by force may cost.
    pub gather: Span,
}

/// For how long each kind of row is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Reports as they came.
    pub reports: Span,
    /// Decisions with their facts, and those from which a shadow differed.
    pub decisions: Span,
    /// Switches.
    pub switches: Span,
    /// Events.
    pub events: Span,
    /// Stretches of charging.
    pub sessions: Span,
    /// Reports rolled up by minute.
    pub minutes: Span,
    /// Reports rolled up by hour.
    pub hours: Span,
    /// Reports rolled up by day.
    pub days: Span,
}

impl Retention {
    /// What is said of single rows holds for minutes too; hours and sessions stay for three years at least, days for ten.
    pub fn of(keep: Span) -> Self {
        let years = |count: i64| keep.max(Span::from_hours(24 * 365 * count));
        Self {
            reports: keep,
            decisions: keep,
            switches: keep,
            events: keep,
            sessions: years(3),
            minutes: keep,
            hours: years(3),
            days: years(10),
        }
    }
}
