use std::{path::Path, sync::Arc};

use rusqlite::Connection;

use super::*;
use crate::model::{Battery, Event, EventKind, Level, PortId, Span, StationName};

fn event(at: Timestamp) -> Record {
    Record::Event(Arc::new(Event { at, station: None, port: None, kind: EventKind::HistoryBack }))
}

/// Lets the paused clock run.
async fn pass(time: Duration) {
    let _over = tokio::time::timeout(time, std::future::pending::<()>()).await;
}

fn count(path: &Path, table: &str) -> i64 {
    let connection = open::open_read_only(path).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

/// A writer on the test's own clock.
fn writer(path: &Path) -> (mpsc::Sender<Record>, watch::Receiver<Health>, mpsc::Sender<Control>) {
    let (health, seen) = watch::channel(Health::default());
    let (journal, records) = mpsc::channel(30_000);
    let (control, questions) = mpsc::channel(1);
    let (path, retention) = (path.to_owned(), Retention::of(Span::from_hours(24)));
    let settings = HistorySettings { path, retention, gather: Span::from_mins(5) };
    let mut writer = Writer::new(&settings, health, Arc::default());
    writer.begin().unwrap();
    tokio::spawn(writer.run(records, questions));
    (journal, seen, control)
}

fn report() -> Record {
    report_of(Timestamp::now())
}

fn report_of(received_at: Timestamp) -> Record {
    let measured_at = Timestamp::UNIX_EPOCH;
    let level = Level::new(50).unwrap();
    Record::Report {
        station: StationName::new("desk").unwrap(),
        port: PortId::new(1).unwrap(),
        device: "phone".to_owned(),
        received_at,
        battery: Battery { level, charging: None, temperature: None, measured_at },
        power: None,
    }
}

#[tokio::test(start_paused = true)]
async fn reports_are_gathered_and_an_event_takes_them_along_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, _health, _control) = writer(&path);
    let gather = Duration::from_mins(5);
    for _ in 0..10 {
        journal.send(report()).await.unwrap();
    }
    pass(gather - Duration::from_millis(15)).await;
    assert_eq!(count(&path, "reports"), 0);
    pass(Duration::from_millis(30)).await;
    assert_eq!(count(&path, "reports"), 10);

    journal.send(report()).await.unwrap();
    pass(Duration::from_secs(60)).await;
    journal.send(event(Timestamp::now())).await.unwrap();
    pass(SOON - Duration::from_millis(15)).await;
    assert_eq!((count(&path, "reports"), count(&path, "events")), (10, 0));
    pass(Duration::from_millis(30)).await;
    assert_eq!((count(&path, "reports"), count(&path, "events")), (11, 1));
}

#[tokio::test(start_paused = true)]
async fn a_look_and_the_end_have_all_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, _health, control) = writer(&path);
    journal.send(report()).await.unwrap();
    let (done, answer) = oneshot::channel();
    control.send(Control::Flush(done)).await.unwrap();
    assert_eq!(answer.await.unwrap(), Ok(()));
    assert_eq!(count(&path, "reports"), 1);
    journal.send(report()).await.unwrap();
    drop(journal);
    control.closed().await;
    assert_eq!(count(&path, "reports"), 2);
}

#[tokio::test(start_paused = true)]
async fn old_rows_are_removed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, _health, _control) = writer(&path);
    for _ in 0..2_000 {
        journal.send(event(Timestamp::UNIX_EPOCH)).await.unwrap();
    }
    journal.send(event(Timestamp::now())).await.unwrap();
    pass(TIDY_EVERY - Duration::from_secs(1)).await;
    assert_eq!(count(&path, "events"), 2_001);
    pass(Duration::from_secs(5)).await;
    assert_eq!(count(&path, "events"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_reports_before_a_silence_are_removed_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, _health, _control) = writer(&path);
    journal.send(report_of(Timestamp::UNIX_EPOCH)).await.unwrap();
    pass(TIDY_EVERY * 2).await;
    assert_eq!(count(&path, "reports"), 1);
    pass(TIDY_EVERY * 2).await;
    assert_eq!(count(&path, "reports"), 0);
}

#[tokio::test(start_paused = true)]
async fn tries_become_rarer_but_never_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, mut health, _control) = writer(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    journal.send(event(Timestamp::now())).await.unwrap();
    health.wait_for(|health| !health.ok).await.unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    let freed = Instant::now();
    health.wait_for(|health| health.ok).await.unwrap();
    assert!(freed.elapsed() <= LAST_PAUSE, "{:?}", freed.elapsed());
    assert_eq!(count(&path, "events"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_look_loses_nothing_of_a_long_queue() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let (journal, health, control) = writer(&path);
    for _ in 0..30_000 {
        journal.try_send(report()).unwrap();
    }
    let (done, answer) = oneshot::channel();
    control.try_send(Control::Flush(done)).unwrap();
    assert_eq!(answer.await.unwrap(), Ok(()));
    assert_eq!(count(&path, "reports"), 30_000);
    assert_eq!(health.borrow().lost, 0);
}
