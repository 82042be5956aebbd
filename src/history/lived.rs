//! What one device lived through: its reports of some days, and the switches of the ports in which it was.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row};

use super::{
    lane::ReadError,
    query::{StoredReport, moment, port, to_report, word},
    store::nanos,
};
use crate::model::{DeviceName, PortId, StationName, Timestamp};

/// Reports, and switches, that one answer is made from: a month with a report every half minute. Of more only the newest.
const MOST: u32 = 100_000;

/// The past of one device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lived {
    /// Its reports, in the order in which they were received.
    pub reports: Vec<StoredReport>,
    /// When ports in which it was were switched as wanted, in that order.
    pub switches: Vec<(StationName, PortId, Timestamp)>,
    /// There was more than is read at once, and the earliest is left out.
    pub cut: bool,
}

/// The past of a device from one moment until just before another.
pub(super) fn lived(
    connection: &Connection,
    device: &DeviceName,
    from: Timestamp,
    to: Timestamp,
) -> Result<Lived, ReadError> {
    let sql = "SELECT * FROM reports WHERE at >= ?1 AND at < ?2 AND device = ?3 ORDER BY n DESC LIMIT ?4";
    let mut select = connection.prepare_cached(sql)?;
    let asked = (nanos(from), nanos(to), device.as_str(), MOST);
    let rows = select.query_map(asked, to_report)?;
    let mut reports: Vec<StoredReport> = rows.collect::<rusqlite::Result<_>>()?;
    let places: BTreeSet<(StationName, PortId)> =
        reports.iter().map(|report| (report.station.clone(), report.port)).collect();
    let mut switches = Vec::new();
    // By port there is an index; a device is in few ports.
    for (station, port) in &places {
        let sql = "SELECT station, port, at FROM switches INDEXED BY switches_by_port
                   WHERE station = ?1 AND port = ?2 AND at >= ?3 AND at < ?4 AND seen = wanted
                   ORDER BY n DESC LIMIT ?5";
        let mut select = connection.prepare_cached(sql)?;
        let asked = (station.as_str(), port.get(), nanos(from), nanos(to), MOST);
        let rows = select.query_map(asked, to_switch)?;
        switches.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    let cut = reports.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
    reports.reverse();
    switches.sort_by_key(|(_, _, at)| *at);
    Ok(Lived { reports, switches, cut })
}

fn to_switch(row: &Row<'_>) -> rusqlite::Result<(StationName, PortId, Timestamp)> {
    Ok((word(row, "station")?, port(row)?, moment(row, "at")?))
}
