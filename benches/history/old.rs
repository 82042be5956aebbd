//! A file of an older scs, with a year of reports that nothing has rolled up: the start, and those who wait meanwhile.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use smart_charging_station::{
    history::{SeriesAsked, Started},
    model::{Battery, Level, PortId, Record, StationName},
};

use crate::{
    BEGIN, DAYS, at, begin, device, end, number,
    support::{Table, median},
};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Prints how long the start takes, and each commit and each course while the year is rolled up.
pub(crate) async fn measure(path: &Path) {
    let file = Connection::open(path).expect("it is there");
    file.execute_batch(
        "DELETE FROM minutes; DELETE FROM hours; DELETE FROM days; DELETE FROM series; DELETE FROM places;
         UPDATE rolled SET n = 0; PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .expect("roll-ups are gone");
    let last = number(&file, "SELECT max(n) FROM reports");
    let beginning = Instant::now();
    let history = begin(path);
    let started = millis(beginning);
    let (mut commits, mut courses) = (Vec::new(), Vec::new());
    let mut look = tokio::time::interval(PAUSE);
    while number(&file, "SELECT n FROM rolled") < last {
        let sent = Instant::now();
        report(&history).await;
        commits.push(millis(sent));
        let asked = Instant::now();
        course(&history).await;
        courses.push(millis(asked));
        look.tick().await;
    }
    let took = beginning.elapsed().as_secs_f64();
    println!(
        "a file with a year that is not rolled up: started in {started:.0} ms, caught up with after {took:.0} s"
    );
    let mut table = Table::new(&["meanwhile", "median ms", "longest ms"]);
    for (name, times) in [("a report until it is written", &commits), ("a day of a device", &courses)] {
        let longest = times.iter().copied().fold(0.0, f64::max);
        table.row(&[name.to_owned(), format!("{:.1}", median(times)), format!("{longest:.0}")]);
    }
    table.print();
    end(history).await;
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Sends a report and waits until it is written.
async fn report(history: &Started) {
    let now = at(BEGIN + DAYS * 86_400);
    let level = Level::new(50).expect("percent");
    let report = Record::Report {
        station: StationName::new("bench").expect("a name"),
        port: PortId::new(1).expect("not 0"),
        device: device(1).to_string(),
        received_at: now,
        battery: Battery { level, charging: None, temperature: None, measured_at: now },
        power: None,
    };
    history.journal.send(report).await.expect("history takes it");
    history.reader.flush().await.expect("it is written");
}

/// Asks for the first day, which is not there at the beginning.
async fn course(history: &Started) {
    let (from, to) = (at(BEGIN), at(BEGIN + 86_400));
    let asked = SeriesAsked { device: device(1), from, to, now: at(BEGIN + DAYS * 86_400), points: 500 };
    history.reader.series(asked).await.expect("it is read");
}
