//! `kill -9` of a real process costs at most what was gathered, and nothing that was kept.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use smart_charging_station::{history::Filter, model::Record};

use crate::support::{battery, begin, desk, end, keep, memory, memory_of, port};

const PATH: &str = "SCS_TEST_HISTORY_PATH";

/// This very test program again, running one of the two helpers below.
fn helper(name: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers that the helper told after `word`, until `enough`; then it is killed.
fn numbers_until(mut child: Child, word: &str, mut enough: impl FnMut(i64) -> bool) -> Vec<i64> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut numbers = Vec::new();
    for line in lines {
        let Some(number) = line.unwrap().strip_prefix(word).and_then(|rest| rest.trim().parse().ok()) else {
            continue;
        };
        numbers.push(number);
        if enough(number) {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    numbers
}

#[tokio::test]
async fn what_was_kept_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let kept = numbers_until(helper("crash::keeps_all_the_time", &path), "kept", |number| number >= 40);
    let history = begin(&path);
    let found = history.reader.memory(&desk()).await.unwrap().remove(&port(1)).unwrap();
    let last = *kept.last().unwrap();
    assert!((last..last + 1_000).any(|second| found == memory_of(second)), "{found:?} is older than {last}");
    assert_eq!(history.health.borrow().moved_aside, None);
    end(history).await;
}

#[tokio::test]
#[ignore = "run by the test above, which kills it"]
async fn keeps_all_the_time() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let history = begin(Path::new(&path));
    for second in 0.. {
        keep(&history, memory(1, second)).await.unwrap();
        println!("kept {second}");
    }
}

#[tokio::test]
async fn a_kill_costs_at_most_what_was_gathered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut first = None;
    let sent = numbers_until(helper("crash::reports_all_the_time", &path), "sent", |nanos| {
        nanos - *first.get_or_insert(nanos) > 2_700_000_000
    });
    let history = begin(&path);
    let filter = Filter { limit: 10_000, ..Filter::default() };
    let mut found: Vec<i64> = history.reader.reports(filter).await.unwrap().iter().map(at_nanos).collect();
    found.reverse();
    let newest = *found.last().unwrap();
    assert!(sent.last().unwrap() - newest <= 1_500_000_000, "more than was gathered in a second was lost");
    let expected: Vec<i64> = sent.into_iter().take_while(|nanos| *nanos <= newest).collect();
    assert!(found.starts_with(&expected), "there are gaps");
    end(history).await;
}

fn at_nanos(
    row: &smart_charging_station::history::Stored<smart_charging_station::history::StoredReport>,
) -> i64 {
    i64::try_from(row.value.received_at.as_nanosecond()).unwrap()
}

#[tokio::test]
#[ignore = "run by the test above, which kills it"]
async fn reports_all_the_time() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let history = begin(Path::new(&path));
    // The pace of a busy service; the test itself waits for what is told here.
    let mut pace = tokio::time::interval(Duration::from_millis(5));
    loop {
        pace.tick().await;
        let received_at = jiff::Timestamp::now();
        let device = "phone".to_owned();
        let report = Record::Report {
            station: desk(),
            port: port(1),
            device,
            received_at,
            battery: battery(50),
            power: None,
        };
        history.journal.send(report).await.unwrap();
        println!("sent {}", received_at.as_nanosecond());
    }
}
