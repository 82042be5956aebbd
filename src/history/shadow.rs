//! Shadows in the database: the sets of rules that were asked beside those at work, what was counted of them, and the
//! decisions that differ.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};
use serde::de::DeserializeOwned;

use super::{
    lane::ReadError,
    query::{ROW_LIMIT, Stored, moment, optional_word, port, stored, unreadable, word},
    store::{json, nanos},
};
use crate::model::{
    Author, DeviceName, PortId, ShadowDecision, ShadowEnd, ShadowEntry, ShadowId, ShadowTallies, ShadowTally,
    StationName, Timestamp,
};

/// Shadows that have ended are kept with their counts to be looked up; nobody needs more than the last few.
const KEPT: i64 = 20;

/// What becomes of a shadow.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// It begins; the one before it, if it has not ended, is dropped.
    Begin(ShadowEntry),
    /// It ends.
    End { id: ShadowId, at: Timestamp, how: ShadowEnd },
}

pub(super) fn change(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Begin(entry) => {
            let dropped = ShadowEnd::Dropped.as_str();
            transaction.execute(
                "UPDATE shadows SET ended_at = ?1, ended = ?2 WHERE ended IS NULL",
                (nanos(entry.at), dropped),
            )?;
            transaction.execute(
                "INSERT INTO shadows (id, at, author, edits) VALUES (?1, ?2, ?3, ?4)",
                (entry.id, nanos(entry.at), json(&entry.by)?, &entry.edits),
            )?;
            transaction.execute(
                "DELETE FROM shadows WHERE id NOT IN (SELECT id FROM shadows ORDER BY at DESC LIMIT ?1)",
                [KEPT],
            )?;
            transaction
                .execute("DELETE FROM shadow_tallies WHERE shadow NOT IN (SELECT id FROM shadows)", [])?;
        }
        Change::End { id, at, how } => {
            transaction.execute(
                "UPDATE shadows SET ended_at = ?1, ended = ?2 WHERE id = ?3 AND ended IS NULL",
                (nanos(*at), how.as_str(), id),
            )?;
        }
    }
    Ok(())
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    n: i64,
    decision: &ShadowDecision,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO shadow_decisions
                   (n, shadow, station, port, device, at, active, candidate, switches, facts)
               VALUES (:n, :shadow, :station, :port, :device, :at, :active, :candidate, :switches, :facts)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":n": n, ":shadow": decision.shadow, ":station": decision.station.as_str(), ":port": decision.port.get(),
        ":device": decision.device.as_ref().map(|device| device.as_str()), ":at": nanos(decision.at),
        ":active": json(&decision.active)?, ":candidate": json(&decision.candidate)?,
        ":switches": decision.switches, ":facts": json(&*decision.facts)?,
    })?;
    Ok(())
}

pub(super) fn count(
    transaction: &Transaction<'_>,
    shadow: ShadowId,
    station: &StationName,
    port: PortId,
    tally: &ShadowTally,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO shadow_tallies (shadow, station, port, tally) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (shadow, station, port) DO UPDATE SET tally = excluded.tally";
    transaction.prepare_cached(sql)?.execute((shadow, station.as_str(), port.get(), json(tally)?))?;
    Ok(())
}

pub(super) fn present(connection: &Connection) -> Result<Option<ShadowEntry>, ReadError> {
    let sql = "SELECT id, at, author, edits FROM shadows WHERE ended IS NULL ORDER BY at DESC LIMIT 1";
    let entry = |row: &Row<'_>| {
        let by: Author = part(row, "author")?;
        Ok(ShadowEntry { id: row.get("id")?, at: moment(row, "at")?, by, edits: row.get("edits")? })
    };
    Ok(connection.prepare_cached(sql)?.query_row([], entry).optional()?)
}

pub(super) fn tallies(connection: &Connection, id: ShadowId) -> Result<ShadowTallies, ReadError> {
    let mut select =
        connection.prepare_cached("SELECT station, port, tally FROM shadow_tallies WHERE shadow = ?1")?;
    let tally = |row: &Row<'_>| Ok(((word(row, "station")?, port(row)?), part(row, "tally")?));
    Ok(select.query_map([id], tally)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn decisions(
    connection: &Connection,
    id: ShadowId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Stored<ShadowDecision>>, ReadError> {
    let sql = "SELECT * FROM shadow_decisions INDEXED BY shadow_decisions_by_shadow
               WHERE shadow = ?1 AND n < ?2 ORDER BY n DESC LIMIT ?3";
    let mut select = connection.prepare_cached(sql)?;
    let page = (id, before.unwrap_or(i64::MAX), limit.min(ROW_LIMIT));
    let rows = select.query_map(page, |row| stored(row, to_decision))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn to_decision(row: &Row<'_>) -> rusqlite::Result<ShadowDecision> {
    Ok(ShadowDecision {
        shadow: row.get("shadow")?,
        at: moment(row, "at")?,
        station: word(row, "station")?,
        port: port(row)?,
        device: optional_word::<DeviceName>(row, "device")?,
        active: part(row, "active")?,
        candidate: part(row, "candidate")?,
        switches: row.get("switches")?,
        facts: Arc::new(part(row, "facts")?),
    })
}

fn part<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(unreadable)
}
