//! Whether the port in which a device was had power, from what its reports found and the switches between them.

use std::collections::{BTreeMap, btree_map::Entry};

use rusqlite::Connection;

use super::{
    super::roll::{HOLDS, Minute, Walk},
    grid::Grid,
};

/// Switches of a port that are read for one answer: a month with one every half minute.
const MOST: u32 = 100_000;
const SECOND: i64 = 1_000_000_000;

/// Seconds at which a port was seen on or off.
type Seen = BTreeMap<i64, bool>;

/// Adds the power of the port of each minute, until the next report, for 45 minutes at most.
pub(super) fn add(
    connection: &Connection,
    walk: &Walk,
    minutes: &BTreeMap<i64, Minute>,
    grid: &mut Grid,
    now: i64,
) -> rusqlite::Result<()> {
    let mut places: BTreeMap<usize, Seen> = BTreeMap::new();
    let Some(first) = minutes.keys().next() else { return Ok(()) };
    let ends = minutes.keys().skip(1).copied().chain([i64::MAX]);
    for ((at, minute), next) in minutes.iter().zip(ends) {
        let seen = match places.entry(minute.place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(seen(connection, walk, minute.place, (*first, grid.end()))?),
        };
        let end = next.min(at.saturating_add(HOLDS.as_secs())).min(now);
        let mut begin = *at;
        let mut is_on = minute.power.or_else(|| seen.range(..=begin).next_back().map(|(_, is_on)| *is_on));
        // Within the minute itself a switch may have come before the report that found its effect.
        for (moment, switched) in seen.range(begin.saturating_add(1)..end.max(begin.saturating_add(1))) {
            if let Some(is_on) = is_on {
                grid.power(begin, *moment, is_on);
            }
            (begin, is_on) = (*moment, Some(*switched));
        }
        if let Some(is_on) = is_on {
            grid.power(begin, end, is_on);
        }
    }
    Ok(())
}

/// The switches of a port between two seconds, and the last one before.
fn seen(
    connection: &Connection,
    walk: &Walk,
    place: usize,
    (from, to): (i64, i64),
) -> rusqlite::Result<Seen> {
    let Some(place) = walk.places.get(place) else { return Ok(Seen::new()) };
    let sql = "SELECT at, seen = 'on' FROM switches INDEXED BY switches_by_port
               WHERE station = ?1 AND port = ?2 AND seen IS NOT NULL AND at >= ?3 AND at < ?4
               ORDER BY n DESC LIMIT ?5";
    let mut select = connection.prepare_cached(sql)?;
    let (from, to) = (from.saturating_mul(SECOND), to.saturating_mul(SECOND));
    let mut all = Seen::new();
    for (from, to, most) in [(from, to, MOST), (i64::MIN, from, 1)] {
        let mut rows = select.query((&place.station, place.port, from, to, most))?;
        while let Some(row) = rows.next()? {
            // Of two in one second the later one holds; they come the newest first.
            all.entry(row.get::<_, i64>(0)?.div_euclid(SECOND)).or_insert(row.get(1)?);
        }
    }
    Ok(all)
}
