//! History is read by commands beside a service that runs.

use smart_charging_station::{
    history::{Archive, Filter, Scope},
    model::DeviceName,
};

use crate::support::{at, begin, desk, end, keep, port, report};

#[test]
fn where_no_service_has_run_there_is_nothing_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    assert!(Archive::open(&path).unwrap().is_none());
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_no_history_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    std::fs::write(&path, "these are not the rows you are looking for, however long this text becomes")
        .unwrap();
    let error = Archive::open(&path).unwrap_err().to_string();
    assert!(error.contains("history.db"), "{error}");
}

#[tokio::test]
async fn reports_of_one_device_come_over_several_pages_and_end_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    for second in 0..12_000 {
        // Now and then it is waited for the disk, so that a busy machine drops nothing.
        if second % 500 == 499 {
            keep(&history, report(1, second)).await.unwrap();
        } else {
            history.journal.send(report(1, second)).await.unwrap();
        }
    }
    keep(&history, report(2, 12_001)).await.unwrap();
    // The service still runs.
    let archive = Archive::open(&path).unwrap().unwrap();
    let device = DeviceName::new("phone-1").unwrap();
    let filter = Filter { scope: Scope::Port(desk(), port(1)), device: Some(device), ..Filter::default() };
    let reports = archive.reports(&filter, at(500)).unwrap();
    assert_eq!(reports.len(), 11_500);
    assert_eq!(reports.first().unwrap().received_at, at(11_999));
    assert_eq!(reports.last().unwrap().received_at, at(500));
    let stranger = Filter { device: DeviceName::new("phone-2").ok(), ..filter };
    assert_eq!(archive.reports(&stranger, at(0)).unwrap(), []);
    end(history).await;
}
