//! Removes what is too old, a slice of each table at a time.

use rusqlite::Transaction;

use super::{
    roll::{self, Resolution},
    settings::Retention,
    store::nanos,
};
use crate::model::{Span, Timestamp};

/// Rows removed from each table at once: a few milliseconds, even on a memory card.
pub(super) const SLICE_ROWS: i64 = 500;

/// Removes some rows that are too old at this moment; true when there are more.
pub(super) fn slice(
    transaction: &Transaction<'_>,
    retention: &Retention,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let mut more = false;
    // What is not rolled up yet stays: a file of an older scs may be about to be caught up with.
    let rolled = roll::reached(transaction)?;
    let tables = [
        ("reports", retention.reports, rolled),
        ("switches", retention.switches, rolled),
        ("decisions", retention.decisions, i64::MAX),
        ("shadow_decisions", retention.decisions, i64::MAX),
        ("events", retention.events, i64::MAX),
        ("sessions", retention.sessions, i64::MAX),
    ];
    for (table, kept, last) in tables {
        let Some(before) = before(now, kept) else { continue };
        let sql = format!(
            "DELETE FROM {table} WHERE n IN (SELECT n FROM {table} WHERE at < ?1 AND n <= ?2 ORDER BY at LIMIT ?3)"
        );
        let removed = transaction.prepare_cached(&sql)?.execute((nanos(before), last, SLICE_ROWS))?;
        more |= is_full(removed);
    }
    let tables = [
        (Resolution::Minute, retention.minutes),
        (Resolution::Hour, retention.hours),
        (Resolution::Day, retention.days),
    ];
    for (resolution, kept) in tables {
        let Some(before) = before(now, kept) else { continue };
        // By device and from its first row on: no index of its own has to be kept up for this.
        let table = resolution.table();
        let sql = format!(
            "DELETE FROM {table} WHERE (series, at) IN (SELECT old.series, old.at
                 FROM series CROSS JOIN {table} AS old ON old.series = series.id AND old.at < ?1 LIMIT ?2)"
        );
        let removed = transaction.prepare_cached(&sql)?.execute((before.as_second(), SLICE_ROWS))?;
        more |= is_full(removed);
    }
    Ok(more)
}

fn before(now: Timestamp, kept: Span) -> Option<Timestamp> {
    now.checked_sub(kept).ok()
}

fn is_full(removed: usize) -> bool {
    i64::try_from(removed).is_ok_and(|removed| removed == SLICE_ROWS)
}
