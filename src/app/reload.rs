//! New files become a new plan, as a whole or not at all.

use std::{sync::Arc, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, oneshot, watch},
    time::{Interval, MissedTickBehavior, interval, sleep},
};

use super::{stations::Stations, tasks::Tasks};
use crate::{
    config::{self, Files, Plan, Watcher},
    controller::{Clock, Directory},
    history::Reader,
    model::{ConfigState, Diagnostic, Event, EventKind, Loaded, Rejected, Version},
    settings::Settings,
};

/// Some file systems tell nothing of changes: the files are also looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// A file that does not check may be half written: it is read once more after this long.
const SECOND_READING: Duration = Duration::from_millis(150);

type Answer = oneshot::Sender<Arc<ConfigState>>;

/// Why the files are looked at.
pub(super) enum Reason {
    /// Somebody asked, and waits for the answer.
    Request(Answer),
    /// Somebody asked by a signal.
    Hangup,
    /// They changed, or it is time to look again.
    Change,
}

/// Waits for changes of the files, from wherever they are told, and takes them one at a time.
pub(super) struct Reloader {
    settings: Settings,
    clock: Clock,
    reader: Reader,
    plan: Arc<Plan>,
    publish_plan: watch::Sender<Arc<Plan>>,
    /// The plan is known to be kept as the last good one.
    kept: bool,
    state: watch::Sender<Arc<ConfigState>>,
    requests: mpsc::Receiver<Answer>,
    /// Kept alive: dropping it ends the watch.
    _watcher: Option<Watcher>,
    changes: mpsc::Receiver<()>,
    hangup: Option<Signal>,
    look: Interval,
    /// The files that were last looked at, taken or not.
    seen: Option<Version>,
}

impl Reloader {
    pub(super) fn new(
        publish_plan: watch::Sender<Arc<Plan>>,
        state: watch::Sender<Arc<ConfigState>>,
        requests: mpsc::Receiver<Answer>,
        reader: Reader,
        settings: &Settings,
        clock: Clock,
        hangup: Option<Signal>,
    ) -> Self {
        let (watcher, changes) = match config::watch(&settings.directories) {
            Ok((watcher, changes)) => (Some(watcher), changes),
            Err(error) => {
                tracing::warn!("changes of files are seen only every {} s: {error}", LOOK_EVERY.as_secs());
                (None, mpsc::channel(1).1)
            }
        };
        // The first look is at once: the plan was read before anybody watched.
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let plan = Arc::clone(&publish_plan.borrow());
        let seen = state.borrow().rejected.is_none().then(|| plan.version.clone());
        let settings = settings.clone();
        Self {
            settings,
            clock,
            reader,
            plan,
            publish_plan,
            kept: false,
            state,
            requests,
            _watcher: watcher,
            changes,
            hangup,
            look,
            seen,
        }
    }

    /// Waits until there is a reason to look at the files. Nothing is lost when it is not waited for to the end.
    pub(super) async fn wait(&mut self) -> Reason {
        tokio::select! {
            Some(()) = self.changes.recv() => Reason::Change,
            Some(answer) = self.requests.recv() => Reason::Request(answer),
            () = hung_up(&mut self.hangup) => Reason::Hangup,
            _ = self.look.tick() => Reason::Change,
        }
    }

    /// Looks at the files and takes them if they are new and good.
    pub(super) async fn take(
        &mut self,
        reason: Reason,
        stations: &mut Stations,
        tasks: &mut Tasks,
        directory: &Directory,
    ) {
        let news = self.reload(stations, tasks, directory).await;
        if !news && !matches!(reason, Reason::Change) {
            self.unchanged();
        }
        if let Reason::Request(answer) = reason {
            // Whoever asked may have gone away.
            let _ = answer.send(Arc::clone(&self.state.borrow()));
        }
    }

    /// True when there was something to tell.
    async fn reload(&mut self, stations: &mut Stations, tasks: &mut Tasks, directory: &Directory) -> bool {
        let files = read(&self.settings).await;
        if files.as_ref().is_ok_and(|files| Some(files.hash()) == self.seen) {
            self.keep_plan().await;
            return false;
        }
        let (version, checked) = check_twice(files, &self.settings).await;
        self.seen = version;
        match checked {
            Ok(plan) => {
                if plan.version != self.plan.version {
                    stations.apply(&plan, tasks).await;
                    self.kept = false;
                }
                self.plan = Arc::new(plan);
                self.publish_plan.send_replace(Arc::clone(&self.plan));
                self.taken(directory);
                self.keep_plan().await;
                true
            }
            Err(problems) => self.rejected(problems, directory),
        }
    }

    /// Tried again at the next look when the disk does not take it.
    pub(super) async fn keep_plan(&mut self) {
        if !self.kept {
            self.kept = keep(&self.plan, &self.reader).await;
        }
    }

    fn taken(&self, directory: &Directory) {
        let at = self.clock.now();
        let version = self.plan.version.clone();
        let warnings = self.plan.warnings.clone();
        tracing::info!(%version, warnings = warnings.len(), "new files are at work");
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        let kind = EventKind::ConfigLoaded { version: version.to_string() };
        let active = Loaded { version, at, from_memory: false, warnings };
        self.state.send_replace(Arc::new(ConfigState { active, rejected: None }));
        directory.tell(Event { at, station: None, port: None, kind });
    }

