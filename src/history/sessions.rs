//! Stretches of charging: written once each, read by device.

use rusqlite::{Connection, Row, Transaction, named_params};

use super::{
    lane::ReadError,
    query::{Stored, moment, page, port, stored, unreadable, word},
    store::nanos,
};
use crate::model::{Celsius, DeviceName, Level, Session, Timestamp};

pub(super) fn insert(transaction: &Transaction<'_>, n: i64, session: &Session) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO sessions
                   (n, station, port, device, plugged_at, at, ended_at, from_level, to_level, hottest, above_80)
               VALUES (:n, :station, :port, :device, :plugged_at, :at, :ended_at, :from_level, :to_level, :hottest,
                   :above_80)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":n": n, ":station": session.station.as_str(), ":port": session.port.get(),
        ":device": session.device.as_str(), ":plugged_at": session.plugged_at.map(nanos),
        ":at": nanos(session.began_at), ":ended_at": nanos(session.ended_at),
        ":from_level": session.from.percent(), ":to_level": session.to.percent(),
        ":hottest": session.hottest.map(Celsius::degrees), ":above_80": session.minutes_above_80,
    })?;
    Ok(())
}

/// The sessions of a device that began from `since` on, the newest first: before this number, at most so many.
pub(super) fn sessions(
    connection: &Connection,
    device: &DeviceName,
    since: Timestamp,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Stored<Session>>, ReadError> {
    let sql = "SELECT * FROM sessions WHERE device = ?1 AND at >= ?2 AND n < ?3 ORDER BY n DESC";
    let mut select = connection.prepare_cached(sql)?;
    let wanted = (device.as_str(), nanos(since), before.unwrap_or(i64::MAX));
    page("sessions", select.query_map(wanted, |row| stored(row, to_session))?, limit)
}

fn to_session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let plugged_at: Option<i64> = row.get("plugged_at")?;
    let hottest: Option<f64> = row.get("hottest")?;
    Ok(Session {
        station: word(row, "station")?,
        port: port(row)?,
        device: word(row, "device")?,
        plugged_at: plugged_at.map(|_| moment(row, "plugged_at")).transpose()?,
        began_at: moment(row, "at")?,
        ended_at: moment(row, "ended_at")?,
        from: level(row, "from_level")?,
        to: level(row, "to_level")?,
        hottest: hottest.map(Celsius::new).transpose().map_err(unreadable)?,
        minutes_above_80: row.get("above_80")?,
    })
}

fn level(row: &Row<'_>, column: &str) -> rusqlite::Result<Level> {
    Level::new(row.get(column)?).map_err(unreadable)
}
