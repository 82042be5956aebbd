//! The course of a device over any time, as columns for a chart: cells of one length, from the finest table that fits.

mod grid;
mod power;

use rusqlite::Connection;

use super::{
    lane::ReadError,
    roll::{self, HOLDS, Resolution, Walk},
};
use crate::model::{DeviceName, Timestamp};

pub use grid::Cell;
use grid::{Grid, step};

/// Cells of one answer: twice the pixels of a wide screen would show nothing more.
pub const MOST_POINTS: u16 = 2_000;

/// Which device, and which time.
#[derive(Clone, Debug)]
pub struct SeriesAsked {
    /// The device.
    pub device: DeviceName,
    /// From here on.
    pub from: Timestamp,
    /// Until just before this, which is later.
    pub to: Timestamp,
    /// The present: nothing is known of later.
    pub now: Timestamp,
    /// Cells at most, 2 to [`MOST_POINTS`].
    pub points: u16,
}

/// Cells of one length without a gap; of some of them nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The length of a cell in seconds.
    pub step: i64,
    /// The second in which the first cell begins, since 1970.
    pub begin: i64,
    /// The cells.
    pub cells: Vec<Cell>,
    /// A file of an older scs is being rolled up, and later reports are not in it yet.
    pub catching_up: bool,
}

/// The course of a device; `None` when it never reported.
pub(super) fn series(connection: &mut Connection, asked: &SeriesAsked) -> Result<Option<Series>, ReadError> {
    // One picture of all tables, while the writer goes on.
    let picture = connection.transaction()?;
    let walk = roll::waiting(&picture, asked.device.as_str())?;
    let catching_up = walk.has_more;
    let from = asked.from.as_second();
    let Some(device) = walk.device(asked.device.as_str()) else {
        // It may be among those that are not rolled up yet.
        let step = Resolution::Minute.seconds();
        let nothing = Series { step, begin: from, cells: Vec::new(), catching_up };
        return Ok(catching_up.then_some(nothing));
    };
    let bounds = (from, ceiling(asked.to).max(from.saturating_add(1)));
    let points = asked.points.clamp(2, MOST_POINTS);
    let mut resolution = Resolution::Minute;
    let mut length = step(bounds, points, resolution.seconds());
    // A coarser table may begin earlier: the finer rows are kept for a shorter time.
    for (finer, coarser) in [(Resolution::Minute, Resolution::Hour), (Resolution::Hour, Resolution::Day)] {
        let begins = |resolution| begins(&picture, &walk, device, resolution);
        let is_short = match (begins(finer)?, begins(coarser)?) {
            (Some(fine), Some(coarse)) => from < fine && coarse < fine - fine.rem_euclid(coarser.seconds()),
            (fine, coarse) => fine.is_none() && coarse.is_some(),
        };
        if is_short || length >= coarser.seconds() {
            resolution = coarser;
            length = length.max(step(bounds, points, coarser.seconds()));
        }
    }
    let mut grid = Grid::new(bounds, length);
    let range = (grid.begin, grid.end());
    if resolution == Resolution::Minute {
        let earlier = HOLDS.as_secs();
        let minutes = roll::minutes(&picture, &walk, device, (range.0.saturating_sub(earlier), range.1))?;
        grid.minutes(&minutes, asked.now.as_second());
        power::add(&picture, &walk, &minutes, &mut grid, asked.now.as_second())?;
    } else {
        for (at, sums) in roll::buckets(&picture, &walk, device, resolution, range)? {
            grid.add(at, &sums);
        }
    }
    Ok(Some(Series { step: length, begin: grid.begin, cells: grid.into_cells(), catching_up }))
}

/// The first whole second that is not before this.
fn ceiling(at: Timestamp) -> i64 {
    at.as_second().saturating_add(i64::from(at.subsec_nanosecond() > 0))
}

/// When a table begins to know the device.
fn begins(
    connection: &Connection,
    walk: &Walk,
    device: usize,
    resolution: Resolution,
) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT min(at) FROM {} WHERE series = ?1", resolution.table());
    let kept: Option<i64> =
        connection.prepare_cached(&sql)?.query_row([walk.id_of(device)], |row| row.get(0))?;
    Ok([kept, walk.begins(device, resolution)].into_iter().flatten().min())
}
