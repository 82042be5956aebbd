//! Says when the files may have changed. Reads nothing and decides nothing: whoever is told reads and compares.
//!
//! Watches directories, not files: most programs save by putting another file in the place of the old one.
//! Watches their parents too, because `git checkout` may remove and make directories.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::files::{Directories, is_passing};

/// Saving one file takes up to ten events within some milliseconds; after so long without any it is done.
const QUIET: Duration = Duration::from_millis(200);

/// Somebody who saves all the time is served after so long.
const LONGEST: Duration = Duration::from_secs(1);

/// A directory that is not there, and whose parent may be gone too, is looked for this often.
const SEARCH: Duration = Duration::from_secs(2);

/// One waiting wake-up is enough; it stands for all.
const WAKE_UPS: usize = 1;

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    stop: Arc<AtomicBool>,
    wake: SyncSender<()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Full means that the thread is about to look anyway.
        let _ = self.wake.try_send(());
    }
}

/// Watches the directories. The receiver is told when something has changed and it is quiet again: 0.2 s after the
/// last change, at most 1 s after the first. Fails when the system cannot watch; a missing directory is no failure.
pub fn watch(directories: &Directories) -> Result<(Watcher, mpsc::Receiver<()>), notify::Error> {
    let watched: Vec<PathBuf> = [&directories.stations, &directories.rules, &directories.hubs]
        .into_iter()
        .map(std::path::absolute)
        .collect::<Result<_, _>>()
        .map_err(notify::Error::io)?;
    let (wake, woken) = sync_channel(WAKE_UPS);
    let (changed, changes) = mpsc::channel(WAKE_UPS);
    let (waking, looked_at) = (wake.clone(), watched.clone());
    let system = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // A failure may hide a change.
        if event.is_ok_and(|event| !matters(&event, &looked_at)) {
            return;
        }
        // Full means that the thread has not yet looked at the change before.
        let _ = waking.try_send(());
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    let optional = watched.last().cloned().unwrap_or_default();
    let mut watching = Watching { system, watched, optional, woken, changed, stop: stop.clone() };
    let armed = watching.arm()?;
    thread::Builder::new()
        .name("watch".into())
        .spawn(move || watching.run(armed))
        .map_err(notify::Error::io)?;
    Ok((Watcher { stop, wake }, changes))
}

/// Whether an event can mean that a plan would be another one.
fn matters(event: &Event, watched: &[PathBuf]) -> bool {
    // Reading a file is an event too: taking it for a change would never end.
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.need_rescan()
        || event.paths.iter().any(|path| {
            let inside = path.parent().is_some_and(|parent| watched.iter().any(|w| w == parent));
            let gone = event.kind.is_remove() && watched.iter().any(|w| w.parent() == Some(path));
            watched.iter().any(|w| w == path) || (inside && is_ours(path)) || gone
        })
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or("");
    // Mounted configuration, for example of Kubernetes, is changed by turning the link `..data`.
    name == "..data"
        || (!is_passing(name) && [".ron", ".rhai", ".ics"].iter().any(|ending| name.ends_with(ending)))
}

struct Watching {
    system: RecommendedWatcher,
    watched: Vec<PathBuf>,
    /// The one of them that need not be there.
    optional: PathBuf,
    woken: Receiver<()>,
    changed: mpsc::Sender<()>,
    stop: Arc<AtomicBool>,
}

/// What is watched.
#[derive(Default, PartialEq)]
struct Armed {
    /// The directories that are there.
    there: BTreeSet<PathBuf>,
    /// True when nothing is missing that no event would tell of.
    all: bool,
}

impl Watching {
    fn run(mut self, mut armed: Armed) {
        loop {
            let woken = if armed.all {
                self.woken.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.woken.recv_timeout(SEARCH)
            };
            match woken {
                Ok(()) => self.wait_until_quiet(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.stop.load(Ordering::Acquire) || self.changed.is_closed() {
                return;
            }
            // Before the receiver reads: what changes from here on is seen, also in a directory made anew.
            let before = armed;
            armed = self.arm().unwrap_or_default();
            if woken.is_ok() || armed != before {
                // Full means that the receiver has not yet read since the change before.
                let _ = self.changed.try_send(());
            }
        }
    }

    fn wait_until_quiet(&self) {
        let first = Instant::now();
        while let Some(left) = LONGEST.checked_sub(first.elapsed()) {
            match self.woken.recv_timeout(QUIET.min(left)) {
                Ok(()) if !self.stop.load(Ordering::Acquire) => {}
                _ => return,
            }
        }
    }

    /// Watches everything, again where it was watched: the directory of this name may be another one now.
    fn arm(&mut self) -> Result<Armed, notify::Error> {
        let mut armed = Armed { there: BTreeSet::new(), all: true };
        let parents = self.watched.iter().filter_map(|path| path.parent());
        let mut paths: Vec<&Path> = parents.chain(self.watched.iter().map(PathBuf::as_path)).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            // Not watched before: nothing to end.
            let _ = self.system.unwatch(path);
            match self.system.watch(path, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    armed.there.insert(path.to_owned());
                }
                // Its parent, which comes before it in this order, tells when it is made.
                Err(failure) if is_missing(&failure) && path == self.optional => {
                    armed.all &= path.parent().is_some_and(|parent| armed.there.contains(parent));
                }
                Err(failure) if is_missing(&failure) => armed.all = false,
                Err(failure) => return Err(failure),
            }
        }
        Ok(armed)
    }
}

fn is_missing(failure: &notify::Error) -> bool {
    match &failure.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(failure) => failure.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}
