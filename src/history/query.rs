//! What can be asked of history, and how rows become values again.

use std::{collections::BTreeMap, sync::Arc};

use rusqlite::{Connection, OptionalExtension, Row, named_params, types::Type};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as WordError};

use super::{lane::ReadError, store::nanos};
use crate::model::{
    Battery, Celsius, Decision, DecisionId, DeviceName, Event, Level, PortId, PortMemory, Power, RuleName,
    StationMemory, StationName, Timestamp, Version,
};

/// No read gives more rows than this.
pub const ROW_LIMIT: u32 = 10_000;

/// Rows of the same moment may be written in another order than they were stamped, within a batch.
const JITTER: i64 = 1_000;

/// Whose rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Of all stations.
    #[default]
    All,
    /// Of one station.
    Station(StationName),
    /// Of one port.
    Port(StationName, PortId),
}

/// Which rows, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Whose.
    pub scope: Scope,
    /// Only of this device. Without a port all rows are looked through, for 5 s at most.
    pub device: Option<DeviceName>,
    /// Only rows with smaller numbers: that of the last row that was read, see [`Stored`]. `None`: from the newest on.
    pub before: Option<i64>,
    /// Only rows from before this moment. Of those from before the clock was set back some may be left out.
    pub until: Option<Timestamp>,
    /// Only rows of this moment or later.
    pub since: Option<Timestamp>,
    /// How many at most, up to [`ROW_LIMIT`].
    pub limit: u32,
}

impl Default for Filter {
    fn default() -> Self {
        Self { scope: Scope::All, device: None, before: None, until: None, since: None, limit: 100 }
    }
}

/// A row with the number by which the next page can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// Rises with every row written.
    pub number: i64,
    /// The row.
    pub value: T,
}

/// A report as it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReport {
    /// Which station.
    pub station: StationName,
    /// Which port.
    pub port: PortId,
    /// Who reported.
    pub device: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// What it said.
    pub battery: Battery,
}

/// A switch and what was seen afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSwitch {
    /// Which station.
    pub station: StationName,
    /// Which port.
    pub port: PortId,
    /// When the answer came.
    pub at: Timestamp,
    /// What was wanted.
    pub wanted: Power,
    /// What was seen.
    pub seen: Option<Power>,
    /// What went wrong, in words.
    pub problem: Option<String>,
    /// Why it was wanted.
    pub reason: String,
}

type Read<T> = Result<T, ReadError>;

pub(super) fn decisions(connection: &Connection, filter: &Filter) -> Read<Vec<Stored<Decision>>> {
    rows(connection, "decisions", true, filter, |row| stored(row, to_decision))
}

pub(super) fn decision(
    connection: &Connection,
    station: &StationName,
    id: DecisionId,
) -> Read<Option<Decision>> {
    let mut select = connection.prepare_cached("SELECT * FROM decisions WHERE station = ?1 AND id = ?2")?;
    Ok(select.query_row((station.as_str(), id), to_decision).optional()?)
}

/// The id of the last decision of a station. Ids rise, and the index on them leads there at once: its rows, which are
/// among those of all stations, may be far back or not there at all.
pub(super) fn last_decision(connection: &Connection, station: &StationName) -> Read<Option<DecisionId>> {
    let mut select = connection.prepare_cached("SELECT max(id) FROM decisions WHERE station = ?1")?;
    Ok(select.query_row([station.as_str()], |row| row.get(0))?)
}

pub(super) fn reports(connection: &Connection, filter: &Filter) -> Read<Vec<Stored<StoredReport>>> {
    rows(connection, "reports", true, filter, |row| stored(row, to_report))
}

pub(super) fn switches(connection: &Connection, filter: &Filter) -> Read<Vec<Stored<StoredSwitch>>> {
    rows(connection, "switches", false, filter, |row| stored(row, to_switch))
}

pub(super) fn events(connection: &Connection, filter: &Filter) -> Read<Vec<Stored<Event>>> {
    rows(connection, "events", false, filter, |row| stored(row, to_event))
}

pub(super) fn memory(connection: &Connection, station: &StationName) -> Read<BTreeMap<PortId, PortMemory>> {
    let mut select = connection.prepare_cached("SELECT port, memory FROM ports WHERE station = ?1")?;
    let ports =
        select.query_map([station.as_str()], |row| Ok((port(row)?, row.get::<_, String>("memory")?)))?;
    let mut all = BTreeMap::new();
    for found in ports {
        let (port, json) = found?;
        match serde_json::from_str(&json) {
            Ok(memory) => {
                all.insert(port, memory);
            }
            // One port's memory in a form of long ago must not cost the others theirs.
            Err(error) => {
                tracing::error!(%station, %port, %error, "what was remembered of a port is not understood");
            }
        }
    }
    Ok(all)
}

