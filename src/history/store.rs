//! The writing connection: what waits becomes rows, in one transaction.

use rusqlite::{Connection, Transaction, TransactionBehavior, named_params};
use serde::Serialize;

use super::{
    forget,
    open::{is_broken, is_passing},
    pending::Pending,
    roll, sessions,
    settings::Retention,
    shadow, versions,
};
use crate::model::{
    Battery, Decision, Event, KeptVersion, PortId, PortMemory, Power, Record, Safeguard, StationMemory,
    StationName, Timestamp,
};

/// How safe a commit must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safety {
    /// Outlives the end of the process; a power cut may cost it.
    Process,
    /// Outlives a power cut: synced to the disk before it counts as done.
    PowerCut,
}

/// Free pages given back to the disk at once (800 kB), and how many (8 MB) may wait to be used again.
const SLICE_PAGES: i64 = 400;
const FREE_PAGES: i64 = 4_000;

/// A log with more pages than this (64 MB) has somebody who keeps it from being brought in.
const LOG_PAGES: i64 = 32_000;

/// The one connection that writes.
pub(super) struct Store {
    connection: Connection,
    safety: Safety,
}

impl Store {
    pub(super) fn new(connection: Connection) -> Self {
        // INVARIANT: `open` set the connection to synchronous = NORMAL.
        Self { connection, safety: Safety::Process }
    }

    /// The number for the next row: higher than all that were ever rolled up, also when none of those is kept any more.
    pub(super) fn next_number(&self) -> rusqlite::Result<i64> {
        self.connection.query_row(
            "SELECT 1 + max((SELECT ifnull(max(n), 0) FROM reports), (SELECT ifnull(max(n), 0) FROM decisions),
                            (SELECT ifnull(max(n), 0) FROM switches), (SELECT ifnull(max(n), 0) FROM events),
                            (SELECT ifnull(max(n), 0) FROM shadow_decisions), (SELECT ifnull(max(n), 0) FROM sessions),
                            (SELECT n FROM rolled))",
            [],
            |row| row.get(0),
        )
    }

    /// Writes all that waits, or nothing. Gives back how many records had to be left out because they can never be
    /// written.
    pub(super) fn write(&mut self, pending: &Pending, safety: Safety) -> rusqlite::Result<u64> {
        self.set_safety(safety)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut left_out = 0;
        let mut judge = |result: rusqlite::Result<()>| match result {
            Err(error) if !is_passing(&error) && !is_broken(&error) => {
                tracing::error!(%error, "a record cannot be written and is left out");
                left_out += 1;
                Ok(())
            }
            other => other,
        };
        for (n, record) in pending.rows() {
            judge(insert(&transaction, n, record))?;
        }
        for ((station, port), memory) in pending.memories() {
            judge(remember(&transaction, station, *port, memory))?;
        }
        for (station, memory) in pending.stations() {
            judge(remember_station(&transaction, station, memory))?;
        }
        for ((id, station, port), tally) in pending.tallies() {
            judge(shadow::count(&transaction, *id, station, *port, tally))?;
        }
        transaction.commit()?;
        Ok(left_out)
    }

    /// Keeps a version of the files as the newest one, synced to the disk.
    pub(super) fn save_version(&mut self, kept: &KeptVersion) -> rusqlite::Result<()> {
        self.set_safety(Safety::PowerCut)?;
        versions::keep(&mut self.connection, kept, versions::KEPT)
    }

    /// Rolls up the next reports; true when there are more.
    pub(super) fn roll(&mut self) -> rusqlite::Result<bool> {
        self.set_safety(Safety::Process)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let more = roll::step(&transaction)?;
        transaction.commit()?;
        Ok(more)
    }

    /// Removes some of what is too old at this moment; true when there is more.
    pub(super) fn forget(&mut self, retention: &Retention, now: Timestamp) -> rusqlite::Result<bool> {
        self.set_safety(Safety::Process)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut more = forget::slice(&transaction, retention, now)?;
        transaction.commit()?;
        let free: i64 = self.connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
        if free > FREE_PAGES {
            let mut vacuum = self.connection.prepare(&format!("PRAGMA incremental_vacuum({SLICE_PAGES})"))?;
            let mut steps = vacuum.query([])?;
            while steps.next()?.is_some() {}
            more = true;
        }
        Ok(more)
    }

    /// Brings the log into the file as far as readers allow, without waiting for them.
    pub(super) fn checkpoint(&self) -> rusqlite::Result<()> {
        let sql = "PRAGMA wal_checkpoint(PASSIVE)";
        let (pages, done): (i64, i64) =
            self.connection.query_row(sql, [], |row| Ok((row.get(1)?, row.get(2)?)))?;
        if pages.saturating_sub(done) > LOG_PAGES {
            tracing::warn!(
                pages,
                done,
                "another program reads history without an end, so its log grows: close it"
            );
        }
        Ok(())
    }

    /// Brings all of the log into the file, so that the file is whole without it.
    pub(super) fn close(self) -> rusqlite::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.connection.close().map_err(|(_, error)| error)
    }

    fn set_safety(&mut self, safety: Safety) -> rusqlite::Result<()> {
        if self.safety != safety {
            let word = match safety {
                Safety::Process => "NORMAL",
                Safety::PowerCut => "FULL",
            };
            self.connection.pragma_update(None, "synchronous", word)?;
            self.safety = safety;
        }
        Ok(())
    }

    /// Begins or ends a shadow, synced to the disk.
    pub(super) fn change_shadow(&mut self, change: &shadow::Change) -> rusqlite::Result<()> {
        self.set_safety(Safety::PowerCut)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        shadow::change(&transaction, change)?;
        transaction.commit()
    }

    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// A moment as the database keeps it: nanoseconds since 1970, up to the year 2262.
