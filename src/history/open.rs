//! Opens the database file: who owns it, which version it has, and what happens with a broken one.
//!
//! Must never delete or overwrite a file that could not be understood; it is moved aside.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};
use rusqlite_migration::{HookError, M, Migrations};

use super::{salvage, versions};

/// How many steps there are: the format that this program writes.
const FORMAT: i64 = 6;
/// `PRAGMA application_id` of our files: "scs1".
const OURS: i64 = 0x7363_7331;
/// The write-ahead log is cut back to this after a checkpoint: four times what SQLite lets gather before one.
const LOG_LIMIT_BYTES: i64 = 16 << 20;

/// What makes the tables, step by step.
fn steps() -> Vec<M<'static>> {
    vec![
        M::up(include_str!("schema/0001.sql")),
        M::up_with_hook(include_str!("schema/0002.sql"), |step: &Transaction<'_>| {
            versions::carry_over(step, step)?;
            step.execute_batch("DROP TABLE plans").map_err(HookError::from)
        }),
        M::up(include_str!("schema/0003.sql")),
        M::up(include_str!("schema/0004.sql")),
        M::up(include_str!("schema/0005.sql")),
        M::up(include_str!("schema/0006.sql")),
    ]
}

/// Why history could not be begun. `Display` says what to do.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another process owns the file.
    #[error(
        "another scs uses the history file `{}`: stop it, or give this one a file of its own in settings.ron",
        .0.display()
    )]
    InUse(PathBuf),
    /// A later version of the program wrote it.
    #[error(
        "the history file `{}` was written by a newer scs (format {found}, this one knows {known}): update scs, or move the file away",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The last format that this program knows.
        known: i64,
    },
    /// It is a SQLite file of something else.
    #[error("`{}` is a database of another program: name another path for history in settings.ron", .0.display())]
    Foreign(PathBuf),
    /// The folder or the lock file cannot be made.
    #[error("no history can be kept at `{}`: {source}; give the service's user a folder it may write to", .path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite could not open it.
    #[error("the history file `{}` cannot be used: {}", .path.display(), words(.source))]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A thread could not be started.
    #[error("no thread could be started for history: {0}")]
    Thread(io::Error),
}

/// A database ready to be written.
pub(super) struct Opened {
    pub(super) connection: Connection,
    /// Set when the file was broken: where it is now, and what is lost, in words.
    pub(super) moved: Option<Moved>,
}

/// A broken file was moved aside.
pub(super) struct Moved {
    pub(super) to: PathBuf,
    pub(super) message: String,
}

/// Takes the lock that makes this process the only writer; it is held until the file is dropped.
pub(super) fn lock(path: &Path) -> Result<File, HistoryError> {
    let folder = |source| HistoryError::Folder { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(folder)?;
    }
    let lock_path = beside(path, ".lock");
    let file = private()
        .create(true)
        .truncate(false)
        .open(&lock_path)
        // On a read-only disk a lock file of an earlier run still serves.
        .or_else(|error| File::open(&lock_path).map_err(|_| error))
        .map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(HistoryError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(folder(error)),
    }
}

/// Opens the file for writing, makes or updates its tables; a broken file is moved aside and a new one begun.
pub(super) fn open(path: &Path) -> Result<Opened, HistoryError> {
    match open_checked(path) {
        Ok(connection) => Ok(Opened { connection, moved: None }),
        Err(HistoryError::Database { source, .. }) if is_broken(&source) => begin_again(path, &source),
        Err(error) => Err(error),
    }
}

/// Moves the file aside and begins a new one, with what can still be read of the small tables.
pub(super) fn begin_again(path: &Path, why: &rusqlite::Error) -> Result<Opened, HistoryError> {
    let to = aside(path, "broken");
    let moved = |source| HistoryError::Folder { path: path.to_owned(), source };
    std::fs::rename(path, &to).map_err(moved)?;
    move_log(path, &to).map_err(moved)?;
    let mut connection = open_checked(path)?;
    let saved = salvage::copy(&to, &mut connection);
    let message = format!(
        "the history file was broken ({why}) and is now `{}`; a new one was begun; taken over from it: {saved}; \
         other modes, names and tokens that people set are lost: set them again",
        to.display()
    );
    Ok(Opened { connection, moved: Some(Moved { to, message }) })
}

