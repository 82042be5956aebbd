//! The channels between those who ask for other files, those who want to know of them, and the one who takes them.

use std::sync::Arc;

use tokio::{
    signal::unix::Signal,
    sync::{mpsc, watch},
};

use crate::{
    config::Plan,
    history::{Health, Reader},
    http,
    model::ConfigState,
    settings::Settings,
    workshop::{self, Change, Workshop},
};

/// Requests to reload that may wait; each waits for the one before it.
const RELOADS: usize = 16;

/// Where reasons come from, and where news go.
pub(super) struct Wires {
    /// The plan at work.
    pub(super) plan: watch::Sender<Arc<Plan>>,
    /// The state of the files.
    pub(super) state: watch::Sender<Arc<ConfigState>>,
    /// Who wants the files read.
    pub(super) requests: mpsc::Receiver<http::ReloadRequest>,
    /// Who wants them changed.
    pub(super) changes: mpsc::Receiver<Change>,
    /// How history fares.
    pub(super) health: watch::Receiver<Health>,
    /// Signals.
    pub(super) hangup: Option<Signal>,
}

/// The other ends of what the reloader is wired to.
pub(super) struct Ends {
    pub(super) plan: watch::Receiver<Arc<Plan>>,
    pub(super) config: watch::Receiver<Arc<ConfigState>>,
    pub(super) reload: mpsc::Sender<http::ReloadRequest>,
    changes: mpsc::Sender<Change>,
}

impl Ends {
    /// What the API tries things out with.
    pub(super) fn workshop(&self, settings: &Settings, reader: &Reader) -> Workshop {
        let directories = settings.directories.clone();
        Workshop::new(self.plan.clone(), directories, reader.clone(), self.changes.clone())
    }
}

/// Both ends, for a plan and the state of the files it was made from.
pub(super) fn wires(
    plan: Arc<Plan>,
    state: ConfigState,
    health: watch::Receiver<Health>,
    hangup: Option<Signal>,
) -> (Wires, Ends) {
    let (state, config) = watch::channel(Arc::new(state));
    let (plan, plan_at_work) = watch::channel(plan);
    let (reload, requests) = mpsc::channel(RELOADS);
    let (ask_change, changes) = workshop::changes();
    let wires = Wires { plan, state, requests, changes, health, hangup };
    (wires, Ends { plan: plan_at_work, config, reload, changes: ask_change })
}
