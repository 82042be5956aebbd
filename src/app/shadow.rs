//! The one owner of the set of rules in shadow: keeps it on disk with its start, makes it anew when the files at work
//! change, and ends it.
//!
//! When its changes do not check any more it waits, and says so; nobody's days of counting are dropped because of
//! somebody else's save. It never writes a user's file.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

use super::stations::Stations;
use crate::{
    config::{Directories, Edit, Plan, text_hash},
    controller::{Clock, Directory},
    history::Reader,
    model::{
        Author, Diagnostic, Event, EventKind, ShadowEnd, ShadowEntry, ShadowId, ShadowTallies, Timestamp,
        Version,
    },
    settings::Settings,
    workshop::{NotShadowed, Shadow, ShadowAnswer, ShadowRequest, ShadowWish, Shadows, shadow_door},
};

/// What is kept is asked for so often before the service starts without: a busy disk passes.
const READINGS: u32 = 5;
/// Between two askings.
const READING_PAUSE: Duration = Duration::from_millis(500);

/// What is kept of the changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptEdit {
    edit: Edit,
    /// The hash of the file when the shadow was started; `None`: there was none.
    base: Option<String>,
}

/// What runs in shadow.
struct Present {
    id: ShadowId,
    at: Timestamp,
    by: Author,
    edits: Vec<KeptEdit>,
    /// What it was made from last, and what came of it.
    over: Version,
    plan: Result<Arc<Plan>, Vec<Diagnostic>>,
    /// Files that it changes and that others have changed since.
    overtaken: Vec<String>,
}

/// The owner.
pub(super) struct Keeper {
    /// The plan at work.
    plan: watch::Receiver<Arc<Plan>>,
    reader: Reader,
    clock: Clock,
    directory: Directory,
    directories: Directories,
    requests: mpsc::Receiver<ShadowRequest>,
    publish: watch::Sender<Option<Arc<Shadow>>>,
    present: Option<Present>,
}

impl Keeper {
    /// An owner of nothing yet, and the door to it.
    pub(super) fn new(
        plan: watch::Receiver<Arc<Plan>>,
        reader: Reader,
        settings: &Settings,
        clock: Clock,
        directory: Directory,
    ) -> (Shadows, Self) {
        let (publish, shadow) = watch::channel(None);
        let (shadows, requests) = shadow_door(shadow);
        let directories = settings.directories.clone();
        (shadows, Self { plan, reader, clock, directory, directories, requests, publish, present: None })
    }

    /// Goes on with what ran in shadow before the last stop.
    pub(super) async fn begin(&mut self, stations: &Stations) {
        let plan = self.plan();
        let mut entry = self.reader.shadow().await;
        for _ in 1..READINGS {
            if entry.is_ok() {
                break;
            }
            sleep(READING_PAUSE).await;
            entry = self.reader.shadow().await;
        }
        let entry = match entry {
            Ok(Some(entry)) => entry,
            Ok(None) => return,
            Err(error) => {
                tracing::error!("what ran in shadow goes not on, it could not be read: {error}");
                return;
            }
        };
        let ShadowEntry { id, at, by, edits } = entry;
        match serde_json::from_str::<Vec<KeptEdit>>(&edits) {
            Ok(edits) => {
                let made = self.make(&plan, &edits).await;
                let (over, overtaken) = (plan.version.clone(), self.overtaken(&plan, &edits));
                self.present = Some(Present { id, at, by, edits, over, plan: made, overtaken });
                self.give(stations).await;
                self.tell_waiting();
            }
            Err(error) => tracing::error!("what ran in shadow is not understood: {error}"),
        }
    }

    /// Waits for a wish. Nothing is lost when it is not waited for to the end.
    pub(super) async fn wait(&mut self) -> ShadowRequest {
        match self.requests.recv().await {
            Some(request) => request,
            None => std::future::pending().await,
        }
    }

    /// Does what is wished.
    pub(super) async fn take(&mut self, request: ShadowRequest, stations: &Stations) {
        let ShadowRequest { wish, by, answer } = request;
        // Whoever does not wait any more was told that nothing happened.
        if answer.is_closed() {
            return;
        }
        let done = match wish {
            ShadowWish::Start(edits) => self.start(edits, by, stations).await,
            ShadowWish::End(id, how) => self.end(id, how, by, stations).await,
        };
        drop(answer.send(done));
    }

