//! What changed in the pictures of the stations since it was told last, gathered, for who shows them all.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::future::select_all;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::dto::Snapshot;
use crate::{
    controller::{Directory, Handle, View},
    model::StationName,
};

/// A decision and its switch follow a report within this, and are told with it.
const TOGETHER: Duration = Duration::from_millis(10);
/// Changes are told at most this often: more nobody sees.
const PACE: Duration = Duration::from_millis(50);

/// The pictures as they were told.
pub(super) struct Pictures {
    stations: Vec<Told>,
    told_at: Instant,
    /// When the changes that have come are told.
    due: Option<Instant>,
}

struct Told {
    picture: watch::Receiver<View>,
    told: View,
}

impl Pictures {
    /// All stations as they are now, which counts as told.
    pub(super) fn new(directory: &Directory) -> Self {
        let stations: Arc<BTreeMap<StationName, Handle>> = directory.stations();
        let told = |handle: &Handle| {
            let mut picture = handle.changed();
            let told = picture.borrow_and_update().clone();
            Told { picture, told }
        };
        Self { stations: stations.values().map(told).collect(), told_at: Instant::now(), due: None }
    }

    /// Waits until there are changes to tell. Given up in between, nothing is lost.
    pub(super) async fn changed(&mut self) {
        if self.due.is_none() {
            self.any().await;
            self.due = Some((Instant::now() + TOGETHER).max(self.told_at + PACE));
        }
        if let Some(due) = self.due {
            sleep_until(due).await;
        }
    }

    /// The stations and ports that changed since they were told last, which counts as telling them.
    pub(super) fn take(&mut self) -> Snapshot {
        (self.told_at, self.due) = (Instant::now(), None);
        let mut changes = Snapshot::default();
        for Told { picture, told } in &mut self.stations {
            let now = picture.borrow_and_update().clone();
            changes.add_changes(told, &now);
            *told = now;
        }
        changes
    }

    async fn any(&mut self) {
        while !self.stations.is_empty() {
            let waiting = self.stations.iter_mut().map(|one| Box::pin(one.picture.changed()));
            let (changed, which, _) = select_all(waiting).await;
            if changed.is_ok() {
                return;
            }
            // The station has ended; who reads is given the whole picture anyway.
            self.stations.swap_remove(which);
        }
        std::future::pending().await
    }
}
