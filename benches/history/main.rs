//! What history costs: bytes written in a day of sixteen ports, how long a year takes to read, and to catch up with.
//!
//! The day is one of the real engine with three rules, of sixteen devices that report every five minutes, gathered for
//! different times. The year is sixteen devices that report every five minutes, rolled up as the service does.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a bench that cannot set up has nothing to measure, and its numbers are small"
)]

mod day;
mod old;
#[path = "../support/mod.rs"]
mod support;

use std::{path::Path, time::Instant};

use rusqlite::{Connection, OpenFlags};
use smart_charging_station::{
    history::{HistorySettings, Reader, Retention, SeriesAsked, Started, start},
    model::{Battery, Celsius, DeviceName, Level, PortId, Power, Record, Span, StationName, Timestamp},
};
use support::{Table, median, spread};

const ROUNDS: usize = 9;
const DEVICES: u16 = 16;
/// The first second of the year that is read.
const BEGIN: i64 = 1_767_225_600;
const DAYS: i64 = 365;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    day::measure().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.db");
    let history = begin(&path);
    year(&history, &path).await;
    read(&history.reader).await;
    end(history).await;
    old::measure(&path).await;
}

fn begin(path: &Path) -> Started {
    let retention = Retention::of(Span::from_hours(24 * 3650));
    start(&HistorySettings { path: path.to_owned(), retention, gather: Span::from_mins(5) })
        .expect("history begins")
}

async fn end(history: Started) {
    let Started { journal, writer, .. } = history;
    drop(journal);
    assert!(writer.ended().await, "history ends well");
}

fn device(number: u16) -> DeviceName {
    DeviceName::new(&format!("device-{number}")).expect("a name")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

/// A year of reports and switches, and the time until all of it is rolled up.
async fn year(history: &Started, path: &Path) {
    let station = StationName::new("bench").expect("a name");
    let start = Instant::now();
    for second in (BEGIN..BEGIN + DAYS * 86_400).step_by(300) {
        for number in 1..=DEVICES {
            let port = PortId::new(number).expect("not 0");
            let phase = (second / 300 + i64::from(number) * 17) % 100;
            let is_on = phase >= 70;
            let battery = Battery {
                level: Level::new(if is_on { 20 + (phase - 70) * 2 } else { 80 - phase * 6 / 7 })
                    .expect("percent"),
                charging: Some(is_on),
                temperature: Celsius::new(24.0 + phase as f64 / 10.0).ok(),
                measured_at: at(second),
            };
            if phase == 0 || phase == 70 {
                let wanted = if is_on { Power::On } else { Power::Off };
                let (station, at, seen) = (station.clone(), at(second), Some(wanted));
                let (problem, reason) = (None, "the bench wants it".to_owned());
                let switch = Record::Switch { station, port, at, wanted, seen, problem, reason };
                history.journal.send(switch).await.expect("history takes it");
            }
            let report = Record::Report {
                station: station.clone(),
                port,
                device: device(number).to_string(),
                received_at: at(second + i64::from(number)),
                battery,
                power: Some(if is_on { Power::On } else { Power::Off }),
            };
            history.journal.send(report).await.expect("history takes it");
        }
    }
    // A queue that is full takes a slow machine longer than anybody waits for an answer.
    while history.reader.flush().await.is_err() {}
    let rows = i64::from(DEVICES) * DAYS * 288;
    let written = start.elapsed();
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it is there");
    let all = "SELECT max(n) FROM reports";
    let mut look = tokio::time::interval(std::time::Duration::from_millis(200));
    while number(&file, "SELECT n FROM rolled") < number(&file, all) {
        look.tick().await;
    }
    println!(
        "{rows} reports written in {:.0} s, rolled up {:.0} s later",
        written.as_secs_f64(),
        (start.elapsed() - written).as_secs_f64()
    );
}

fn number(file: &Connection, sql: &str) -> i64 {
    file.query_row(sql, [], |row| row.get(0)).expect("an answer")
}

/// Each range of each device, in turn with a read of one row that is not there.
async fn read(reader: &Reader) {
    let asked = [
        ("one row by its number, which is not there", 0, 0),
        ("six hours, 500 points", 6 * 3_600, 500),
        ("a week, 500 points", 7 * 86_400, 500),
        ("a month, 500 points", 30 * 86_400, 500),
        ("a year, 500 points", DAYS * 86_400, 500),
        ("a year, 2,000 points", DAYS * 86_400, 2_000),
        ("41 days, 2,000 points", 41 * 86_400, 2_000),
    ];
    let mut rounds = vec![Vec::new(); asked.len()];
    for _ in 0..ROUNDS {
        for ((_, length, points), times) in asked.iter().zip(&mut rounds) {
            let start = Instant::now();
            for number in 1..=DEVICES {
                one(reader, number, *length, *points).await;
            }
            times.push(start.elapsed().as_secs_f64() * 1_000.0 / f64::from(DEVICES));
        }
    }
    let trivial = rounds.first().map_or(f64::NAN, |times| median(times));
    let mut table = Table::new(&["course of a device", "ms", "to one row", "spread"]);
    for ((name, _, _), times) in asked.iter().zip(&rounds) {
        let middle = median(times);
        let cells = [format!("{middle:.2}"), format!("{:.0}", middle / trivial), spread(times)];
        table.row(&[[(*name).to_owned()].as_slice(), cells.as_slice()].concat());
    }
    table.print();
}

async fn one(reader: &Reader, number: u16, length: i64, points: u16) {
    if points == 0 {
        let station = StationName::new("bench").expect("a name");
        assert_eq!(reader.decision(&station, i64::from(number)).await, Ok(None));
        return;
    }
    let to = BEGIN + DAYS * 86_400;
    let asked =
        SeriesAsked { device: device(number), from: at(to - length), to: at(to), now: at(to), points };
    let found = reader.series(asked).await.expect("it is read").expect("it reported");
    assert!(found.cells.iter().filter(|cell| cell.level.is_some()).count() * 10 > found.cells.len() * 9);
}
