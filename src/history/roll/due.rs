//! When reports are rolled up: at the end of each hour, and sooner when there are many.
//!
//! The hour is that of the reports, so a service in which nothing happens writes nothing. The last ones before a silence
//! wait no longer than [`LATEST`]: what is not rolled up is not removed either when it is too old.

use std::time::Duration;

use tokio::time::Instant;

use super::{super::open, STEP_ROWS};
use crate::model::Record;

/// What an earlier run left is begun with so long after the start, when the first answers are given.
const FIRST: Duration = Duration::from_secs(5);
/// Between two steps, so that records are taken in between.
const PAUSE: Duration = Duration::from_millis(100);
/// After a step that failed.
const LATER: Duration = Duration::from_mins(1);

/// What was written is rolled up so long afterwards, also when nothing follows: longer than reports of an hour gather.
const LATEST: Duration = Duration::from_hours(2);

/// When the next step is due.
pub(in crate::history) struct Due {
    at: Option<Instant>,
    /// The hour of the last report, since 1970.
    hour: Option<i64>,
    waiting: u32,
}

impl Due {
    pub(in crate::history) fn new(now: Instant) -> Self {
        Self { at: Some(now + FIRST), hour: None, waiting: 0 }
    }

    /// The moment of the next step; `None`: there is nothing to do.
    pub(in crate::history) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// These were written.
    pub(in crate::history) fn written<'r>(
        &mut self,
        records: impl Iterator<Item = &'r Record>,
        now: Instant,
    ) {
        for record in records {
            match record {
                Record::Report { received_at, .. } => {
                    let hour = received_at.as_second().div_euclid(3_600);
                    let is_over = self.hour.is_some_and(|before| before != hour);
                    self.hour = Some(hour);
                    self.waiting = self.waiting.saturating_add(1);
                    self.by(if is_over || self.waiting >= STEP_ROWS { now } else { now + LATEST });
                }
                Record::Switch { .. } => self.by(now + LATEST),
                _ => {}
            }
        }
    }

    fn by(&mut self, at: Instant) {
        self.at = Some(self.at.map_or(at, |before| before.min(at)));
    }

    /// A step was made, with whether there is more to do; or history could not be written at all.
    pub(in crate::history) fn made(&mut self, more: Option<&rusqlite::Result<bool>>, now: Instant) {
        if let Some(Err(error)) = more {
            tracing::warn!(error = open::words(error), "reports were not rolled up");
        }
        self.waiting = 0;
        self.at = match more {
            Some(Ok(true)) => Some(now + PAUSE),
            Some(Ok(false)) => None,
            Some(Err(_)) | None => Some(now + LATER),
        };
    }
}