    async fn start(&mut self, edits: Vec<Edit>, by: Author, stations: &Stations) -> ShadowAnswer {
        let plan = self.plan();
        let bases = Shadow::bases(&edits, &plan.files);
        let changes = edits.into_iter().zip(bases).filter(|(edit, base)| edit.text != *base);
        let edits: Vec<KeptEdit> =
            changes.map(|(edit, base)| KeptEdit { edit, base: base.as_deref().map(text_hash) }).collect();
        if edits.is_empty() {
            return Err(NotShadowed::Same);
        }
        let made = self.make(&plan, &edits).await.map_err(NotShadowed::Rejected)?;
        let at = self.clock.now();
        // Later than every one before it, also when the clock was set back.
        let before = self.present.as_ref().map_or(0, |present| present.id);
        let id = at.as_microsecond().max(before.saturating_add(1));
        let kept = serde_json::to_string(&edits).map_err(|error| NotShadowed::NotKept(error.to_string()))?;
        let entry = ShadowEntry { id, at, by: by.clone(), edits: kept };
        self.reader.begin_shadow(entry).await.map_err(|error| NotShadowed::NotKept(error.to_string()))?;
        let version = made.version.to_string();
        let over = plan.version.clone();
        let overtaken = Vec::new();
        self.present = Some(Present { id, at, by: by.clone(), edits, over, plan: Ok(made), overtaken });
        self.give(stations).await;
        self.tell(EventKind::ShadowStarted { version, by });
        self.publish.borrow().clone().ok_or(NotShadowed::None)
    }

    async fn end(&mut self, id: ShadowId, how: ShadowEnd, by: Author, stations: &Stations) -> ShadowAnswer {
        let present = self.present.as_ref().filter(|present| present.id == id).ok_or(NotShadowed::None)?;
        let ended = Arc::new(shown(present));
        let at = self.clock.now();
        self.reader.end_shadow(id, at, how).await.map_err(|error| NotShadowed::NotKept(error.to_string()))?;
        self.present = None;
        self.give(stations).await;
        self.tell(EventKind::ShadowEnded { how, by });
        Ok(ended)
    }

    /// The files at work have changed, or stations were started: the shadow follows.
    pub(super) async fn follow(&mut self, stations: &Stations) {
        let plan = self.plan();
        let Some(present) = self.present.as_ref().filter(|present| present.over != plan.version) else {
            return;
        };
        let edits = present.edits.clone();
        let made = self.make(&plan, &edits).await;
        let overtaken = self.overtaken(&plan, &edits);
        if let Some(present) = &mut self.present {
            present.over = plan.version.clone();
            present.plan = made;
            present.overtaken = overtaken;
        }
        self.give(stations).await;
        self.tell_waiting();
    }

    fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan.borrow())
    }

    async fn make(&self, plan: &Plan, edits: &[KeptEdit]) -> Result<Arc<Plan>, Vec<Diagnostic>> {
        let edits: Vec<Edit> = edits.iter().map(|kept| kept.edit.clone()).collect();
        let files = plan.files.edited(&edits, &self.directories);
        let checked = tokio::task::spawn_blocking(move || Plan::check(files)).await;
        checked.unwrap_or_else(|_| Err(Vec::new())).map(Arc::new)
    }

    /// Gives all stations what is to be asked in shadow, and shows it.
    async fn give(&self, stations: &Stations) {
        let plan = self.present.as_ref().and_then(|present| Some((present.id, present.plan.as_ref().ok()?)));
        let tallies = match plan {
            Some((id, _)) => self.tallies(id).await,
            None => ShadowTallies::new(),
        };
        stations.shadow(plan.map(|(id, plan)| (id, &**plan)), &tallies).await;
        self.publish.send_replace(self.present.as_ref().map(|present| Arc::new(shown(present))));
    }

    /// The files of the shadow that say neither what they said at its start nor what it wants them to say.
    fn overtaken(&self, plan: &Plan, edits: &[KeptEdit]) -> Vec<String> {
        let changed = edits.iter().filter(|KeptEdit { edit, base }| {
            let text = plan.files.file(edit.kind, &edit.name).map(|file| &file.text);
            text != edit.text.as_ref() && text.map(|text| text_hash(text)) != *base
        });
        let path = |kept: &KeptEdit| kept.edit.kind.path(&self.directories, &kept.edit.name);
        changed.map(|kept| path(kept).display().to_string()).collect()
    }

    async fn tallies(&self, id: ShadowId) -> ShadowTallies {
        // Counts that were sent a moment ago.
        let _ = self.reader.flush().await;
        let read = self.reader.shadow_tallies(id).await;
        read.inspect_err(|error| tracing::warn!("the counts of the shadow begin anew: {error}"))
            .unwrap_or_default()
    }

    fn tell_waiting(&self) {
        if let Some(Err(problems)) = self.present.as_ref().map(|present| &present.plan) {
            let message = problems.first().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(
                problems = problems.len(),
                "what runs in shadow does not check any more: {message}"
            );
            self.tell(EventKind::ShadowWaits { message, problems: problems.len() });
        }
    }

    fn tell(&self, kind: EventKind) {
        self.directory.tell(Event { at: self.clock.now(), station: None, port: None, kind });
    }
}

fn shown(present: &Present) -> Shadow {
    let plan = present.plan.as_ref();
    Shadow {
        id: present.id,
        at: present.at,
        by: present.by.clone(),
        edits: present.edits.iter().map(|kept| kept.edit.clone()).collect(),
        over: present.over.clone(),
        version: plan.ok().map(|plan| plan.version.clone()),
        problems: plan.err().cloned().unwrap_or_default(),
        overtaken: present.overtaken.clone(),
    }
}
