//! Threads that read, each with a connection of its own. Their number and queues bound how much is read at once.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::open;

/// No read takes longer, its time in the queue included: somebody waits for it.
const LIMIT: Duration = Duration::from_secs(5);
/// Reads that may wait for one thread; at the usual fraction of a millisecond each, none waits noticeably.
const QUEUE: usize = 64;
/// The clock is looked at every so many steps of SQLite's machine, about a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// Why nothing could be read. `Display` says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Too many reads wait already.
    #[error("history is busy with other reads: try again in a moment")]
    Busy,
    /// It took longer than 5 s and was ended.
    #[error("reading history took longer than 5 s: ask for one port, or for fewer rows")]
    Slow,
    /// History has ended.
    #[error("history has ended: the service is stopping")]
    Stopped,
    /// The database could not be read.
    #[error("history could not be read: {0}")]
    Database(String),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::Slow,
            _ => Self::Database(open::words(&error)),
        }
    }
}

type Job = Box<dyn FnOnce(Result<&mut Connection, &rusqlite::Error>) + Send>;

/// The way to one reading thread. The thread ends with the last of them.
#[derive(Clone)]
pub(super) struct Lane(mpsc::Sender<Job>);

impl Lane {
    pub(super) fn start(name: &str, path: &Path, generation: &Arc<AtomicU64>) -> std::io::Result<Self> {
        let (sender, jobs) = mpsc::channel(QUEUE);
        let file = File { path: path.to_owned(), generation: Arc::clone(generation), opened: None };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || file.serve(jobs))?;
        Ok(Self(sender))
    }

    /// How many more reads it takes before it is full.
    pub(super) fn room(&self) -> usize {
        self.0.capacity()
    }

    /// Reads with the thread's connection and waits for the answer.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let until = Instant::now() + LIMIT;
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result =
                connection.map_err(|error| ReadError::Database(open::words(error))).and_then(|connection| {
                    if Instant::now() >= until {
                        return Err(ReadError::Busy);
                    }
                    connection
                        .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= until))?;
                    read(connection)
                });
            // Whoever asked may be gone.
            let _gone = done.send(result);
        });
        self.0.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ReadError::Busy,
            mpsc::error::TrySendError::Closed(_) => ReadError::Stopped,
        })?;
        answer.await.map_err(|_| ReadError::Stopped)?
    }
}

/// The file as one thread sees it.
struct File {
    path: PathBuf,
    /// Changes when the file is another one.
    generation: Arc<AtomicU64>,
    opened: Option<(u64, Connection)>,
}

impl File {
    fn serve(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            match self.connection() {
                Ok(connection) => job(Ok(connection)),
                Err(error) => job(Err(&error)),
            }
        }
    }

    fn connection(&mut self) -> rusqlite::Result<&mut Connection> {
        let generation = self.generation.load(Ordering::Relaxed);
        let opened = match self.opened.take() {
            Some((of, connection)) if of == generation => (of, connection),
            _ => (generation, open::open_read_only(&self.path)?),
        };
        Ok(&mut self.opened.insert(opened).1)
    }
}
