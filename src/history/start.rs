//! Begins history: takes the file, starts the writer and the readers.

use std::sync::{Arc, atomic::AtomicU64};

use tokio::sync::{mpsc, oneshot, watch};

use super::{
    HistorySettings,
    health::Health,
    open::{self, HistoryError},
    reader::Reader,
    writer::Writer,
};
use crate::model::Record;

/// The journal holds a third of a second of the fastest stream of reports that two cores can take, so that a slow disk
/// or a checkpoint is not felt at once; at about 1 kB each, 32 MB at most, taken only while it is full.
const JOURNAL: usize = 32_768;
/// Questions to the writer; each waits for a commit, so a longer queue would only make all of them late.
const QUESTIONS: usize = 64;

/// History at work.
pub struct Started {
    /// Where records go. History ends when the last sender is gone.
    pub journal: mpsc::Sender<Record>,
    /// What was written.
    pub reader: Reader,
    /// How it fares.
    pub health: watch::Receiver<Health>,
    /// Ends when the writer does.
    pub writer: WriterEnd,
}

/// The end of the writer, to be awaited.
pub struct WriterEnd(oneshot::Receiver<()>);

impl WriterEnd {
    /// Waits until everything is written and the file is free; false when the writer died of a panic.
    pub async fn ended(self) -> bool {
        self.0.await.is_ok()
    }
}

/// Takes the file and begins. Trouble that may pass, such as a full disk, is told in `health` and is no error here.
pub fn start(settings: &HistorySettings) -> Result<Started, HistoryError> {
    let owner = open::lock(&settings.path)?;
    let (health_in, health) = watch::channel(Health::default());
    let generation = Arc::new(AtomicU64::new(0));
    let (control, questions) = mpsc::channel(QUESTIONS);
    let (journal, records) = mpsc::channel(JOURNAL);
    let (end, ended) = oneshot::channel();
    let mut writer = Writer::new(settings, health_in, Arc::clone(&generation));
    writer.begin()?;
    let reader = Reader::start(&settings.path, control, &generation).map_err(HistoryError::Thread)?;
    std::thread::Builder::new()
        .name("history-write".to_owned())
        .spawn(move || {
            // A clock of its own: this thread blocks on the disk, which no thread of the service may.
            match tokio::runtime::Builder::new_current_thread().enable_time().build() {
                Ok(clock) => {
                    clock.block_on(writer.run(records, questions));
                    // The file is free before the end is told.
                    drop(owner);
                    let _nobody_waits = end.send(());
                }
                Err(error) => tracing::error!(%error, "history has no clock and ends"),
            }
        })
        .map_err(HistoryError::Thread)?;
    Ok(Started { journal, reader, health, writer: WriterEnd(ended) })
}