pub(super) fn station_memory(connection: &Connection, station: &StationName) -> Read<StationMemory> {
    let mut select = connection.prepare_cached("SELECT memory FROM station_memory WHERE station = ?1")?;
    let json: Option<String> = select.query_row([station.as_str()], |row| row.get(0)).optional()?;
    let memory = json.map(|json| serde_json::from_str(&json)).transpose();
    Ok(memory
        .inspect_err(
            |error| tracing::error!(%station, %error, "what was remembered of a station is not understood"),
        )
        .unwrap_or_default()
        .unwrap_or_default())
}

/// Between which numbers and moments the rows of a page lie.
struct Bounds {
    number: i64,
    time: i64,
    least: i64,
    since: i64,
}

/// `None`: nowhere, there are no such rows.
fn bounds(connection: &Connection, table: &str, filter: &Filter) -> rusqlite::Result<Option<Bounds>> {
    let (number, time) = match filter.until {
        None => (i64::MAX, i64::MAX),
        Some(until) => match last_before(connection, table, nanos(until))? {
            None => return Ok(None),
            Some(last) => (last.saturating_add(JITTER), nanos(until)),
        },
    };
    let number = filter.before.map_or(number, |before| number.min(before));
    let (least, since) = match filter.since {
        None => (i64::MIN, i64::MIN),
        Some(since) => match first_from(connection, table, nanos(since))? {
            None => return Ok(None),
            Some(first) => (first.saturating_sub(JITTER), nanos(since)),
        },
    };
    // Of a station that is new, or is there no more, no row may be near, or none at all.
    let number = match &filter.scope {
        Scope::Station(station) => match last_of(connection, table, station)? {
            None => return Ok(None),
            Some(last) => number.min(last.saturating_add(1)),
        },
        Scope::All | Scope::Port(..) => number,
    };
    Ok(Some(Bounds { number, time, least, since }))
}

/// One page of a table, the newest first. `table` is one of ours, never a user's word.
fn rows<T>(
    connection: &Connection,
    table: &str,
    has_device: bool,
    filter: &Filter,
    make: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Read<Vec<T>> {
    let (station, port) = match &filter.scope {
        Scope::All => (None, None),
        Scope::Station(station) => (Some(station.as_str()), None),
        Scope::Port(station, port) => (Some(station.as_str()), Some(port.get())),
    };
    let Some(Bounds { number, time, least, since }) = bounds(connection, table, filter)? else {
        return Ok(Vec::new());
    };
    // Without a port the rows are walked backwards: the planner's way, an index on the station and then a sort of all
    // its rows, would read years for one page.
    let (index, place) = match port {
        Some(_) => (format!("INDEXED BY {table}_by_port"), "station = :station AND port = :port"),
        None => ("NOT INDEXED".to_owned(), "(:station IS NULL OR station = :station) AND :port IS NULL"),
    };
    let device = if has_device { "(:device IS NULL OR device = :device)" } else { ":device IS NULL" };
    let sql = format!(
        "SELECT * FROM {table} {index} WHERE {place} AND n < :number AND n >= :least AND at < :time AND at >= :since
           AND {device}
         ORDER BY n DESC"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let wanted = filter.device.as_ref().filter(|_| has_device).map(|device| device.as_str());
    let found = select.query_map(
        named_params! {
            ":station": station, ":port": port, ":number": number, ":least": least, ":time": time, ":since": since,
            ":device": wanted,
        },
        make,
    )?;
    page(table, found, filter.limit)
}

/// The first rows that are understood, at most so many. One in a form of long ago must not hide all others, nor make a page
/// look as if it were the last.
pub(super) fn page<T>(
    table: &str,
    rows: impl Iterator<Item = rusqlite::Result<T>>,
    limit: u32,
) -> Read<Vec<T>> {
    let understood = rows.filter_map(|row| match row {
        Err(rusqlite::Error::FromSqlConversionFailure(_, _, error)) => {
            tracing::warn!(table, %error, "a row is not understood and is left out");
            None
        }
        other => Some(other.map_err(ReadError::from)),
    });
    understood.take(usize::try_from(limit.min(ROW_LIMIT)).unwrap_or(usize::MAX)).collect()
}

/// The number of the last row of a station, from the index, port by port.
fn last_of(connection: &Connection, table: &str, station: &StationName) -> rusqlite::Result<Option<i64>> {
    let sql = format!(
        "WITH RECURSIVE ports (port) AS (
             SELECT min(port) FROM {table} WHERE station = ?1
             UNION ALL SELECT (SELECT min(port) FROM {table} WHERE station = ?1 AND port > ports.port)
                 FROM ports WHERE ports.port IS NOT NULL)
         SELECT max((SELECT max(n) FROM {table} WHERE station = ?1 AND port IS ports.port)) FROM ports"
    );
    connection.prepare_cached(&sql)?.query_row([station.as_str()], |row| row.get(0))
}

/// The number of the last row before a moment.
fn last_before(connection: &Connection, table: &str, time: i64) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT n FROM {table} WHERE at < ?1 ORDER BY at DESC, n DESC LIMIT 1");
    connection.prepare_cached(&sql)?.query_row([time], |row| row.get(0)).optional()
}

