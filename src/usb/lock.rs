//! The lock that makes sure that one `uhubctl` runs at a time on this host, whoever starts it.
//!
//! Two at once have wedged hubs, and the tool itself has no lock. It is a lock on a file, so it ends with
//! the process that holds it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::model::SwitchProblem;

/// How often the lock is tried while another program holds it: short against one call (some 100 ms at least).
const PAUSE: Duration = Duration::from_millis(50);

/// For all users: programs of different users meet at this file, and it holds nothing.
const SHARED: u32 = 0o666;

/// Waits for the lock, at most as long as `patience`. It is held until the file is dropped.
pub(super) async fn acquire(path: &Path, patience: Duration) -> Result<File, SwitchProblem> {
    let cannot = |error| SwitchProblem::Permission(format!("lock file `{}`: {error}", path.display()));
    let file = open(path).map_err(cannot)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
            Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                return Err(SwitchProblem::Busy(patience.as_secs()));
            }
            Err(TryLockError::WouldBlock) => sleep(PAUSE).await,
        }
    }
}

/// Reading is enough to lock, and is all that a file of another user allows.
fn open(path: &Path) -> std::io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            match OpenOptions::new().write(true).create_new(true).mode(SHARED).open(path) {
                // Another program was a moment faster; its file is the one to lock.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => File::open(path),
                made => made,
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_file_that_can_only_be_read_locks_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/lock");
        let made = acquire(&path, PAUSE).await.unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
        assert_eq!(acquire(&path, PAUSE).await.err(), Some(SwitchProblem::Busy(0)));
        drop(made);
        assert!(acquire(&path, PAUSE).await.is_ok());
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_made_is_a_question_of_rights() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let problem = acquire(&file.join("lock"), PAUSE).await.err();
        assert!(matches!(problem, Some(SwitchProblem::Permission(why)) if why.starts_with("lock file `")));
    }
}
