//! The door to what was written. Reads run on threads of their own and are limited in number, rows and time.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    lane::{Lane, ReadError},
    query::{self, Filter, Stored, StoredReport, StoredSwitch},
    tokens::{self, Token},
    writer::Control,
};
use crate::model::{Decision, DecisionId, Event, PortId, PortMemory, StationName, Version};

/// How long `flush` waits: a commit takes milliseconds unless the disk fails.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);
/// How long `save_plan` waits: a sync of a slow memory card takes seconds at worst.
const SAVE_LIMIT: Duration = Duration::from_secs(10);

/// Reads history. Cheap to clone; the reading threads end with the last clone.
#[derive(Clone)]
pub struct Reader {
    /// Two, so that one long read does not hold up the others.
    lanes: [Lane; 2],
    /// Tokens have their own: a request is not kept at the door by somebody's charts.
    door: Lane,
    turn: Arc<AtomicUsize>,
    control: mpsc::Sender<Control>,
}

impl Reader {
    pub(super) fn start(
        path: &Path,
        control: mpsc::Sender<Control>,
        generation: &Arc<AtomicU64>,
    ) -> std::io::Result<Self> {
        let lane = |name| Lane::start(name, path, generation);
        Ok(Self {
            lanes: [lane("history-read-1")?, lane("history-read-2")?],
            door: lane("history-tokens")?,
            turn: Arc::default(),
            control,
        })
    }

    /// Decisions, the newest first.
    pub async fn decisions(&self, filter: Filter) -> Result<Vec<Stored<Decision>>, ReadError> {
        self.read(move |connection| query::decisions(connection, &filter)).await
    }

    /// One decision, complete.
    pub async fn decision(
        &self,
        station: &StationName,
        id: DecisionId,
    ) -> Result<Option<Decision>, ReadError> {
        let station = station.clone();
        self.read(move |connection| query::decision(connection, &station, id)).await
    }

    /// Reports that were taken, the newest first.
    pub async fn reports(&self, filter: Filter) -> Result<Vec<Stored<StoredReport>>, ReadError> {
        self.read(move |connection| query::reports(connection, &filter)).await
    }

    /// Switches with what was seen afterwards, the newest first. The filter's device does not count.
    pub async fn switches(&self, filter: Filter) -> Result<Vec<Stored<StoredSwitch>>, ReadError> {
        self.read(move |connection| query::switches(connection, &filter)).await
    }

    /// Events, the newest first. The filter's device does not count.
    pub async fn events(&self, filter: Filter) -> Result<Vec<Stored<Event>>, ReadError> {
        self.read(move |connection| query::events(connection, &filter)).await
    }

    /// What is remembered of a station's ports.
    pub async fn memory(&self, station: &StationName) -> Result<BTreeMap<PortId, PortMemory>, ReadError> {
        let station = station.clone();
        self.read(move |connection| query::memory(connection, &station)).await
    }

    /// The last good plan as it was given to [`Reader::save_plan`].
    pub async fn last_plan(&self) -> Result<Option<(Version, String)>, ReadError> {
        self.read(|connection| query::last_plan(connection)).await
    }

    /// Keeps a plan as the last good one; answers once it is on disk, safe from a power cut.
    pub async fn save_plan(&self, version: Version, json: String) -> Result<(), ReadError> {
        self.ask(SAVE_LIMIT, |done| Control::SavePlan { version, json, done }).await
    }

    /// Has everything written that was sent into the journal before, so that the next read sees it. Waits for 1 s at
    /// most.
    pub async fn flush(&self) -> Result<(), ReadError> {
        self.ask(FLUSH_LIMIT, Control::Flush).await
    }

    /// The token with this secret. One indexed read (about 10 µs) and two hops between threads: tokens added or removed
    /// by another process count at once.
    pub async fn find_token(&self, secret: &str) -> Result<Option<Token>, ReadError> {
        let Some(hash) = tokens::hash(secret) else { return Ok(None) };
        self.door.read(move |connection| Ok(tokens::find(connection, &hash)?)).await
    }

    /// True when there is any token.
    pub async fn has_tokens(&self) -> Result<bool, ReadError> {
        self.door.read(|connection| Ok(tokens::any(connection)?)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let [one, two] = &self.lanes;
        // The emptier one; in turn when both are.
        let lane = match one.room().cmp(&two.room()) {
            std::cmp::Ordering::Greater => one,
            std::cmp::Ordering::Less => two,
            std::cmp::Ordering::Equal if self.turn.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => one,
            std::cmp::Ordering::Equal => two,
        };
        lane.read(read).await
    }

    async fn ask(
        &self,
        limit: Duration,
        question: impl FnOnce(oneshot::Sender<Result<(), String>>) -> Control,
    ) -> Result<(), ReadError> {
        let (done, answer) = oneshot::channel();
        self.control.try_send(question(done)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ReadError::Busy,
            mpsc::error::TrySendError::Closed(_) => ReadError::Stopped,
        })?;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(result)) => result.map_err(ReadError::Database),
            Ok(Err(_)) => Err(ReadError::Stopped),
            Err(_) => Err(ReadError::Busy),
        }
    }
}
