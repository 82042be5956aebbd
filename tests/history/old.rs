//! A file of the format before roll-ups: it is opened, nothing in it is lost, and its reports are rolled up.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use rusqlite::Connection;
use smart_charging_station::{
    history::{Filter, Role, Scope, Series, SeriesAsked, Started, TokenStore, installation},
    model::{
        Author, DeviceName, Layer, Power, Record, ShadowDecision, ShadowEntry, ShadowSide, ShadowTally,
        StationMemory, Timestamp, Verdict,
    },
};

use crate::support::{at, begin, decision, desk, end, event, keep, memory, port, report, session, version};

/// The steps that made a file of format 5.
const STEPS: [&str; 5] = [
    include_str!("../../src/history/schema/0001.sql"),
    include_str!("../../src/history/schema/0002.sql"),
    include_str!("../../src/history/schema/0003.sql"),
    include_str!("../../src/history/schema/0004.sql"),
    include_str!("../../src/history/schema/0005.sql"),
];

/// Reports, five minutes apart: ten days of three devices.
const REPORTS: i64 = 10 * 288;

fn device() -> DeviceName {
    DeviceName::new("phone-1").unwrap()
}

/// Something of every kind, by the program of today.
async fn fill(history: &Started, path: &Path) {
    for number in 0..REPORTS {
        for phone in 1..=3 {
            history.journal.send(report(phone, number * 300)).await.unwrap();
        }
        if number % 100 == 0 {
            let seen = if number % 200 == 0 { Power::Off } else { Power::On };
            history.journal.send(switch(number * 300 + 1, seen)).await.unwrap();
        }
    }
    let side = |verdict| ShadowSide { verdict, ..side_of(&decision(7, 1)) };
    let facts = decision(7, 1).facts.unwrap();
    let differs = ShadowDecision {
        shadow: 1,
        at: at(7),
        station: desk(),
        port: port(1),
        device: Some(device()),
        active: side(Verdict::Rest),
        candidate: side(Verdict::Charge),
        switches: true,
        facts,
    };
    let tally = ShadowTally { compared: 9, differed: 4, ..ShadowTally::default() };
    let records = [
        Record::Decision(Arc::new(decision(7, 1))),
        event(8),
        Record::ShadowDecision(Arc::new(differs)),
        Record::ShadowTally { shadow: 1, station: desk(), port: port(1), tally },
        memory(1, 9),
        Record::StationMemory { station: desk(), memory: Box::new(StationMemory::default()) },
        Record::Session(Box::new(session(0))),
    ];
    for record in records {
        history.journal.send(record).await.unwrap();
    }
    keep(history, memory(2, 10)).await.unwrap();
    history.reader.save_version(version("aaa", 1, "//! x")).await.unwrap();
    let entry = ShadowEntry { id: 1, at: at(1), by: Author::Service, edits: "[]".into() };
    history.reader.begin_shadow(entry).await.unwrap();
    TokenStore::open(path).unwrap().add("anna", &"operate".parse::<Role>().unwrap(), at(1)).unwrap();
    installation(path, "sc_1").unwrap();
}

fn side_of(decision: &smart_charging_station::model::Decision) -> ShadowSide {
    ShadowSide {
        verdict: decision.verdict,
        reason: decision.reason.clone(),
        by: Layer::Policy,
        rule: decision.rule.clone(),
        line: decision.line,
    }
}

fn switch(second: i64, seen: Power) -> Record {
    Record::Switch {
        station: desk(),
        port: port(1),
        at: at(second),
        wanted: seen,
        seen: Some(seen),
        problem: None,
        reason: "it is wanted".into(),
    }
}

/// A file of format 5 with all that the file of today has room for in it; how many rows each table has.
fn make_old(old: &Path, today: &Path) -> BTreeMap<String, i64> {
    let file = Connection::open(old).unwrap();
    for step in STEPS {
        file.execute_batch(step).unwrap();
    }
    file.execute_batch("DROP TABLE plans; PRAGMA user_version = 5").unwrap();
    file.execute("ATTACH ?1 AS today", [today.to_str().unwrap()]).unwrap();
    let names =
        texts(&file, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    for table in &names {
        let columns =
            texts(&file, &format!("SELECT name FROM pragma_table_info('{table}', 'main')")).join(", ");
        file.execute_batch(&format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}"
        ))
        .unwrap();
    }
    let counts = counts(&file, names);
    assert!(counts.values().all(|rows| *rows > 0), "{counts:?}");
    counts
}

fn texts(file: &Connection, sql: &str) -> Vec<String> {
    let mut select = file.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn counts(file: &Connection, tables: impl IntoIterator<Item = String>) -> BTreeMap<String, i64> {
    let count = |table: &str| number(file, &format!("SELECT count(*) FROM main.{table}"));
    tables.into_iter().map(|table| (table.clone(), count(&table))).collect()
}

fn number(file: &Connection, sql: &str) -> i64 {
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

async fn series(history: &Started, points: u16) -> Series {
    let (from, to): (Timestamp, Timestamp) = (at(-1_000), at(REPORTS * 300 + 1_000));
    let asked = SeriesAsked { device: device(), from, to, now: to, points };
    history.reader.series(asked).await.unwrap().unwrap()
}

async fn rolled_up(file: &Connection) {
    let mut look = tokio::time::interval(Duration::from_millis(50));
    while number(file, "SELECT n FROM rolled") < number(file, "SELECT max(n) FROM reports") {
        look.tick().await;
    }
}

#[tokio::test]
async fn a_file_of_the_format_before_loses_nothing_and_is_rolled_up() {
    let folder = tempfile::tempdir().unwrap();
    let (today, old) = (folder.path().join("today.db"), folder.path().join("old.db"));
    let history = begin(&today);
    fill(&history, &today).await;
    let mut expected = Vec::new();
    for points in [2, 50, 500, 2_000] {
        expected.push(series(&history, points).await);
    }
    let all = Filter { limit: 10_000, ..Filter::default() };
    let reports = history.reader.reports(all.clone()).await.unwrap();
    let switches = history.reader.switches(all.clone()).await.unwrap();
    end(history).await;
    let before = make_old(&old, &today);

    let history = begin(&old);
    assert!(history.health.borrow().moved_aside.is_none());
    let file = Connection::open(&old).unwrap();
    assert_eq!(number(&file, "PRAGMA user_version"), 6);
    assert_eq!(counts(&file, before.keys().cloned()), before);
    assert_eq!(history.reader.reports(all.clone()).await.unwrap(), reports);
    assert_eq!(history.reader.switches(all).await.unwrap(), switches);
    let of_desk = Filter { scope: Scope::Station(desk()), ..Filter::default() };
    let decisions = history.reader.decisions(of_desk).await.unwrap();
    assert_eq!(decisions.first().unwrap().value, decision(7, 1));
    assert_eq!(history.reader.last_decision(&desk()).await, Ok(Some(7)));

    // At once, from the rows themselves, and from the roll-ups when they are made.
    for rolled in [false, true] {
        if rolled {
            tokio::time::timeout(Duration::from_secs(60), rolled_up(&file)).await.unwrap();
        }
        for (points, expected) in [2, 50, 500, 2_000].into_iter().zip(&expected) {
            assert_eq!(&series(&history, points).await, expected, "{points} points, rolled up: {rolled}");
        }
    }
    assert_eq!(number(&file, "SELECT sum(reports) FROM days"), 3 * REPORTS);
    assert_eq!(texts(&file, "PRAGMA integrity_check"), ["ok"]);
    end(history).await;
}