/// A name beside the path that says what was done with what is there now, and when.
pub(super) fn aside(path: &Path, why: &str) -> PathBuf {
    beside(path, &format!(".{why}-{}", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ")))
}

/// Moves the log of a file that is at its path no more: applied to another file it would break that too.
pub(super) fn move_log(path: &Path, to: &Path) -> io::Result<()> {
    for tail in ["-wal", "-shm"] {
        match std::fs::rename(beside(path, tail), beside(to, tail)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The file at a path, told from others by its disk and its number there; `None`: there is none.
pub(super) fn identity(path: &Path) -> io::Result<Option<(u64, u64)>> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(Some((file.dev(), file.ino()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the file for token commands, which run beside a service that owns it.
pub(super) fn open_beside(path: &Path) -> Result<Connection, HistoryError> {
    let failed = |source| HistoryError::Database { path: path.to_owned(), source };
    if path.exists() {
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
        if check_version(path, &connection)? == FORMAT {
            return Ok(connection);
        }
    }
    // The tables are not there yet, or old: only the owner may change them, and an owner made them already.
    let _owner = lock(path)?;
    open_checked(path)
}

/// Opens the file for reading only.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, rusqlite::Error> {
    let open = |name: &Path, more| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connection = Connection::open_with_flags(name, flags)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        // The default of 2 MB for every reader would be felt on a small machine.
        connection.pragma_update(None, "cache_size", -512)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    open(path, OpenFlags::empty()).or_else(|error| {
        // On a full or read-only disk the index of the log cannot be made; without a log it is not needed.
        let log = std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len());
        let text = path.to_str().filter(|text| log == 0 && !text.contains(['?', '#', '%']));
        let Some(text) = text.filter(|_| is_passing(&error)) else { return Err(error) };
        let name = PathBuf::from(format!("file:{text}?immutable=1"));
        open(&name, OpenFlags::SQLITE_OPEN_URI).map_err(|_| error)
    })
}

/// True for damage to the file itself.
pub(super) fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// True for trouble around the file that may pass by itself: a full disk, a lock, a failing device.
pub(super) fn is_passing(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory
        )
    )
}

/// What went wrong in words, with what to do.
pub(super) fn words(error: &rusqlite::Error) -> String {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "free some space on its disk",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "see that the service's user may write the file and its folder"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds it locked: close that program"
        }
        Some(ErrorCode::SystemIoFailure) => "see whether its disk is full or failing",
        _ => return error.to_string(),
    };
    format!("{error}; {hint}")
}

fn open_checked(path: &Path) -> Result<Connection, HistoryError> {
    let failed = |source| HistoryError::Database { path: path.to_owned(), source };
    // SQLite would make it readable for everybody; it holds token hashes and what people do. The log and its
    // index take over the mode of the file. A file that is there must not be opened and closed here: that would
    // take away the locks that SQLite holds on it by other connections of this process.
    match private().create_new(true).open(path) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
            return Err(HistoryError::Folder { path: path.to_owned(), source });
        }
        _ => {}
    }
    let mut connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    // A token command or a look with sqlite3 takes milliseconds; control does not wait for this.
    connection.busy_timeout(Duration::from_secs(1)).map_err(failed)?;
    check_version(path, &connection)?;
    prepare(&mut connection).map_err(failed)?;
    Ok(connection)
}

fn prepare(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    // Both before anything is written, or they have no effect. A report touches some nine pages here and there:
    // with pages of 2 kB instead of 4 half as much is written to the memory card.
    connection.pragma_update(None, "page_size", 2_048)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.query_row(&format!("PRAGMA journal_size_limit = {LOG_LIMIT_BYTES}"), [], |_| Ok(()))?;
    // 4 MB, as with SQLite's own pages: a page that changes often is brought in once, not every time.
    connection.query_row("PRAGMA wal_autocheckpoint = 2000", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // A full batch fits, so that no page is written twice for it; taken only when it is needed.
    connection.pragma_update(None, "cache_size", -6_000)?;
    Migrations::new(steps()).to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err,
        other => rusqlite::Error::ToSqlConversionFailure(other.into()),
    })?;
    // The small tables are what must not be lost: a break in them is found now, not when they are needed.
    connection.query_row(
        "SELECT (SELECT total(length(memory)) FROM ports), (SELECT total(bytes) FROM texts), (SELECT total(length(files)) FROM versions),
                (SELECT total(length(hash)) FROM tokens), (SELECT max(n) FROM reports),
                (SELECT max(n) FROM decisions), (SELECT max(n) FROM switches), (SELECT max(n) FROM events),
                (SELECT total(length(edits)) FROM shadows), (SELECT max(n) FROM shadow_decisions),
                (SELECT max(id) FROM installation), (SELECT total(reports) FROM days)",
        [],
        |_| Ok(()),
    )
}

/// The format of the file: 0 for an empty one.
fn check_version(path: &Path, connection: &Connection) -> Result<i64, HistoryError> {
    let read = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let versions = || Ok((read("PRAGMA user_version")?, read("PRAGMA application_id")?));
    let tables = || read("SELECT count(*) FROM sqlite_schema");
    let failed = |source| HistoryError::Database { path: path.to_owned(), source };
    let (found, application) = versions().map_err(failed)?;
    if application != OURS && (found != 0 || tables().map_err(failed)? != 0) {
        return Err(HistoryError::Foreign(path.to_owned()));
    }
    if found > FORMAT {
        return Err(HistoryError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(found)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

/// The path with something added to the file's name.
pub(super) fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_the_number_of_steps() {
        assert_eq!(usize::try_from(FORMAT), Ok(steps().len()));
        assert_eq!(Migrations::new(steps()).validate(), Ok(()));
    }
}