pub(super) fn nanos(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// A row that is there already, from a try that had failed only seemingly, is left as it is. (Not `OR REPLACE`: SQLite
/// then copies every page aside before it changes it, in case that the statement fails half-way.)
fn insert(transaction: &Transaction<'_>, n: i64, record: &Record) -> rusqlite::Result<()> {
    match record {
        Record::Report { station, port, device, received_at, battery, power } => {
            report(transaction, n, (station, *port, device), *received_at, (battery, *power))
        }
        Record::Decision(decision) => self::decision(transaction, n, decision),
        Record::Switch { station, port, at, wanted, seen, problem, reason } => {
            let sql = "INSERT OR IGNORE INTO switches (n, station, port, at, wanted, seen, problem, reason)
                       VALUES (:n, :station, :port, :at, :wanted, :seen, :problem, :reason)";
            transaction.prepare_cached(sql)?.execute(named_params! {
                ":n": n, ":station": station.as_str(), ":port": port.get(), ":at": nanos(*at),
                ":wanted": wanted.as_str(), ":seen": seen.map(Power::as_str), ":problem": problem, ":reason": reason,
            })?;
            Ok(())
        }
        Record::Event(event) => self::event(transaction, n, event),
        Record::Session(session) => sessions::insert(transaction, n, session),
        Record::ShadowDecision(decision) => shadow::insert(transaction, n, decision),
        // `Pending` keeps these elsewhere.
        Record::Memory { .. }
        | Record::StationMemory { .. }
        | Record::ShadowTally { .. }
        | Record::Keep(_) => Ok(()),
    }
}

fn report(
    transaction: &Transaction<'_>,
    n: i64,
    (station, port, device): (&StationName, PortId, &str),
    received_at: Timestamp,
    (battery, power): (&Battery, Option<Power>),
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO reports
                   (n, station, port, device, at, measured_at, level, charging, temperature, power)
               VALUES (:n, :station, :port, :device, :at, :measured_at, :level, :charging, :temperature, :power)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":n": n, ":station": station.as_str(), ":port": port.get(), ":device": device, ":at": nanos(received_at),
        ":measured_at": nanos(battery.measured_at), ":level": battery.level.percent(),
        ":charging": battery.charging, ":temperature": battery.temperature.map(f64::from),
        ":power": power.map(|power| power == Power::On),
    })?;
    Ok(())
}

fn decision(transaction: &Transaction<'_>, n: i64, decision: &Decision) -> rusqlite::Result<()> {
    let facts = decision.facts.as_deref().map(json).transpose()?;
    let failures = (!decision.failures.is_empty()).then(|| json(&decision.failures)).transpose()?;
    let adjusted = (!decision.adjusted.is_empty()).then(|| json(&decision.adjusted)).transpose()?;
    let sql = "INSERT OR IGNORE INTO decisions
                   (n, station, id, port, device, at, verdict, reason, decided_by, rule, line, version, facts, failures,
                   adjusted, safeguard)
               VALUES (:n, :station, :id, :port, :device, :at, :verdict, :reason, :decided_by, :rule, :line, :version,
                   :facts, :failures, :adjusted, :safeguard)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":n": n, ":station": decision.station.as_str(), ":id": decision.id, ":port": decision.port.get(),
        ":device": decision.device.as_ref().map(|device| device.as_str()), ":at": nanos(decision.at),
        ":verdict": decision.verdict.as_str(), ":reason": decision.reason, ":decided_by": decision.by.as_str(),
        ":rule": decision.rule.as_ref().map(|rule| rule.as_str()), ":line": decision.line,
        ":version": decision.version.as_str(), ":facts": facts, ":failures": failures,
        ":adjusted": adjusted, ":safeguard": decision.safeguard.map(Safeguard::as_str),
    })?;
    Ok(())
}

