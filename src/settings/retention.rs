//! For how long history keeps what.

use crate::{
    config::{
        fields::{Fields, Lengths, length},
        problems::{Problems, Wrong},
    },
    history::Retention,
    model::Span,
};

const KEEP: Lengths =
    Lengths { least: Span::from_hours(24), most: Span::from_hours(24 * 3650), words: "1 day to 3650 days" };
/// When nothing is said: a quarter of a year.
pub(super) const USUAL: Span = Span::from_hours(24 * 90);

const FIELDS: &[&str] =
    &["reports", "decisions", "switches", "events", "sessions", "minutes", "hours", "days"];

/// Reads `keep`, which counts for all but sessions, hours and days, and `retention`, which stands above it.
pub(super) fn read(history: &Fields<'_>, problems: &mut Problems<'_>) -> Retention {
    let keep = history.read("keep", problems, |node| length(node, &KEEP));
    let usual = Retention::of(keep.unwrap_or(USUAL));
    let Some(fields) =
        history.get("retention").and_then(|node| Fields::open(node, "retention", FIELDS, problems))
    else {
        return usual;
    };
    let mut kept = |name, usual| fields.read(name, problems, |node| length(node, &KEEP)).unwrap_or(usual);
    let minutes = kept("minutes", usual.minutes);
    let hours = kept("hours", usual.hours.max(minutes));
    let days = kept("days", usual.days.max(hours));
    let retention = Retention {
        reports: kept("reports", usual.reports),
        decisions: kept("decisions", usual.decisions),
        switches: kept("switches", usual.switches),
        events: kept("events", usual.events),
        sessions: kept("sessions", usual.sessions),
        minutes,
        hours,
        days,
    };
    for (name, coarser, finer, fine) in [("hours", hours, "minutes", minutes), ("days", days, "hours", hours)]
    {
        let at = fields.get(name).map(|node| node.at);
        if let Some(at) = at.filter(|_| coarser < fine) {
            problems.add(at, shorter(name, finer));
        }
    }
    retention
}

/// A chart of a long time would begin later than one of a short time.
fn shorter(name: &str, finer: &str) -> Wrong {
    let message = format!("`{name}` are kept for a shorter time than `{finer}`");
    Wrong::new(
        "out-of-range",
        message,
        format!("keep `{name}` at least as long as `{finer}`, or `{finer}` shorter"),
    )
}
