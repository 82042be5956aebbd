//! Runs one program to its end, within limits of time and of output.
//!
//! Never through a shell, never with the secrets of the service in its environment, never without an end: a program that
//! cannot even be killed (a hub in trouble keeps it inside the kernel) is left to a task that waits for it.

use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

/// Output beyond this ends the call: 128 hubs of 14 ports with the longest names take less than 1 MiB.
const OUTPUT_MAX: u64 = 1 << 20;
/// How long a killed program is waited for: it dies at once unless the kernel holds it.
const DEATH: Duration = Duration::from_secs(1);
/// Where programs of the system lie; users' PATH often lacks `/usr/sbin`, where Debian puts `uhubctl`.
const USUAL_FOLDERS: [&str; 4] = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/local/bin"];

/// What a program left behind.
pub(super) struct Output {
    /// `None`: a signal ended it.
    pub(super) code: Option<i32>,
    /// Its standard output.
    pub(super) stdout: Vec<u8>,
    /// Its error output.
    pub(super) stderr: String,
}

/// Why there is no output.
pub(super) enum Failure {
    /// It could not be started.
    NotStarted(io::Error),
    /// It took too long and was killed.
    TooLong(Killed),
    /// It printed too much, or its output could not be read, and it was killed.
    TooMuch(Killed),
}

/// A program that was killed.
pub(super) struct Killed(JoinHandle<()>);

impl Killed {
    fn new(mut child: Child) -> Self {
        // An error means that it has ended already.
        let _ = child.start_kill();
        Self(tokio::spawn(async move {
            let _ = child.wait().await;
        }))
    }
    /// One that lives as long as the test wants.
    #[cfg(test)]
    pub(super) fn until(released: tokio::sync::oneshot::Receiver<()>) -> Self {
        Self(tokio::spawn(async move {
            let _ = released.await;
        }))
    }
    /// Waits a moment for its death; the program again if it lives on.
    pub(super) async fn gone(mut self) -> Result<(), Self> {
        match timeout(DEATH, &mut self.0).await {
            Ok(_) => Ok(()),
            Err(_) => Err(self),
        }
    }
}

/// Runs the program. The lock is its standard input, which it never reads: so the lock is held until the program has
/// really ended, also when it outlives this one.
pub(super) async fn run(
    program: &Path,
    arguments: &[String],
    time_limit: Duration,
    lock: Option<File>,
) -> Result<Output, Failure> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(surroundings(std::env::vars_os()))
        .stdin(lock.map_or_else(Stdio::null, Stdio::from))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C in a terminal must not end a call that is half done.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(Failure::NotStarted)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (stdout, stderr) = tokio::try_join!(read(stdout), read(stderr))?;
        let code = child.wait().await?.code();
        Ok::<_, io::Error>(Output { code, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() })
    };
    let ended = timeout(time_limit, work).await;
    match ended {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(_)) => Err(Failure::TooMuch(Killed::new(child))),
        Err(_) => Err(Failure::TooLong(Killed::new(child))),
    }
}

/// The environment without what would disturb the output and what is nobody else's business: the service's own settings.
fn surroundings(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    let kept = |name: &OsString| {
        name != "LIBUSB_DEBUG" && name != "LC_ALL" && !name.as_encoded_bytes().starts_with(b"SCS_")
    };
    all.filter(move |(name, _)| kept(name)).chain([("LC_ALL".into(), "C".into())])
}

async fn read(stream: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let Some(stream) = stream else { return Ok(bytes) };
    let read = stream.take(OUTPUT_MAX + 1).read_to_end(&mut bytes).await?;
    if u64::try_from(read).is_ok_and(|read| read <= OUTPUT_MAX) {
        Ok(bytes)
    } else {
        Err(io::Error::other("too much output"))
    }
}

/// The absolute path of a program: looked for on PATH, then where distributions put those of the system.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        // An empty or relative entry would run whatever lies in the folder the service was started in.
        .filter(|folder| folder.is_absolute())
        .chain(USUAL_FOLDERS.iter().map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| runnable(file).is_ok())
}

/// Says why the file cannot be run, if so.
pub(super) fn runnable(file: &Path) -> Result<(), &'static str> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(file) {
        Err(_) => Err("it does not exist"),
        Ok(data) if !data.is_file() => Err("it is not a file"),
        Ok(data) if data.permissions().mode() & 0o111 == 0 => Err("it is not executable"),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_passed_on_without_what_disturbs_and_what_is_secret() {
        let all = [("HOME", "/root"), ("LIBUSB_DEBUG", "4"), ("SCS_MQTT_PASSWORD", "x"), ("LC_ALL", "de_DE")];
        let all = all.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let kept: Vec<_> = surroundings(all.into_iter()).collect();
        assert_eq!(kept, [("HOME".into(), "/root".into()), ("LC_ALL".into(), "C".into())]);
    }
}
