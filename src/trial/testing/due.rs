//! The deadlines of a night, as a station file would have them.

use std::sync::Arc;

use serde::Deserialize;

use crate::{
    model::{DeadlinePlan, Due, Level},
    rules,
};

/// As many as a station file may have.
const MOST: usize = 16;

/// `(at: "08:00", on: "Mon-Fri", level: 90)`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeadlineEntry {
    at: String,
    on: Option<String>,
    level: Option<Level>,
}

/// What the device is to be ready for.
pub(super) fn deadlines(entries: &[DeadlineEntry]) -> Result<Arc<Vec<DeadlinePlan>>, String> {
    if entries.len() > MOST {
        return Err(format!("{} deadlines are too many: at most {MOST}", entries.len()));
    }
    entries.iter().map(DeadlineEntry::plan).collect::<Result<Vec<_>, String>>().map(Arc::new)
}

impl DeadlineEntry {
    fn plan(&self) -> Result<DeadlinePlan, String> {
        if let Some(days) = &self.on {
            rules::check_days(days)?;
        }
        let due = match (rules::due(&self.at, "Mon-Sun")?, &self.on) {
            (Due::Weekly { at, .. }, Some(days)) => Due::Weekly { at, days: days.clone() },
            (Due::Once(_) | Due::Calendar { .. } | Due::Topic(_), Some(_)) => {
                return Err("`on` says nothing where `at` names the day: leave it out".to_owned());
            }
            (due, None) => due,
        };
        let level = self.level.map_or_else(|| Level::new(100), Ok).map_err(|error| error.to_string())?;
        Ok(DeadlinePlan { due, level })
    }
}
