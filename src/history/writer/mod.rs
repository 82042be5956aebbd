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
    HistorySettings,
    health::Health,
    open::{self, HistoryError, Moved},
    pending::Pending,
    roll::Due,
    settings::Retention,
    shadow,
    store::{Safety, Store},
};
use crate::model::{KeptVersion, Record, Timestamp};

/// What is rare and says more than one report waits no longer than this, however long others are gathered.
const SOON: Duration = Duration::from_millis(500);
/// A batch is written once it has so many records: bigger ones cost hardly less per row.
const BATCH: usize = 2_000;
/// Records are taken together this often: waking for each would cost more than writing it. A person waits no longer.
const TAKE_EVERY: Duration = Duration::from_millis(10);
/// Pauses between tries while the disk takes nothing: doubled each time, from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(10);
/// Old rows are looked for so often: each time costs pages all over the file, however few rows go. A slice at a time, so that records are taken in between.
const TIDY_EVERY: Duration = Duration::from_hours(1);
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
    retention: Retention,
    gather: Duration,
    store: Option<Store>,
    /// Which file the store has open.
    file: Option<(u64, u64)>,
    pending: Pending,
    health: watch::Sender<Health>,
    /// Raised when the file is another one, so that readers open it again.
    generation: Arc<AtomicU64>,
    write_at: Option<Instant>,
    /// The pause after the next failure, while failing.
    pause: Option<Duration>,
    tidy_at: Instant,
    roll: Due,
}

impl Writer {
    pub(super) fn new(
        settings: &HistorySettings,
        health: watch::Sender<Health>,
        generation: Arc<AtomicU64>,
    ) -> Self {
        let now = Instant::now();
        Self {
            path: settings.path.clone(),
            retention: settings.retention,
            gather: settings.gather.unsigned_abs(),
            store: None,
            file: None,
            pending: Pending::default(),
            health,
            generation,
            write_at: None,
            pause: None,
            tidy_at: now + TIDY_EVERY,
            roll: Due::new(now),
        }
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
            let wake = [self.write_at, self.roll.at()].into_iter().flatten().fold(self.tidy_at, Instant::min);
            tokio::select! {
                taken = journal.recv_many(&mut inbox, BATCH) => {
                    if taken == 0 { break }
                    self.take_all(&mut inbox);
                    tokio::time::sleep(TAKE_EVERY).await;
                }
                Some(asked) = control.recv() => {
                    self.take_sent(&mut journal, &mut inbox);
                    self.answer(asked);
                }
                () = tokio::time::sleep_until(wake) => {}
            }
            self.write_if_due(Instant::now());
            self.tidy_if_due(Instant::now());
            self.roll_if_due(Instant::now());
        }
        self.end().await;
    }

    /// Takes what was sent until now: it is in the queue, whose size bounds the loop. A batch at a time, since less than
    /// the queue holds may wait for the disk.
    fn take_sent(&mut self, journal: &mut mpsc::Receiver<Record>, inbox: &mut Vec<Record>) {
        let mut left = journal.max_capacity();
        while left > 0 {
            inbox.extend(std::iter::from_fn(|| journal.try_recv().ok()).take(left.min(BATCH)));
            if inbox.is_empty() {
                break;
            }
            left = left.saturating_sub(inbox.len());
            self.take_all(inbox);
            self.write_if_due(Instant::now());
        }
    }

    fn take_all(&mut self, inbox: &mut Vec<Record>) {
        let waits = if inbox.iter().any(is_rare) { SOON.min(self.gather) } else { self.gather };
        let dropped: u64 = inbox.drain(..).map(|record| self.pending.take(record)).sum();
        if dropped > 0 {
            self.health.send_modify(|health| health.lost += dropped);
        }
        // While the disk takes nothing, the next try stands already.
        if self.pause.is_none() && !self.pending.is_empty() {
            let at = Instant::now() + waits;
            self.write_at = Some(self.write_at.map_or(at, |before| before.min(at)));
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
        self.leave_what_was_removed()?;
        if self.store.is_none() {
            let opened = open::open(&self.path);
            self.opened(opened).map_err(|error| self.failed_with(error.to_string()))?;
        }
        let Some(store) = &mut self.store else { return Err("history is not open".to_owned()) };
        match store.write(&self.pending, safety) {
            Ok(left_out) => {
                self.roll.written(self.pending.rows().map(|(_, record)| record), Instant::now());
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

    /// A file that was removed or replaced would take all that is written, and nobody would ever read it.
    fn leave_what_was_removed(&mut self) -> Result<(), String> {
        let there = open::identity(&self.path);
        // Where that cannot be told, writing says what is wrong.
        if self.store.is_none() || there.is_err() || there.is_ok_and(|there| there == self.file) {
            return Ok(());
        }
        self.store = None;
        let moved = open::move_log(&self.path, &open::aside(&self.path, "removed"));
        moved.map_err(|error| self.failed_with(format!("the log of history cannot be moved: {error}")))?;
        Err(self.failed_with(
            "the history file was removed or replaced while the service ran: the one that is there now is used, or a new \
             one is begun; what was in it is gone, with other modes, names and tokens that people set: set them again"
                .to_owned(),
        ))
    }

    fn opened(&mut self, opened: Result<open::Opened, HistoryError>) -> Result<(), HistoryError> {
        let opened = opened?;
        let store = Store::new(opened.connection);
        let failed = |source| HistoryError::Database { path: self.path.clone(), source };
        self.pending.number_from(store.next_number().map_err(failed)?);
        self.store = Some(store);
        self.roll = Due::new(Instant::now());
        self.file = open::identity(&self.path).ok().flatten();
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
        match store.forget(&self.retention, Timestamp::now()) {
            Ok(true) => self.tidy_at = now + SLICE_PAUSE,
            Ok(false) => {
                if let Err(error) = store.checkpoint() {
                    tracing::debug!(%error, "the log of history was not brought in");
                }
            }
            Err(error) => tracing::warn!(error = open::words(&error), "old history was not removed"),
        }
    }

    fn roll_if_due(&mut self, now: Instant) {
        if self.roll.at().is_some_and(|at| at <= now) {
            let rolled = self.store.as_mut().filter(|_| self.pause.is_none()).map(Store::roll);
            self.roll.made(rolled.as_ref(), now);
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

/// Whether a record is one of few: what was switched, what happened, a charge that ended.
fn is_rare(record: &Record) -> bool {
    matches!(record, Record::Switch { .. } | Record::Event(_) | Record::Session(_))
}

#[cfg(test)]
mod tests;
