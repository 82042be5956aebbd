//! Gives every station of the directory its bridge, and takes it away again.

use std::{collections::BTreeMap, sync::Arc};

use tokio::{sync::watch, task::JoinSet};

use super::{
    MqttSettings,
    bridge::{Bridge, until_stopped},
    notices::Notices,
    status::{Link, Status, StatusLine},
};
use crate::{
    controller::{Clock, Directory, Handle},
    model::StationName,
};

/// Bridges all stations to the broker until `stop` is true, then says `offline` for each, within two seconds.
///
/// Stations that reloads add or remove are followed. `status` always shows how the connections are.
pub async fn run(
    settings: MqttSettings,
    directory: Directory,
    clock: Clock,
    status: watch::Sender<Status>,
    mut stop: watch::Receiver<bool>,
) {
    let mut stations = directory.changed();
    let mut bridges = Bridges {
        settings: Arc::new(settings),
        directory,
        clock,
        status,
        tasks: JoinSet::new(),
        running: BTreeMap::new(),
    };
    loop {
        let present = stations.borrow_and_update().clone();
        bridges.follow(&present);
        tokio::select! {
            () = until_stopped(&mut stop) => break,
            changed = stations.changed() => if changed.is_err() { break },
            Some(ended) = bridges.tasks.join_next() => bridges.ended(ended),
        }
    }
    bridges.follow(&BTreeMap::new());
    while let Some(ended) = bridges.tasks.join_next().await {
        bridges.ended(ended);
    }
}

struct Bridges {
    settings: Arc<MqttSettings>,
    directory: Directory,
    clock: Clock,
    status: watch::Sender<Status>,
    tasks: JoinSet<StationName>,
    running: BTreeMap<StationName, watch::Sender<bool>>,
}

impl Bridges {
    /// Starts and stops bridges until there is one for each station. One that is still saying good-bye keeps its name
    /// and client id until it has ended, and then this is called again.
    fn follow(&mut self, stations: &BTreeMap<StationName, Handle>) {
        for (name, stop) in &self.running {
            if !stations.contains_key(name) {
                stop.send_replace(true);
            }
        }
        for (name, handle) in stations {
            // The station may have ended on its own; the directory will follow.
            let lives = handle.changed().has_changed().is_ok();
            if lives && !self.running.contains_key(name) {
                self.start(name.clone(), handle.clone());
            }
        }
    }

    fn start(&mut self, name: StationName, handle: Handle) {
        let (stop, stopped) = watch::channel(false);
        let line = StatusLine::new(name.clone(), self.status.clone());
        line.set(&Link::Connecting);
        let bridge = Bridge {
            name: name.clone(),
            handle,
            directory: self.directory.clone(),
            settings: Arc::clone(&self.settings),
            line,
            stop: stopped,
            notices: Notices::new(name.clone(), self.directory.clone(), self.clock),
        };
        self.running.insert(name.clone(), stop);
        self.tasks.spawn(async move {
            bridge.run().await;
            name
        });
    }

    fn ended(&mut self, ended: Result<StationName, tokio::task::JoinError>) {
        match ended {
            Ok(name) => {
                self.running.remove(&name);
            }
            Err(error) => {
                // A panic is ours, not a station's: the program ends and is started again.
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
}
