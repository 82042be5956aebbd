//! New files become a new plan, as a whole or not at all.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, watch},
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    change::{self, Made},
    reading::{Checked, check_twice, read},
    stations::Stations,
    tasks::Tasks,
    wires::Wires,
};
use crate::{
    config::{self, Plan, Watcher},
    controller::{Clock, Directory},
    history::{Health, Reader},
    http,
    model::{
        Author, ConfigState, Diagnostic, Event, EventKind, KeptVersion, Loaded, Origin, Rejected, Source,
        Taken, Version,
    },
    settings::Settings,
    workshop::{Change, Changed, NotChanged},
};

/// Some file systems tell nothing of changes: the files are also looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Why the files are looked at.
pub(super) enum Reason {
    /// Somebody asked, and waits for the answer.
    Request(http::ReloadRequest),
    /// Somebody asked by a signal.
    Hangup,
    /// They changed, or it is time to look again.
    Look,
    /// Somebody wants them changed.
    Change(Box<Change>),
    /// The history file is another one, and may not know what is at work.
    NewHistory,
}

/// What a plan is applied to.
pub(super) struct World<'a> {
    pub(super) stations: &'a mut Stations,
    pub(super) tasks: &'a mut Tasks,
    pub(super) directory: &'a Directory,
}

/// Waits for changes of the files, from wherever they are told, and takes them one at a time.
pub(super) struct Reloader {
    settings: Settings,
    clock: Clock,
    reader: Reader,
    plan: Arc<Plan>,
    /// How it came to work.
    taken: Taken,
    /// It is known to be kept as the last good one, in the history file of which this was moved aside.
    kept: Option<Option<PathBuf>>,
    wires: Wires,
    /// Kept alive: dropping it ends the watch.
    _watcher: Option<Watcher>,
    watched: mpsc::Receiver<()>,
    look: Interval,
    /// The files that were last looked at, taken or not.
    seen: Option<Version>,
}

impl Reloader {
    pub(super) fn new(wires: Wires, reader: Reader, settings: &Settings, clock: Clock) -> Self {
        let (watcher, watched) = match config::watch(&settings.directories) {
            Ok((watcher, watched)) => (Some(watcher), watched),
            Err(error) => {
                tracing::warn!("changes of files are seen only every {} s: {error}", LOOK_EVERY.as_secs());
                (None, mpsc::channel(1).1)
            }
        };
        // The first look is at once: the plan was read before anybody watched.
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let plan = Arc::clone(&wires.plan.borrow());
        let seen = wires.state.borrow().rejected.is_none().then(|| plan.version.clone());
        let origin = Origin { source: Source::Start, by: Author::Service };
        let taken = Taken { version: plan.version.clone(), at: clock.now(), origin };
        let settings = settings.clone();
        Self {
            settings,
            clock,
            reader,
            plan,
            taken,
            kept: None,
            wires,
            _watcher: watcher,
            watched,
            look,
            seen,
        }
    }

    /// Waits until there is a reason to look at the files. Nothing is lost when it is not waited for to the end.
    pub(super) async fn wait(&mut self) -> Reason {
        let wires = &mut self.wires;
        tokio::select! {
            Some(()) = self.watched.recv() => Reason::Look,
            Some(answer) = wires.requests.recv() => Reason::Request(answer),
            Some(change) = wires.changes.recv() => Reason::Change(Box::new(change)),
            () = moved_aside(&mut wires.health, self.kept.as_ref()) => Reason::NewHistory,
            () = hung_up(&mut wires.hangup) => Reason::Hangup,
            _ = self.look.tick() => Reason::Look,
        }
    }

    /// Looks at the files, changes them if somebody wants that, and takes them if they are new and good.
    pub(super) async fn take(&mut self, reason: Reason, world: &mut World<'_>) {
        match reason {
            Reason::Look => {
                self.reload(world).await;
            }
            Reason::Hangup => {
                if !self.reload(world).await {
                    self.unchanged();
                }
            }
            Reason::Request(answer) => {
                if !self.reload(world).await {
                    self.unchanged();
                }
                // Whoever asked may have gone away.
                let _ = answer.send(Arc::clone(&self.wires.state.borrow()));
            }
            Reason::Change(change) => {
                let made = self.change(&change, world).await;
                // The same.
                let _ = change.answer.send(made);
            }
            Reason::NewHistory => self.keep_plan().await,
        }
    }