/// The number of the first row of a moment or later. What follows is looked through no further back.
fn first_from(connection: &Connection, table: &str, time: i64) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT n FROM {table} WHERE at >= ?1 ORDER BY at, n LIMIT 1");
    connection.prepare_cached(&sql)?.query_row([time], |row| row.get(0)).optional()
}

pub(super) fn stored<T>(
    row: &Row<'_>,
    make: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Stored<T>> {
    Ok(Stored { number: row.get("n")?, value: make(row)? })
}

pub(super) fn to_report(row: &Row<'_>) -> rusqlite::Result<StoredReport> {
    let temperature: Option<f64> = row.get("temperature")?;
    let battery = Battery {
        level: Level::new(row.get("level")?).map_err(unreadable)?,
        charging: row.get("charging")?,
        temperature: temperature.map(Celsius::new).transpose().map_err(unreadable)?,
        measured_at: moment(row, "measured_at")?,
    };
    Ok(StoredReport {
        station: word(row, "station")?,
        port: port(row)?,
        device: row.get("device")?,
        received_at: moment(row, "at")?,
        battery,
    })
}

fn to_decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let facts: Option<String> = row.get("facts")?;
    let failures: Option<String> = row.get("failures")?;
    let adjusted: Option<String> = row.get("adjusted")?;
    Ok(Decision {
        id: row.get("id")?,
        at: moment(row, "at")?,
        station: word(row, "station")?,
        port: port(row)?,
        device: optional_word::<DeviceName>(row, "device")?,
        verdict: word(row, "verdict")?,
        reason: row.get("reason")?,
        by: word(row, "decided_by")?,
        safeguard: optional_word(row, "safeguard")?,
        rule: optional_word::<RuleName>(row, "rule")?,
        line: row.get("line")?,
        version: Version::new(&row.get::<_, String>("version")?),
        facts: facts.and_then(|text| detail("facts", &text)),
        failures: failures.and_then(|text| detail("failures", &text)).unwrap_or_default(),
        adjusted: Arc::new(adjusted.and_then(|text| detail("adjusted", &text)).unwrap_or_default()),
    })
}

/// A part without which a decision is still worth showing.
fn detail<T: DeserializeOwned>(part: &'static str, text: &str) -> Option<T> {
    serde_json::from_str(text)
        .inspect_err(|error| tracing::warn!(part, %error, "a part of a decision is not understood"))
        .ok()
}

fn to_switch(row: &Row<'_>) -> rusqlite::Result<StoredSwitch> {
    Ok(StoredSwitch {
        station: word(row, "station")?,
        port: port(row)?,
        at: moment(row, "at")?,
        wanted: word(row, "wanted")?,
        seen: optional_word(row, "seen")?,
        problem: row.get("problem")?,
        reason: row.get("reason")?,
    })
}

fn to_event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let number: Option<u16> = row.get("port")?;
    Ok(Event {
        at: moment(row, "at")?,
        station: optional_word(row, "station")?,
        port: number.map(PortId::new).transpose().map_err(unreadable)?,
        kind: serde_json::from_str(&row.get::<_, String>("kind")?).map_err(unreadable)?,
    })
}

pub(super) fn port(row: &Row<'_>) -> rusqlite::Result<PortId> {
    PortId::new(row.get("port")?).map_err(unreadable)
}

pub(super) fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_nanosecond(row.get::<_, i64>(column)?.into()).map_err(unreadable)
}

/// A word that serde knows, such as the name of a verdict.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    read_word(row.get(column)?)
}

pub(super) fn optional_word<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?.map(read_word).transpose()
}

fn read_word<T: DeserializeOwned>(text: String) -> rusqlite::Result<T> {
    T::deserialize(text.into_deserializer()).map_err(|error: WordError| unreadable(error))
}

pub(super) fn unreadable<E: Into<Box<dyn std::error::Error + Send + Sync>>>(error: E) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}
