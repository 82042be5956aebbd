//! What is written can be read, page by page.

use std::sync::Arc;

use smart_charging_station::{
    history::{Filter, Scope, StoredReport, StoredSwitch},
    model::{DeviceName, Event, Power, Record, StationName},
};

use crate::support::{at, battery, begin, decision, desk, end, event, port, report, session};

#[tokio::test]
async fn everything_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("new/folder/history.db"));
    let full = decision(41, 1);
    let bare = {
        let mut bare = decision(42, 2);
        (bare.facts, bare.device, bare.rule, bare.line) = (None, None, None, None);
        bare.failures.clear();
        bare
    };
    let switch = StoredSwitch {
        station: desk(),
        port: port(2),
        at: at(9),
        wanted: Power::Off,
        seen: Some(Power::On),
        problem: Some("still on".into()),
        reason: "enough".into(),
    };
    let StoredSwitch { station, port: number, at: when, wanted, seen, problem, reason } = switch.clone();
    let records = [
        report(1, 5),
        Record::Decision(Arc::new(full.clone())),
        Record::Decision(Arc::new(bare.clone())),
        Record::Switch { station, port: number, at: when, wanted, seen, problem, reason },
        event(10),
    ];
    for record in records {
        history.journal.send(record).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let reader = &history.reader;
    assert_eq!(reader.decision(&desk(), 41).await, Ok(Some(full.clone())));
    assert_eq!(reader.decision(&desk(), 43).await, Ok(None));
    let decisions = reader.decisions(Filter::default()).await.unwrap();
    assert_eq!(decisions.into_iter().map(|row| row.value).collect::<Vec<_>>(), [bare, full]);
    let reports = reader.reports(Filter::default()).await.unwrap();
    let expected = StoredReport {
        station: desk(),
        port: port(1),
        device: "phone-1".into(),
        received_at: at(5),
        battery: battery(5),
    };
    assert_eq!(reports.first().map(|row| &row.value), Some(&expected));
    let switches = reader.switches(Filter::default()).await.unwrap();
    assert_eq!(switches.first().map(|row| &row.value), Some(&switch));
    let events = reader.events(Filter::default()).await.unwrap();
    let Record::Event(sent) = event(10) else { unreachable!() };
    assert_eq!(events.first().map(|row| &row.value), Some(&*sent));

    // Also what is of a station and of none of its ports is found by its station.
    let of_all_ports = Event { port: None, ..Event::clone(&sent) };
    history.journal.send(Record::Event(Arc::new(of_all_ports.clone()))).await.unwrap();
    history.reader.flush().await.unwrap();
    let of_desk = Filter { scope: Scope::Station(desk()), ..Filter::default() };
    let events = history.reader.events(of_desk).await.unwrap();
    assert_eq!(events.first().map(|row| &row.value), Some(&of_all_ports));
    end(history).await;
}

#[tokio::test]
async fn pages_join_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("history.db"));
    for second in 0..60 {
        let number = u16::try_from(second % 3 + 1).unwrap();
        history.journal.send(Record::Decision(Arc::new(decision(second, number)))).await.unwrap();
        history.journal.send(report(number, second)).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let scopes = [(Scope::All, 60), (Scope::Station(desk()), 60), (Scope::Port(desk(), port(2)), 20)];
    for (scope, count) in scopes {
        let (mut ids, mut before) = (Vec::new(), None);
        loop {
            let filter = Filter { scope: scope.clone(), before, limit: 7, ..Filter::default() };
            let page = history.reader.decisions(filter).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 7);
            before = Some(last.number);
            ids.extend(page.iter().map(|row| row.value.id));
        }
        assert_eq!(ids.len(), count);
        assert!(ids.is_sorted_by(|a, b| a > b));
    }
    let until = Some(at(30));
    let filter = Filter { scope: Scope::Station(desk()), until, limit: 2, ..Filter::default() };
    let ids: Vec<_> =
        history.reader.decisions(filter.clone()).await.unwrap().iter().map(|row| row.value.id).collect();
    assert_eq!(ids, [29, 28]);
    let before = history.reader.decisions(Filter::default()).await.unwrap()[0].number;
    let both = Filter { before: Some(before), ..filter.clone() };
    assert_eq!(history.reader.decisions(both).await.unwrap()[0].value.id, 29);
    let reports = history.reader.reports(filter.clone()).await.unwrap();
    let next = Filter { before: Some(reports[1].number), ..filter };
    assert_eq!(history.reader.reports(next).await.unwrap()[0].value.received_at, at(27));
    end(history).await;
}

#[tokio::test]
async fn a_row_that_is_not_understood_ends_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    for second in 0..4 {
        history.journal.send(report(1, second)).await.unwrap();
        history.journal.send(Record::Session(Box::new(session(second)))).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    for (table, column) in [("reports", "level"), ("sessions", "from_level")] {
        let sql = format!("UPDATE {table} SET {column} = 300 WHERE at = ?1");
        let changed = file.execute(&sql, [i64::try_from(at(2).as_nanosecond()).unwrap()]).unwrap();
        assert_eq!(changed, 1, "{table}");
    }
    let filter = Filter { limit: 2, ..Filter::default() };
    let reports = history.reader.reports(filter).await.unwrap();
    assert_eq!(reports.iter().map(|row| row.value.received_at).collect::<Vec<_>>(), [at(3), at(1)]);
    let device = DeviceName::new("phone-1").unwrap();
    let sessions = history.reader.sessions(&device, at(0), None, 2).await.unwrap();
    assert_eq!(sessions.iter().map(|row| row.value.began_at).collect::<Vec<_>>(), [at(3), at(1)]);
    end(history).await;
}

#[tokio::test]
async fn a_filter_gives_only_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("history.db"));
    for (id, number) in [(1, 1), (2, 2), (3, 1)] {
        history.journal.send(Record::Decision(Arc::new(decision(id, number)))).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let ids = async |filter| -> Vec<i64> {
        history.reader.decisions(filter).await.unwrap().iter().map(|row| row.value.id).collect()
    };
    let device = DeviceName::new("phone-2").ok();
    assert_eq!(ids(Filter { device, ..Filter::default() }).await, [2]);
    assert_eq!(ids(Filter { scope: Scope::Port(desk(), port(1)), ..Filter::default() }).await, [3, 1]);
    let elsewhere = Scope::Station(StationName::new("drawer").unwrap());
    assert!(ids(Filter { scope: elsewhere, ..Filter::default() }).await.is_empty());
    assert_eq!(ids(Filter { since: Some(at(2)), ..Filter::default() }).await, [3, 2]);
    let both = Filter { since: Some(at(2)), until: Some(at(3)), ..Filter::default() };
    assert_eq!(ids(both).await, [2]);
    assert!(ids(Filter { since: Some(at(4)), ..Filter::default() }).await.is_empty());
    end(history).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_read_while_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("history.db"));
    for second in 0..3_000 {
        history.journal.send(report(1, second)).await.unwrap();
    }
    history.reader.flush().await.unwrap();
    let reads = (0..100).map(|_| {
        let reader = history.reader.clone();
        tokio::spawn(async move { reader.reports(Filter { limit: 1_000, ..Filter::default() }).await })
    });
    for second in 3_000..6_000 {
        history.journal.send(report(1, second)).await.unwrap();
    }
    for read in futures_util::future::join_all(reads).await {
        assert_eq!(read.unwrap().map(|rows| rows.len()), Ok(1_000));
    }
    end(history).await;
}
