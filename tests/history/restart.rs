//! What goes on after a restart, and what a wish may rely on.

use smart_charging_station::history::Filter;

use crate::support::{begin, desk, end, keep, memory, memory_of, port, report, version};

#[tokio::test]
async fn memory_and_plan_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    assert!(history.reader.memory(&desk()).await.unwrap().is_empty());
    assert_eq!(history.reader.last_version().await, Ok(None));
    for second in 0..50 {
        history.journal.send(memory(1, second)).await.unwrap();
    }
    assert_eq!(keep(&history, memory(2, 7)).await, Ok(()));
    history.reader.save_version(version("aaa", 1, "//! x")).await.unwrap();
    history.journal.send(memory(1, 99)).await.unwrap();
    end(history).await;

    let history = begin(&path);
    let remembered = history.reader.memory(&desk()).await.unwrap();
    assert_eq!(
        remembered.into_iter().collect::<Vec<_>>(),
        [(port(1), memory_of(99)), (port(2), memory_of(7))]
    );
    assert_eq!(history.reader.last_version().await, Ok(Some(version("aaa", 1, "//! x"))));
    end(history).await;
}

#[tokio::test]
async fn a_kept_wish_is_readable_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("history.db"));
    for second in 0..200 {
        keep(&history, memory(1, second)).await.unwrap();
        let remembered = history.reader.memory(&desk()).await.unwrap();
        assert_eq!(remembered.get(&port(1)), Some(&memory_of(second)));
    }
    end(history).await;
}

#[tokio::test]
async fn row_numbers_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    for second in 0..3 {
        let history = begin(&path);
        history.journal.send(report(1, second)).await.unwrap();
        end(history).await;
    }
    let history = begin(&path);
    assert_eq!(history.reader.reports(Filter::default()).await.unwrap().len(), 3);
    end(history).await;
}

#[tokio::test]
async fn one_who_waits_and_panics_does_not_end_history() {
    let folder = tempfile::tempdir().unwrap();
    let history = begin(&folder.path().join("history.db"));
    let kept = Box::new(|_| panic!("a stranger's mistake"));
    history.journal.send(smart_charging_station::model::Record::Keep(kept)).await.unwrap();
    assert_eq!(keep(&history, memory(1, 1)).await, Ok(()));
    end(history).await;
}
