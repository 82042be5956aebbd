//! Every way to save a file is noticed, and also that a directory is made anew.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests fails by panicking, as tests do"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use smart_charging_station::config::{Directories, Files, Watcher, watch};
use tokio::{sync::mpsc::Receiver, time::timeout};

/// Far more than the second that is promised, for a machine that is busy with other tests.
const BOUND: Duration = Duration::from_secs(20);

struct Watched {
    folder: tempfile::TempDir,
    directories: Directories,
    _watcher: Watcher,
    changes: Receiver<()>,
}

impl Watched {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let directories = Directories {
            stations: folder.path().join("at/stations"),
            rules: folder.path().join("at/rules"),
            hubs: folder.path().join("hubs/of/mine"),
        };
        make(&directories, "first");
        let (watcher, changes) = watch(&directories).unwrap();
        Self { folder, directories, _watcher: watcher, changes }
    }

    fn desk(&self) -> PathBuf {
        self.directories.stations.join("desk.ron")
    }

    /// Waits until a wake-up after which the text is this.
    async fn sees(&mut self, expected: &str) {
        self.finds(|files| files.stations.iter().any(|file| file.text == expected)).await;
    }

    /// The same of a hub model.
    async fn sees_hub(&mut self, expected: &str) {
        self.finds(|files| files.hubs.iter().any(|file| file.text == expected)).await;
    }

    async fn finds(&mut self, found: impl Fn(&Files) -> bool) {
        loop {
            timeout(BOUND, self.changes.recv()).await.expect("no wake-up").expect("the watcher has ended");
            if Files::read(&self.directories, &[]).is_ok_and(|files| found(&files)) {
                return;
            }
        }
    }
}

fn make(directories: &Directories, text: &str) {
    fs::create_dir_all(&directories.stations).unwrap();
    fs::create_dir_all(&directories.rules).unwrap();
    fs::write(directories.stations.join("desk.ron"), text).unwrap();
}

fn run(program: &str, arguments: &[&str], folder: &Path) {
    let status = Command::new(program).args(arguments).current_dir(folder).status().unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn a_plain_write_is_noticed_again_and_again() {
    let mut watched = Watched::start();
    for text in ["second", "third"] {
        fs::write(watched.desk(), text).unwrap();
        watched.sees(text).await;
    }
}

#[tokio::test]
async fn sed_and_mv_are_noticed() {
    let mut watched = Watched::start();
    for (from, to) in [("first", "second"), ("second", "third")] {
        let command = format!("s/{from}/{to}/");
        run("sed", &["-i", &command, "desk.ron"], &watched.directories.stations);
        watched.sees(to).await;
    }
    fs::write(watched.folder.path().join("elsewhere"), "fourth").unwrap();
    fs::rename(watched.folder.path().join("elsewhere"), watched.desk()).unwrap();
    watched.sees("fourth").await;
}

#[tokio::test]
async fn a_directory_made_anew_is_watched_again() {
    let mut watched = Watched::start();
    fs::remove_dir_all(&watched.directories.stations).unwrap();
    make(&watched.directories, "second");
    watched.sees("second").await;
    fs::write(watched.desk(), "third").unwrap();
    watched.sees("third").await;
}

#[tokio::test]
async fn a_directory_in_the_place_of_another_is_watched() {
    let mut watched = Watched::start();
    let other = watched.folder.path().join("at/other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("desk.ron"), "second").unwrap();
    fs::rename(&watched.directories.stations, watched.folder.path().join("at/old")).unwrap();
    fs::rename(&other, &watched.directories.stations).unwrap();
    watched.sees("second").await;
    fs::write(watched.desk(), "third").unwrap();
    watched.sees("third").await;
}

#[tokio::test]
async fn a_parent_made_anew_is_watched_again() {
    let mut watched = Watched::start();
    fs::remove_dir_all(watched.folder.path().join("at")).unwrap();
    timeout(BOUND, watched.changes.recv()).await.unwrap().unwrap();
    make(&watched.directories, "second");
    watched.sees("second").await;
    fs::write(watched.desk(), "third").unwrap();
    watched.sees("third").await;
}

#[tokio::test]
async fn hub_models_are_watched_also_when_their_directory_comes_later_or_anew() {
    let mut watched = Watched::start();
    let hubs = watched.directories.hubs.clone();
    for (round, removed) in [("first", "hubs/of/mine"), ("second", "hubs"), ("third", "hubs/of/mine")] {
        fs::create_dir_all(&hubs).unwrap();
        fs::write(hubs.join("mine.ron"), round).unwrap();
        watched.sees_hub(round).await;
        fs::write(hubs.join("mine.ron"), format!("{round}, changed")).unwrap();
        watched.sees_hub(&format!("{round}, changed")).await;
        fs::remove_dir_all(watched.folder.path().join(removed)).unwrap();
        watched.finds(|files| files.hubs.is_empty()).await;
    }
    // A plain write elsewhere is still seen.
    fs::write(watched.desk(), "desk").unwrap();
    watched.sees("desk").await;
}

#[tokio::test]
async fn the_end_of_the_watcher_ends_the_wake_ups() {
    let Watched { _watcher: watcher, mut changes, .. } = Watched::start();
    drop(watcher);
    while timeout(BOUND, changes.recv()).await.unwrap().is_some() {}
}
