//! Writes the kernel's files `disable` of one side of a hub, and reads each again. Blocks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rustix::{io::Errno, system::uname};

use super::driver::Shown;
use crate::{
    model::{HubLocation, Power, Socket, SwitchProblem},
    usb::{
        Access,
        kernel::{Roots, interface, keep_awake, port_folder, power, text},
        tool::not_allowed,
    },
};

/// A USB 3 port shows its new state a moment later; `uhubctl` waits as long.
const SETTLES: Duration = Duration::from_millis(150);
/// The first Linux with these files.
const OLDEST: (u32, u32) = (6, 0);

/// Switches the ports, as long as somebody waits for it, and says what each shows afterwards. An error: nothing was
/// written.
pub(super) fn set(
    roots: &Roots,
    side: &HubLocation,
    ports: &BTreeSet<u8>,
    wanted: Power,
    awaited: impl Fn() -> bool,
) -> Result<Shown, SwitchProblem> {
    let place = Place { roots, side };
    keep_awake(roots, side);
    let folder = interface(roots, side).map_err(|error| place.problem(&roots.device(side), &error))?;
    let path = |port: u8| port_folder(&folder, side, port).join("disable");
    let mut shown = Shown::new();
    let mut files = BTreeMap::new();
    for port in ports {
        match open(&path(*port)) {
            Ok(file) => drop(files.insert(*port, file)),
            Err(error) => drop(shown.insert(*port, Err(place.problem(&path(*port), &error)))),
        }
    }
    if files.is_empty()
        && let Some(Err(problem)) = shown.values().next()
    {
        return Err(problem.clone());
    }
    for (port, file) in &mut files {
        // Whoever gave up may want something else by now.
        if !awaited() {
            return Ok(shown);
        }
        let written = file.write_all(match wanted {
            Power::On => b"0",
            Power::Off => b"1",
        });
        if let Err(error) = written {
            tracing::warn!(hub = %side, port, %wanted, %error, "the kernel did not switch");
            shown.insert(*port, Err(place.problem(&path(*port), &error)));
        }
    }
    let paths: BTreeMap<u8, PathBuf> = files.into_keys().map(|port| (port, path(port))).collect();
    place.read_again(&paths, wanted, &mut shown);
    Ok(shown)
}

/// Neither makes the file nor empties it: files of the kernel are neither made nor emptied.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

/// One side of a hub.
struct Place<'a> {
    roots: &'a Roots,
    side: &'a HubLocation,
}

impl Place<'_> {
    /// What is shown counts, whether writing went well or not; where nothing is shown, the problem of writing stays.
    fn read_again(&self, paths: &BTreeMap<u8, PathBuf>, wanted: Power, shown: &mut Shown) {
        let mut settled = false;
        for (port, path) in paths {
            let mut seen = text(path);
            if power(&seen).is_ok_and(|seen| seen != wanted) && !settled {
                thread::sleep(SETTLES);
                settled = true;
                seen = text(path);
            }
            match (power(&seen), seen) {
                (Ok(power), _) => drop(shown.insert(*port, Ok(power))),
                (Err(_), Err(error)) => drop(shown.entry(*port).or_insert(Err(self.problem(path, &error)))),
                (Err(why), Ok(_)) => {
                    let why = format!("`{}`: {why}", path.display());
                    shown.entry(*port).or_insert(Err(SwitchProblem::Unreadable(why)));
                }
            }
        }
    }

    fn problem(&self, path: &Path, error: &io::Error) -> SwitchProblem {
        let there = self.roots.is_hub(self.side);
        problem(path, error, self.side, there, &release())
    }
}

/// Why the file of a port cannot be written, if so.
pub(super) fn refused(roots: &Roots, side: &Socket, access: Access) -> Option<SwitchProblem> {
    let error = match access {
        Access::Yes => return None,
        Access::No => Errno::ACCESS,
        Access::ReadOnly => Errno::ROFS,
        Access::Absent => Errno::NOENT,
    };
    let hub = side.hub();
    let path = port_folder(&roots.devices.join(format!("{hub}:1.0")), hub, side.port()).join("disable");
    let error = io::Error::from_raw_os_error(error.raw_os_error());
    Some(problem(&path, &error, hub, true, &release()))
}

/// Why no port of a hub can be switched or read.
pub(super) fn without_files(hub: &HubLocation) -> SwitchProblem {
    no_file(hub, &release())
}

fn release() -> String {
    uname().release().to_string_lossy().into_owned()
}

/// What an error of a file means. `there`: the hub is still there; `release`: the version of Linux.
fn problem(path: &Path, error: &io::Error, hub: &HubLocation, there: bool, release: &str) -> SwitchProblem {
    let shown = path.display();
    let gone = [Errno::NODEV, Errno::NXIO].map(Errno::raw_os_error).map(Some).contains(&error.raw_os_error());
    match error.kind() {
        ErrorKind::PermissionDenied => not_allowed(&format!("`{shown}`: {error}")),
        ErrorKind::ReadOnlyFilesystem => SwitchProblem::Permission(format!(
            "`{shown}` is on a read-only file system, as in containers: give the service a writable `/sys`, or use \
             `switch: Uhubctl()`"
        )),
        _ if gone || !there => SwitchProblem::HubMissing(hub.clone()),
        ErrorKind::NotFound => no_file(hub, release),
        _ => SwitchProblem::Unreadable(format!("`{shown}`: {error}")),
    }
}

fn no_file(hub: &HubLocation, release: &str) -> SwitchProblem {
    SwitchProblem::Missing(if numbers(release).is_some_and(|numbers| numbers < OLDEST) {
        format!(
            "Linux {release} has no files that switch ports, 6.0 is the oldest that has: use `switch: Uhubctl()`"
        )
    } else {
        format!("the kernel shows no such port of hub `{hub}`: is the socket right?")
    })
}

/// The first two numbers of a version of Linux: `6.1.0-18-arm64`.
fn numbers(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: Errno, there: bool, release: &str) -> SwitchProblem {
        let hub = HubLocation::new("5-2").unwrap();
        let error = io::Error::from_raw_os_error(error.raw_os_error());
        problem(Path::new("/sys/x/disable"), &error, &hub, there, release)
    }

    #[test]
    fn errors_of_files_say_what_to_do() {
        for error in [Errno::ACCESS, Errno::PERM] {
            let problem = told(error, true, "6.1.0");
            assert!(matches!(&problem, SwitchProblem::Permission(why) if why.contains("`/sys/x/disable`")));
            assert!(problem.to_string().contains("scs doctor"), "{problem}");
        }
        let problem = told(Errno::ROFS, true, "6.1.0");
        assert!(matches!(&problem, SwitchProblem::Permission(why) if why.contains("as in containers")));
        let missing = |error, there, release: &str| match told(error, there, release) {
            SwitchProblem::Missing(why) => why,
            other => panic!("{other:?}"),
        };
        assert!(missing(Errno::NOENT, true, "5.15.0-91-generic").contains("6.0 is the oldest"));
        for release in ["6.0.0", "unheard of"] {
            assert!(missing(Errno::NOENT, true, release).contains("no such port of hub `5-2`"));
        }
        let hub = || SwitchProblem::HubMissing(HubLocation::new("5-2").unwrap());
        assert_eq!(told(Errno::NOENT, false, "5.15.0"), hub());
        assert_eq!(told(Errno::NODEV, true, "6.1.0"), hub());
        assert!(matches!(told(Errno::PIPE, true, "6.1.0"), SwitchProblem::Unreadable(_)));
    }
}
