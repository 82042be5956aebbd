//! Rolls reports up by device: into minutes, hours and days of UTC, so that charts of a year need no report of a year.
//!
//! Rows are taken in the order of their numbers, a bounded step at a time, and the number reached is written in the same
//! transaction: a crash repeats nothing and loses nothing, and files of an older scs are caught up with in the background. A
//! clock that jumps only puts reports where it says that they were received. What has not been rolled up yet is walked by
//! readers themselves, by the same code.

mod due;
mod sums;
mod tables;
#[cfg(test)]
mod tests;
mod walk;

pub(super) use due::Due;
pub(super) use sums::{Minute, Sums};
pub(super) use tables::{Resolution, buckets, minutes};
pub(super) use walk::{Walk, reached, waiting};

use rusqlite::Transaction;

use crate::model::Span;

/// What a device said holds for so long: beyond that it may be anywhere. As long as battery care counts.
pub(super) const HOLDS: Span = Span::from_mins(45);
/// Rows of one step: some milliseconds, also on a memory card.
pub(super) const STEP_ROWS: u32 = 2_000;

/// Rolls up the next rows; true when there are more.
pub(super) fn step(transaction: &Transaction<'_>) -> rusqlite::Result<bool> {
    let walk = walk::next(transaction)?;
    let has_more = walk.has_more;
    tables::save(transaction, walk)?;
    Ok(has_more)
}
