//! The file that keeps two programs from switching at once, and its state.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use tokio::time::{Instant, sleep};

/// Whether another program switches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Nobody does.
    Free,
    /// Another does just now.
    Held,
    /// The file cannot be used.
    Denied(String),
}

/// A service that runs holds the lock for one call at a time, so it is waited for so long.
const LOCK_WITHIN: Duration = Duration::from_secs(2);
/// Between two tries.
const LOCK_PACE: Duration = Duration::from_millis(50);

/// Tries the lock until it is free, for 2 s at most; what is not there is free.
pub(crate) async fn lock(path: &Path) -> Lock {
    let began = Instant::now();
    loop {
        match try_lock(path) {
            Lock::Held if began.elapsed() < LOCK_WITHIN => sleep(LOCK_PACE).await,
            known => return known,
        }
    }
}

fn try_lock(path: &Path) -> Lock {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Lock::Free,
        Err(error) => return Lock::Denied(error.to_string()),
    };
    match file.try_lock_shared() {
        Ok(()) => Lock::Free,
        Err(TryLockError::WouldBlock) => Lock::Held,
        Err(TryLockError::Error(error)) => Lock::Denied(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_lock_is_free_held_or_denied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert_eq!(lock(&path).await, Lock::Free);
        let file = File::create(&path).unwrap();
        assert_eq!(lock(&path).await, Lock::Free);
        file.lock().unwrap();
        assert_eq!(lock(&path).await, Lock::Held);
        assert!(matches!(lock(&path.join("deeper")).await, Lock::Denied(_)));
        let released = async {
            sleep(Duration::from_secs(1)).await;
            file.unlock().unwrap();
        };
        assert_eq!(tokio::join!(lock(&path), released).0, Lock::Free, "a call of a service ends soon");
    }
}
