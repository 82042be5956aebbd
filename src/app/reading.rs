//! Reads the files and checks them, off the threads that others wait for.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    config::{Files, Plan},
    model::{Diagnostic, Version},
    settings::Settings,
};

/// A file that does not check may be half written: it is read once more after this long.
pub(super) const SECOND_READING: Duration = Duration::from_millis(150);

/// Reads the files.
pub(super) async fn read(settings: &Settings) -> Result<Files, Vec<Diagnostic>> {
    let (directories, only) = (settings.directories.clone(), settings.stations.clone());
    tokio::task::spawn_blocking(move || Files::read(&directories, &only))
        .await
        .unwrap_or_else(|_| Err(Vec::new()))
}

/// The plan of files.
pub(super) async fn check(files: Files) -> Result<Plan, Vec<Diagnostic>> {
    let checked = tokio::task::spawn_blocking(move || Plan::check(files)).await;
    checked.unwrap_or_else(|_| Err(Vec::new()))
}

/// What came of reading: the version of the bytes that were checked, and their plan.
pub(super) type Checked = (Option<Version>, Result<Plan, Vec<Diagnostic>>);

/// Files that do not check are read once more, since one of them may be half written.
pub(super) async fn check_twice(files: Result<Files, Vec<Diagnostic>>, settings: &Settings) -> Checked {
    let first = check_read(files).await;
    if first.1.is_ok() {
        return first;
    }
    sleep(SECOND_READING).await;
    check_read(read(settings).await).await
}

async fn check_read(files: Result<Files, Vec<Diagnostic>>) -> Checked {
    match files {
        Ok(files) => (Some(files.hash()), check(files).await),
        Err(problems) => (None, Err(problems)),
    }
}

/// Reads the files and checks them.
pub(super) async fn read_and_check(settings: &Settings) -> Result<Plan, Vec<Diagnostic>> {
    check_twice(read(settings).await, settings).await.1
}
