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

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::model::SwitchProblem;

/// How often the lock is tried while another program holds it: short against one call (some 100 ms at least).
const PAUSE: Duration = Duration::from_millis(50);

/// For all users: programs of different users meet at this file, and it holds nothing.
const SHARED: u32 = 0o666;

/// Waits for the lock, at most as long as `patience`. It is held until the file is dropped.
pub(super) async fn acquire(path: &Path, patience: Duration) -> Result<File, SwitchProblem> {
    let cannot = |error| {
        let why = format!("lock file `{}`: {error}; name another one in settings.ron", path.display());
        SwitchProblem::Permission(why)
    };
    let file = open(path).map_err(cannot)?;
    let started = Instant::now();
    let mut looked = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
            Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                return Err(SwitchProblem::Busy(patience.as_secs()));
            }
            Err(TryLockError::WouldBlock) => {
                if !std::mem::replace(&mut looked, true) {
                    end_orphans(path);
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// Ends calls that a service has left behind when it was killed: their standard input is the lock, and their parent is
/// the first process. Nobody waits for them, and what they do late is not wanted any more. Where the first process is a
/// service of its own, as in containers, that is the one who waits, and nothing is ended.
fn end_orphans(path: &Path) {
    let name = |process: &str| std::fs::read_to_string(format!("/proc/{process}/comm")).ok();
    if name("1") == name("self") {
        return;
    }
    let Ok(lock) = path.canonicalize() else { return };
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let number = process.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        let Some(pid) = number.and_then(Pid::from_raw) else { continue };
        let holds = std::fs::read_link(process.path().join("fd/0")).is_ok_and(|input| input == lock);
        if holds && is_orphan(&process.path()) {
            let ended = kill_process(pid, Signal::KILL);
            tracing::warn!(%pid, ?ended, "a call of uhubctl that another service has left behind is ended");
        }
    }
}

/// True if the parent is the first process. The name of the program, in brackets, may hold anything.
fn is_orphan(process: &Path) -> bool {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1));
    parent == Some("1")
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
    use std::{
        os::unix::fs::PermissionsExt,
        process::{Command, Stdio},
    };

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

    #[tokio::test]
    async fn a_call_that_a_killed_service_left_behind_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        drop(acquire(&path, PAUSE).await.unwrap());
        // The shell ends at once, so that its child, which holds the lock as its input, is an orphan.
        let script = format!(
            "exec 3< '{}'; {{ flock -n 0 && echo held && exec sleep 600 >&2; }} <&3 3<&- &",
            path.display()
        );
        let output = Command::new("sh").args(["-c", &script]).stderr(Stdio::null()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "held\n");
        assert!(acquire(&path, Duration::from_secs(20)).await.is_ok());
    }
}
