//! The one thread that writes. It takes records in batches, and goes on while the disk does not.
//!
//! Must never wait for a reader, end before its journal does, or forget the newest memory of a port.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use super::{
    health::Health,
    open::{self, HistoryError, Moved},
    pending::Pending,
    shadow,
    store::{Safety, Store},
};
use crate::model::{KeptVersion, Record, Span, Timestamp};

/// A batch is written at the latest so long after its first record: what `kill -9` may cost.
const GATHER: Duration = Duration::from_millis(500);
/// A batch is written once it has so many records: bigger ones cost hardly less per row.
const BATCH: usize = 2_000;
/// Records are taken together this often: waking for each would cost more than writing it. A person waits no longer.
const TAKE_EVERY: Duration = Duration::from_millis(10);
/// Pauses between tries while the disk takes nothing: doubled each time, from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(10);
/// Old rows are looked for so often; a slice at a time, so that records are taken in between.
const TIDY_EVERY: Duration = Duration::from_mins(10);
const SLICE_PAUSE: Duration = Duration::from_millis(100);
/// At the end the disk gets three chances, so far apart.
const LAST_PAUSES: Duration = Duration::from_secs(1);

/// What readers ask of the writer.
pub(super) enum Control {
    /// Write what was sent until now, then answer.
    Flush(oneshot::Sender<Result<(), String>>),
    /// Keep a version of the files, then answer.
    SaveVersion { kept: Box<KeptVersion>, done: oneshot::Sender<Result<(), String>> },
    /// Begin or end a shadow, then answer.
    Shadow { change: shadow::Change, done: oneshot::Sender<Result<(), String>> },
}

/// Everything that the thread owns.
pub(super) struct Writer {
    path: PathBuf,
    keep: Span,
    store: Option<Store>,
    pending: Pending,
    health: watch::Sender<Health>,
    /// Raised when the file is another one, so that readers open it again.
    generation: Arc<AtomicU64>,
    write_at: Option<Instant>,
    /// The pause after the next failure, while failing.
    pause: Option<Duration>,
    tidy_at: Instant,
}

impl Writer {
    pub(super) fn new(
        path: PathBuf,
        keep: Span,
        health: watch::Sender<Health>,
        generation: Arc<AtomicU64>,
    ) -> Self {
        let tidy_at = Instant::now() + TIDY_EVERY;
        let pending = Pending::default();
        Self { path, keep, store: None, pending, health, generation, write_at: None, pause: None, tidy_at }
    }

    /// Opens the file. Trouble that may pass is not an error: it is tried again.
    pub(super) fn begin(&mut self) -> Result<(), HistoryError> {
        match self.opened(open::open(&self.path)) {
            Err(HistoryError::Database { source, .. }) if open::is_passing(&source) => {
                self.failed(&source);
                Ok(())
            }
            other => other,
        }
    }

    /// Works until the last sender of the journal is gone and everything is written.
    pub(super) async fn run(
        mut self,
        mut journal: mpsc::Receiver<Record>,
        mut control: mpsc::Receiver<Control>,
    ) {
        let mut inbox = Vec::with_capacity(BATCH);
        loop {
            let wake = self.write_at.unwrap_or(self.tidy_at).min(self.tidy_at);
            tokio::select! {
                taken = journal.recv_many(&mut inbox, BATCH) => {
                    if taken == 0 { break }
                    self.take_all(&mut inbox);
                    tokio::time::sleep(TAKE_EVERY).await;
                }
                Some(asked) = control.recv() => {
                    // What was sent before the question is in the queue; its size bounds the loop.
                    let most = journal.max_capacity();
                    inbox.extend(std::iter::from_fn(|| journal.try_recv().ok()).take(most));
                    self.take_all(&mut inbox);
                    self.answer(asked);
                }
                () = tokio::time::sleep_until(wake) => {}
            }
            self.write_if_due(Instant::now());
            self.tidy_if_due(Instant::now());
        }
        self.end().await;
    }

    fn take_all(&mut self, inbox: &mut Vec<Record>) {
        let dropped: u64 = inbox.drain(..).map(|record| self.pending.take(record)).sum();
        if dropped > 0 {
            self.health.send_modify(|health| health.lost += dropped);
        }
        if self.write_at.is_none() && !self.pending.is_empty() {
            self.write_at = Some(Instant::now() + GATHER);
        }
    }

