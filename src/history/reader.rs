//! The door to what was written. Reads run on threads of their own and are limited in number, rows and time.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    lived::{self, Lived},
    query::{self, Filter, ROW_LIMIT, Stored, StoredReport, StoredSwitch},
    rule_news::{self, RuleNews},
    series::{self, Series, SeriesAsked},
    sessions, shadow,
    tokens::{self, Token},
    versions::{self, VersionEntry},
    writer::Control,
};
use crate::model::{
    Decision, DecisionId, DeviceName, Event, KeptVersion, PortId, PortMemory, RuleName, Session,
    ShadowDecision, ShadowEnd, ShadowEntry, ShadowId, ShadowTallies, StationMemory, StationName, Timestamp,
    Version,
};

/// How long `flush` waits: a commit takes milliseconds unless the disk fails.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);
/// How long `save_version` waits: a sync of a slow memory card takes seconds at worst.
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

    /// The id of the last decision of a station; `None` when it has none.
    pub async fn last_decision(&self, station: &StationName) -> Result<Option<DecisionId>, ReadError> {
        let station = station.clone();
        self.read(move |connection| query::last_decision(connection, &station)).await
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

    /// What is remembered of a station beside its ports.
    pub async fn station_memory(&self, station: &StationName) -> Result<StationMemory, ReadError> {
        let station = station.clone();
        self.read(move |connection| query::station_memory(connection, &station)).await
    }

    /// When these rules decided last, and which of them failed since then.
    pub async fn rule_news(
        &self,
        rules: BTreeSet<RuleName>,
        since: Timestamp,
    ) -> Result<BTreeMap<RuleName, RuleNews>, ReadError> {
        self.read(move |connection| rule_news::news(connection, rules, since)).await
    }

    /// The sessions of a device that began from `since` on, the newest first: before this number, at most so many.
    pub async fn sessions(
        &self,
        device: &DeviceName,
        since: Timestamp,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Stored<Session>>, ReadError> {
        let device = device.clone();
        self.read(move |connection| sessions::sessions(connection, &device, since, before, limit)).await
    }

    /// What a device lived through from one moment until just before another.
    pub async fn lived(
        &self,
        device: &DeviceName,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Lived, ReadError> {
        let device = device.clone();
        self.read(move |connection| lived::lived(connection, &device, from, to)).await
    }

    /// The course of a device, from the roll-ups and what is not in them yet; `None` when it never reported.
    pub async fn series(&self, asked: SeriesAsked) -> Result<Option<Series>, ReadError> {
        self.read(move |connection| series::series(connection, &asked)).await
    }

    /// The newest version that came to work and is whole: the last good one.
    pub async fn last_version(&self) -> Result<Option<KeptVersion>, ReadError> {
        self.read(|connection| versions::last(connection)).await
    }

    /// A version with all its files, as it was when it last came to work; `None` when it is not kept, or not whole.
    pub async fn version(&self, version: &Version) -> Result<Option<KeptVersion>, ReadError> {
        let version = version.clone();
        self.read(move |connection| versions::version(connection, &version)).await
    }

    /// What came to work, the newest first: before this number, at most so many; with `rule` only what changed that
    /// rule or its tests.
    pub async fn versions(
        &self,
        before: Option<i64>,
        limit: u32,
        rule: Option<RuleName>,
    ) -> Result<Vec<Stored<VersionEntry>>, ReadError> {
        let rule = rule.map(|rule| rule.as_str().to_owned());
        self.read(move |connection| {
            versions::versions(connection, before, limit.min(ROW_LIMIT), rule.as_deref())
        })
        .await
    }

    /// The text with this hash, see [`FileEntry::hash`](super::FileEntry::hash).
    pub async fn text(&self, hash: &str) -> Result<Option<String>, ReadError> {
        let hash = hash.to_owned();
        self.read(move |connection| versions::text(connection, &hash)).await
    }

    /// Keeps a version that came to work, as the last good one; answers once it is on disk, safe from a power cut.
    /// One that is the newest already is not noted twice.
    pub async fn save_version(&self, kept: KeptVersion) -> Result<(), ReadError> {
        self.ask(SAVE_LIMIT, |done| Control::SaveVersion { kept: Box::new(kept), done }).await
    }

    /// Keeps a shadow, in place of the one before it; answers once it is on disk, safe from a power cut.
    pub async fn begin_shadow(&self, entry: ShadowEntry) -> Result<(), ReadError> {
        let change = shadow::Change::Begin(entry);
        self.ask(SAVE_LIMIT, |done| Control::Shadow { change, done }).await
    }

    /// Ends a shadow; answers once that is on disk.
    pub async fn end_shadow(&self, id: ShadowId, at: Timestamp, how: ShadowEnd) -> Result<(), ReadError> {
        let change = shadow::Change::End { id, at, how };
        self.ask(SAVE_LIMIT, |done| Control::Shadow { change, done }).await
    }

    /// The shadow that has not ended.
    pub async fn shadow(&self) -> Result<Option<ShadowEntry>, ReadError> {
        self.read(|connection| shadow::present(connection)).await
    }

    /// What was counted of a shadow, as it was written last.
    pub async fn shadow_tallies(&self, id: ShadowId) -> Result<ShadowTallies, ReadError> {
        self.read(move |connection| shadow::tallies(connection, id)).await
    }

    /// The decisions from which a shadow differs, the newest first, before the row of this number.
    pub async fn shadow_decisions(
        &self,
        id: ShadowId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Stored<ShadowDecision>>, ReadError> {
        self.read(move |connection| shadow::decisions(connection, id, before, limit)).await
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