    /// True when there was something to tell.
    async fn reload(&mut self, world: &mut World<'_>) -> bool {
        let files = read(&self.settings).await;
        if files.as_ref().is_ok_and(|files| Some(files.hash()) == self.seen) {
            self.keep_plan().await;
            return false;
        }
        let checked = check_twice(files, &self.settings).await;
        let origin = Origin { source: Source::Files, by: Author::Service };
        self.adopt(checked, origin, world).await
    }

    /// Writes what somebody wants, and takes the files then as any others.
    async fn change(&mut self, change: &Change, world: &mut World<'_>) -> Result<Changed, NotChanged> {
        let Made { plan, files, kept_aside } =
            Box::pin(change::make(change, &self.plan.files, &self.settings)).await?;
        if let Some(plan) = plan {
            let read = read(&self.settings).await;
            let unchanged = read.as_ref().is_ok_and(|files| files.hash() == plan.version);
            let checked = match unchanged {
                true => (Some(plan.version.clone()), Ok(plan)),
                // Somebody saved right after it was written.
                false => check_twice(read, &self.settings).await,
            };
            tracing::info!(origin = %change.origin, files = files.join(", "), "files were changed");
            self.adopt(checked, change.origin.clone(), world).await;
        } else {
            self.reload(world).await;
        }
        let state = Arc::clone(&self.wires.state.borrow());
        match &state.rejected {
            Some(rejected) if files.is_empty() => Err(NotChanged::Rejected(rejected.problems.clone())),
            Some(rejected) => Err(NotChanged::Written(rejected.problems.clone())),
            None => Ok(Changed { state, files, kept_aside }),
        }
    }

    /// Takes files that were read, if they are good. True when there was something to tell.
    async fn adopt(&mut self, (version, checked): Checked, origin: Origin, world: &mut World<'_>) -> bool {
        self.seen = version;
        match checked {
            Ok(plan) => {
                if plan.version != self.plan.version {
                    world.stations.apply(&plan, world.tasks).await;
                    let version = plan.version.clone();
                    self.taken = Taken { version, at: self.clock.now(), origin };
                    self.kept = None;
                }
                self.plan = Arc::new(plan);
                self.wires.plan.send_replace(Arc::clone(&self.plan));
                self.taken(world.directory);
                self.keep_plan().await;
                true
            }
            Err(problems) => self.rejected(problems, world.directory),
        }
    }

    /// Tried again at the next look when the disk does not take it.
    pub(super) async fn keep_plan(&mut self) {
        let moved = self.wires.health.borrow().moved_aside.clone();
        if self.kept.as_ref() != Some(&moved) && keep(&self.plan, &self.taken, &self.reader).await {
            self.kept = Some(moved);
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
        self.wires.state.send_replace(Arc::new(ConfigState { active, rejected: None }));
        directory.tell(Event { at, station: None, port: None, kind });
    }

    /// For whoever asked: that nothing happened is an answer, too.
    fn unchanged(&self) {
        let state = self.wires.state.borrow();
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
        let state = Arc::clone(&self.wires.state.borrow());
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
        self.wires.state.send_replace(Arc::new(ConfigState { active: state.active.clone(), rejected }));
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

/// Waits until the history file is another one than that in which the plan is kept.
async fn moved_aside(health: &mut watch::Receiver<Health>, kept: Option<&Option<PathBuf>>) {
    let Some(kept) = kept else { return std::future::pending().await };
    if health.wait_for(|health| health.moved_aside != *kept).await.is_err() {
        // History has ended; the program watches that elsewhere.
        std::future::pending::<()>().await;
    }
}

/// Keeps a plan that came to work. False when that did not succeed.
async fn keep(plan: &Plan, taken: &Taken, reader: &Reader) -> bool {
    let kept = KeptVersion { taken: taken.clone(), files: Vec::from(&plan.files) };
    let kept = reader.save_version(kept).await;
    kept.inspect_err(|error| tracing::warn!("the version could not be kept as the last good one: {error}"))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::time::timeout;

    use super::*;
    use crate::{app::reading::read_and_check, history};

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
        let wires = Wires {
            plan: plans,
            state,
            requests: mpsc::channel(1).1,
            changes: mpsc::channel(1).1,
            health: history.health.clone(),
            hangup: None,
        };
        let mut reloader = Reloader::new(wires, history.reader.clone(), &settings, clock);
        let reason = timeout(LOOK_EVERY / 3, reloader.wait()).await.expect("a look at once");
        let mut world = World { stations: &mut stations, tasks: &mut tasks, directory: &directory };
        reloader.take(reason, &mut world).await;
        assert_ne!(now.borrow().active.version, version);
        assert_eq!(directory.stations().values().next().unwrap().view().ports.len(), 2);
    }
}