    fn write_if_due(&mut self, now: Instant) {
        let full = self.pause.is_none() && self.pending.len() >= BATCH;
        let late = self.write_at.is_some_and(|at| at <= now);
        // A person waits for the answer: it is tried also between the tries.
        if full || late || self.pending.is_awaited() {
            let safety = if self.pending.is_awaited() { Safety::PowerCut } else { Safety::Process };
            // What went wrong is in `health` and was told to those who waited.
            let _told = self.write(safety);
        }
    }

    /// Writes all that waits and answers those who wait for it.
    fn write(&mut self, safety: Safety) -> Result<(), String> {
        let result = self.try_write(safety);
        for kept in self.pending.answer() {
            let answer = result.clone();
            // The function is a stranger's; its panic must not end history.
            if catch_unwind(AssertUnwindSafe(|| kept(answer))).is_err() {
                tracing::error!("whoever waited for history panicked");
            }
        }
        result
    }

    fn try_write(&mut self, safety: Safety) -> Result<(), String> {
        if self.store.is_none() {
            let opened = open::open(&self.path);
            self.opened(opened).map_err(|error| self.failed_with(error.to_string()))?;
        }
        let Some(store) = &mut self.store else { return Err("history is not open".to_owned()) };
        match store.write(&self.pending, safety) {
            Ok(left_out) => {
                self.pending.written();
                self.write_at = None;
                self.succeeded(left_out);
                if left_out == 0 { Ok(()) } else { Err("history could not write a part of it".to_owned()) }
            }
            Err(error) if open::is_broken(&error) => {
                self.store = None;
                let told = self.failed(&error);
                let begun = open::begin_again(&self.path, &error);
                self.opened(begun).map_err(|error| self.failed_with(error.to_string()))?;
                // What waits goes into the new file at the next try, which is now.
                self.write_at = Some(Instant::now());
                Err(told)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn opened(&mut self, opened: Result<open::Opened, HistoryError>) -> Result<(), HistoryError> {
        let opened = opened?;
        let store = Store::new(opened.connection);
        let failed = |source| HistoryError::Database { path: self.path.clone(), source };
        self.pending.number_from(store.next_number().map_err(failed)?);
        self.store = Some(store);
        self.generation.fetch_add(1, Ordering::Relaxed);
        if let Some(Moved { to, message }) = opened.moved {
            tracing::error!(moved_to = %to.display(), "{message}");
            self.health.send_modify(|health| {
                health.message = message;
                health.moved_aside = Some(to);
            });
        }
        Ok(())
    }

    fn succeeded(&mut self, left_out: u64) {
        let was_failing = self.pause.take().is_some();
        if was_failing {
            tracing::info!("history is written again");
        }
        self.health.send_if_modified(|health| {
            health.lost += left_out;
            if was_failing {
                health.ok = true;
                // A loss by a broken file stays told; other trouble is over.
                if health.moved_aside.is_none() {
                    health.message.clear();
                }
            }
            was_failing || left_out > 0
        });
    }

    fn failed(&mut self, error: &rusqlite::Error) -> String {
        self.failed_with(format!("history could not be written: {}", open::words(error)))
    }

    fn failed_with(&mut self, message: String) -> String {
        let pause = self.pause.unwrap_or(FIRST_PAUSE);
        if self.pause.is_none() {
            tracing::error!(path = %self.path.display(), "{message}");
        }
        self.pause = Some((pause * 2).min(LAST_PAUSE));
        self.write_at = Some(Instant::now() + pause);
        let told = message.clone();
        self.health.send_if_modified(|health| {
            let news = health.ok || health.message != message;
            health.ok = false;
            health.message = message;
            news
        });
        told
    }

    fn answer(&mut self, asked: Control) {
        // Whoever asked may have stopped waiting.
        let _gone = match asked {
            Control::Flush(done) => {
                let safety = if self.pending.is_awaited() { Safety::PowerCut } else { Safety::Process };
                done.send(if self.pending.is_empty() { Ok(()) } else { self.write(safety) })
            }
            Control::SaveVersion { kept, done } => done.send(self.save_version(&kept)),
            Control::Shadow { change, done } => done.send(self.change_shadow(&change)),
        };
    }

    fn change_shadow(&mut self, change: &shadow::Change) -> Result<(), String> {
        let Some(store) = &mut self.store else { return Err(self.health.borrow().message.clone()) };
        store.change_shadow(change).map_err(|error| open::words(&error))
    }

    fn save_version(&mut self, kept: &KeptVersion) -> Result<(), String> {
        let Some(store) = &mut self.store else { return Err(self.health.borrow().message.clone()) };
        store
            .save_version(kept)
            .map_err(|error| format!("the version could not be kept: {}", open::words(&error)))
    }

    fn tidy_if_due(&mut self, now: Instant) {
        if now < self.tidy_at {
            return;
        }
        self.tidy_at = now + TIDY_EVERY;
        let Some(store) = self.store.as_mut().filter(|_| self.pause.is_none()) else { return };
        let Ok(before) = Timestamp::now().checked_sub(self.keep) else { return };
        match store.forget(before) {
            Ok(true) => self.tidy_at = now + SLICE_PAUSE,
            Ok(false) => {
                if let Err(error) = store.checkpoint() {
                    tracing::debug!(%error, "the log of history was not brought in");
                }
            }
            Err(error) => tracing::warn!(error = open::words(&error), "old history was not removed"),
        }
    }

    async fn end(&mut self) {
        for last in [false, false, true] {
            if self.pending.is_empty() || self.write(Safety::PowerCut).is_ok() || last {
                break;
            }
            tokio::time::sleep(LAST_PAUSES).await;
        }
        let lost = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        if lost > 0 {
            tracing::error!(lost, "the end came before history could be written");
            self.health.send_modify(|health| health.lost += lost);
        }
        // Also syncs what was written without a sync.
        if let Some(Err(error)) = self.store.take().map(Store::close) {
            tracing::debug!(%error, "the log of history was not brought in");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use rusqlite::Connection;

    use super::*;
    use crate::model::{Event, EventKind};

    fn event(at: Timestamp) -> Record {
        Record::Event(Arc::new(Event { at, station: None, port: None, kind: EventKind::HistoryBack }))
    }

    /// Lets the paused clock run.
    async fn pass(time: Duration) {
        let _over = tokio::time::timeout(time, std::future::pending::<()>()).await;
    }

    fn count(path: &Path) -> i64 {
        let connection = open::open_read_only(path).unwrap();
        connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap()
    }

    /// A writer on the test's own clock.
    fn writer(path: &Path) -> (mpsc::Sender<Record>, watch::Receiver<Health>, mpsc::Sender<Control>) {
        let (health, seen) = watch::channel(Health::default());
        let (journal, records) = mpsc::channel(10_000);
        let (control, questions) = mpsc::channel(1);
        let keep = Span::from_hours(24);
        let mut writer = Writer::new(path.to_owned(), keep, health, Arc::default());
        writer.begin().unwrap();
        tokio::spawn(writer.run(records, questions));
        (journal, seen, control)
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_is_written_half_a_second_after_its_first_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        let (journal, _health, _control) = writer(&path);
        for _ in 0..10 {
            journal.send(event(Timestamp::now())).await.unwrap();
        }
        pass(GATHER - Duration::from_millis(5)).await;
        assert_eq!(count(&path), 0);
        pass(Duration::from_millis(10)).await;
        assert_eq!(count(&path), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn old_rows_are_removed_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        let (journal, _health, _control) = writer(&path);
        for _ in 0..2_000 {
            journal.send(event(Timestamp::UNIX_EPOCH)).await.unwrap();
        }
        journal.send(event(Timestamp::now())).await.unwrap();
        pass(TIDY_EVERY - Duration::from_secs(1)).await;
        assert_eq!(count(&path), 2_001);
        pass(Duration::from_secs(5)).await;
        assert_eq!(count(&path), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn tries_become_rarer_but_never_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        let (journal, mut health, _control) = writer(&path);
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        journal.send(event(Timestamp::now())).await.unwrap();
        health.wait_for(|health| !health.ok).await.unwrap();
        other.execute_batch("ROLLBACK").unwrap();
        let freed = Instant::now();
        health.wait_for(|health| health.ok).await.unwrap();
        assert!(freed.elapsed() <= LAST_PAUSE, "{:?}", freed.elapsed());
        assert_eq!(count(&path), 1);
    }
}