    /// For whoever asked: that nothing happened is an answer, too.
    fn unchanged(&self) {
        let state = self.state.borrow();
        let version = &state.active.version;
        match &state.rejected {
            None => tracing::info!(%version, "the files are unchanged"),
            Some(rejected) => {
                let problems = rejected.problems.len();
                tracing::warn!(%version, problems, "the files are unchanged and still not taken");
            }
        }
    }

    /// True when these problems were not known yet.
    fn rejected(&self, problems: Vec<Diagnostic>, directory: &Directory) -> bool {
        let state = Arc::clone(&self.state.borrow());
        if state.rejected.as_ref().is_some_and(|known| known.problems == problems) {
            return false;
        }
        for problem in &problems {
            tracing::error!("{problem}");
        }
        tracing::warn!(version = %state.active.version, "the changed files are not taken; the old ones work on");
        let at = self.clock.now();
        let message = problems.first().map(ToString::to_string).unwrap_or_default();
        let kind = EventKind::ConfigRejected { message, problems: problems.len() };
        let rejected = Some(Rejected { at, problems });
        self.state.send_replace(Arc::new(ConfigState { active: state.active.clone(), rejected }));
        directory.tell(Event { at, station: None, port: None, kind });
        true
    }
}

/// SIGHUP from now on; without this it would end the program.
pub(super) fn hangup() -> Option<Signal> {
    signal(SignalKind::hangup()).inspect_err(|error| tracing::warn!("SIGHUP: {error}")).ok()
}

async fn hung_up(signal: &mut Option<Signal>) {
    let received = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if received.is_none() {
        std::future::pending::<()>().await;
    }
}

async fn read(settings: &Settings) -> Result<Files, Vec<Diagnostic>> {
    let (directories, only) = (settings.directories.clone(), settings.stations.clone());
    tokio::task::spawn_blocking(move || Files::read(&directories, &only))
        .await
        .unwrap_or_else(|_| Err(Vec::new()))
}

/// The plan of files, with the version of the bytes that were checked.
async fn check(files: Result<Files, Vec<Diagnostic>>) -> (Option<Version>, Result<Plan, Vec<Diagnostic>>) {
    match files {
        Ok(files) => {
            let version = files.hash();
            let checked = tokio::task::spawn_blocking(move || Plan::check(files)).await;
            (Some(version), checked.unwrap_or_else(|_| Err(Vec::new())))
        }
        Err(problems) => (None, Err(problems)),
    }
}

/// Files that do not check are read once more, since one of them may be half written.
async fn check_twice(
    files: Result<Files, Vec<Diagnostic>>,
    settings: &Settings,
) -> (Option<Version>, Result<Plan, Vec<Diagnostic>>) {
    let first = check(files).await;
    if first.1.is_ok() {
        return first;
    }
    sleep(SECOND_READING).await;
    check(read(settings).await).await
}

/// Reads the files and checks them.
pub(super) async fn read_and_check(settings: &Settings) -> Result<Plan, Vec<Diagnostic>> {
    check_twice(read(settings).await, settings).await.1
}

/// Keeps a plan that works, for a start with broken files. False when that did not succeed.
async fn keep(plan: &Plan, reader: &Reader) -> bool {
    let kept = match serde_json::to_string(&plan.files) {
        Ok(json) => reader.save_plan(plan.version.clone(), json).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    kept.inspect_err(|error| tracing::warn!("the plan could not be kept as the last good one: {error}"))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::time::timeout;

    use super::*;
    use crate::history;

    /// Nothing tells of a change that came after the files were read and before anybody watched.
    #[tokio::test]
    async fn files_that_changed_before_the_watch_began_are_looked_at_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings.ron");
        fs::write(&settings, "()").unwrap();
        fs::create_dir(folder.path().join("stations")).unwrap();
        fs::create_dir(folder.path().join("rules")).unwrap();
        let desk = folder.path().join("stations/desk.ron");
        fs::write(&desk, "(switch: Simulated(), ports: {1: ()})").unwrap();
        let settings = Settings::load(Some(&settings), &|_| None).unwrap();
        let plan = read_and_check(&settings).await.unwrap();
        fs::write(&desk, "(switch: Simulated(), ports: {1: (), 2: ()})").unwrap();

        let history = history::start(&settings.history).unwrap();
        let clock = Clock::real();
        let (version, at) = (plan.version.clone(), clock.now());
        let active = Loaded { version: version.clone(), at, from_memory: false, warnings: Vec::new() };
        let plans = watch::Sender::new(Arc::new(plan));
        let (state, now) = watch::channel(Arc::new(ConfigState { active, rejected: None }));
        let directory = Directory::new(history.journal.clone());
        let mut tasks = Tasks::default();
        let mut stations = Stations::new(
            directory.clone(),
            history.journal.clone(),
            history.reader.clone(),
            clock,
            &settings,
            watch::channel(crate::model::Tally::new()).0,
        );
        let mut reloader =
            Reloader::new(plans, state, mpsc::channel(1).1, history.reader.clone(), &settings, clock, None);
        let reason = timeout(LOOK_EVERY / 3, reloader.wait()).await.expect("a look at once");
        reloader.take(reason, &mut stations, &mut tasks, &directory).await;
        assert_ne!(now.borrow().active.version, version);
        assert_eq!(directory.stations().values().next().unwrap().view().ports.len(), 2);
    }
}