fn event(transaction: &Transaction<'_>, n: i64, event: &Event) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO events (n, station, port, at, code, kind)
               VALUES (:n, :station, :port, :at, :code, :kind)";
    transaction.prepare_cached(sql)?.execute(named_params! {
        ":n": n, ":station": event.station.as_ref().map(|station| station.as_str()),
        ":port": event.port.map(PortId::get), ":at": nanos(event.at), ":code": event.kind.code(),
        ":kind": json(&event.kind)?,
    })?;
    Ok(())
}

fn remember(
    transaction: &Transaction<'_>,
    station: &StationName,
    port: PortId,
    memory: &PortMemory,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO ports (station, port, memory) VALUES (?1, ?2, ?3)
               ON CONFLICT (station, port) DO UPDATE SET memory = excluded.memory";
    transaction.prepare_cached(sql)?.execute((station.as_str(), port.get(), json(memory)?))?;
    Ok(())
}

fn remember_station(
    transaction: &Transaction<'_>,
    station: &StationName,
    memory: &StationMemory,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO station_memory (station, memory) VALUES (?1, ?2)
               ON CONFLICT (station) DO UPDATE SET memory = excluded.memory";
    transaction.prepare_cached(sql)?.execute((station.as_str(), json(memory)?))?;
    Ok(())
}

pub(super) fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        history::{forget::SLICE_ROWS, open},
        model::{EventKind, Span},
    };

    fn event(second: i64, words: usize) -> Record {
        let kind = EventKind::Unreadable { message: "x".repeat(words) };
        let at = Timestamp::from_second(second).unwrap();
        Record::Event(Arc::new(Event { at, station: None, port: None, kind }))
    }

    fn memory(heard: i64) -> Record {
        let memory = PortMemory { heard_at: Timestamp::from_second(heard).ok(), ..PortMemory::default() };
        let station = StationName::new("desk").unwrap();
        Record::Memory { station, port: PortId::new(1).unwrap(), memory: Box::new(memory) }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let opened = open::open(&folder.path().join("history.db")).unwrap();
        (folder, Store::new(opened.connection))
    }

    fn count(store: &Store, table: &str) -> i64 {
        store.connection().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_full_disk_takes_nothing_and_then_everything_once() {
        let (_folder, mut store) = store();
        let pages: i64 = store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        store
            .connection()
            .query_row(&format!("PRAGMA max_page_count = {}", pages + 8), [], |_| Ok(()))
            .unwrap();
        let mut pending = Pending::default();
        pending.number_from(store.next_number().unwrap());
        pending.take(memory(7));
        for second in 0..100 {
            pending.take(event(second, 1_000));
        }
        for safety in [Safety::Process, Safety::PowerCut] {
            let error = store.write(&pending, safety).unwrap_err();
            assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
            assert!(open::is_passing(&error));
            assert_eq!((count(&store, "events"), count(&store, "ports")), (0, 0));
        }
        store.connection().query_row("PRAGMA max_page_count = 100000", [], |_| Ok(())).unwrap();
        assert_eq!(store.write(&pending, Safety::Process), Ok(0));
        // A commit that failed may have reached the disk all the same: the next try must not write twice.
        assert_eq!(store.write(&pending, Safety::Process), Ok(0));
        assert_eq!((count(&store, "events"), count(&store, "ports")), (100, 1));
    }

    #[test]
    fn old_rows_go_in_slices_and_their_space_is_given_back() {
        let (_folder, mut store) = store();
        let mut pending = Pending::default();
        pending.take(memory(0));
        for second in 0..4_000 {
            pending.take(event(second, 4_000));
        }
        store.write(&pending, Safety::Process).unwrap();
        let pages = |store: &Store| -> i64 {
            store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
        };
        let before = pages(&store);
        let day = Span::from_hours(24);
        let (kept, now) = (Retention::of(day), Timestamp::UNIX_EPOCH + day + Span::from_secs(3_990));
        assert!(store.forget(&kept, now).unwrap());
        assert_eq!(count(&store, "events"), 4_000 - SLICE_ROWS);
        let mut slices = 1;
        while store.forget(&kept, now).unwrap() {
            slices += 1;
            assert!(slices < 100, "the slices do not come to an end");
        }
        assert_eq!((count(&store, "events"), count(&store, "ports")), (10, 1));
        assert!(pages(&store) < before * 3 / 4, "{} of {before} pages are left", pages(&store));
    }
}
