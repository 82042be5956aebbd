//! Writes the user's files: each as a whole or not at all, and only over the text that it was meant to replace.
//!
//! A file is made beside the old one, brought to the disk, and put in its place in one step. Where the system can
//! exchange two files, what was there is looked at after the exchange, and put back when it is not what was expected:
//! so no text that somebody saves at the same moment is lost. A file keeps its mode and, if the system lets it, its
//! owner; what is behind a link is replaced, not the link.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown},
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::NamedTempFile;

use crate::config;

/// So many old texts of one file are kept beside it.
const KEPT_ASIDE: u32 = 20;

/// One file that shall be otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What stands in it now; `None`: it is not there.
    pub(crate) before: Option<String>,
    /// What shall stand in it; `None`: it shall not be there.
    pub(crate) after: Option<String>,
    /// Whether to keep the old text beside it.
    pub(crate) keep_aside: bool,
}

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum Unsaved {
    /// Something else stands in a file than was expected.
    Other,
    /// The system refused.
    Failed(PathBuf, io::Error),
}

impl Replacement {
    /// A file that is gone when it is to be replaced was removed by somebody else.
    fn failed(&self, error: io::Error) -> Unsaved {
        match error.kind() {
            io::ErrorKind::NotFound if self.before.is_some() => Unsaved::Other,
            _ => Unsaved::Failed(self.path.clone(), error),
        }
    }
}

/// Makes all replacements or none. Gives where old texts were kept.
pub(crate) fn save(replacements: &[Replacement]) -> Result<Vec<PathBuf>, Unsaved> {
    // Whatever can fail for want of space or rights fails before the first file is replaced.
    let mut ready = Vec::new();
    let mut kept = Vec::new();
    for wanted in replacements {
        ready.push(Ready::new(wanted).map_err(|error| wanted.failed(error))?);
    }
    for wanted in replacements.iter().filter(|wanted| wanted.keep_aside) {
        kept.extend(keep_aside(wanted).map_err(|error| wanted.failed(error))?);
    }
    let mut done: Vec<Done<'_>> = Vec::new();
    for (wanted, ready) in replacements.iter().zip(ready) {
        match ready.put(wanted) {
            Ok(put) => done.push(put),
            Err(why) => {
                done.into_iter().rev().for_each(Done::take_back);
                return Err(why);
            }
        }
    }
    for put in &done {
        sync_folder(&put.place);
    }
    Ok(kept)
}

/// A replacement whose new text is on the disk, beside the file.
struct Ready {
    /// The file itself, behind all links.
    place: PathBuf,
    /// The new text; without one an empty file that keeps the place of what is removed.
    beside: NamedTempFile,
}

impl Ready {
    fn new(wanted: &Replacement) -> io::Result<Self> {
        // A link is followed when what it leads to is changed, and removed itself.
        let place = match (&wanted.before, &wanted.after) {
            (Some(_), Some(_)) => fs::canonicalize(&wanted.path)?,
            _ => wanted.path.clone(),
        };
        let folder = folder_of(&place);
        if !folder.exists() {
            fs::create_dir(folder)?;
        }
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mode = match fs::metadata(&place) {
            Ok(old) => old.permissions(),
            Err(_) => Permissions::from_mode(0o666 & !umask()),
        };
        // Editors and the service pass over names that begin with a dot.
        let mut beside = tempfile::Builder::new().prefix(&format!(".{name}.")).tempfile_in(folder)?;
        beside.write_all(wanted.after.as_deref().unwrap_or_default().as_bytes())?;
        beside.as_file().set_permissions(mode)?;
        if let Ok(old) = fs::metadata(&place) {
            keep_owner(beside.as_file(), &old);
        }
        beside.as_file().sync_all()?;
        Ok(Self { place, beside })
    }

    /// Puts it in its place, if what is there is what was expected.
    fn put(self, wanted: &Replacement) -> Result<Done<'_>, Unsaved> {
        let Self { place, beside } = self;
        let failed = |error| wanted.failed(error);
        match (&wanted.before, &wanted.after) {
            (None, Some(_)) => match beside.persist_noclobber(&place) {
                Ok(_) => Ok(Done { place, wanted, old: None }),
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(Unsaved::Other),
                Err(error) => Err(failed(error.error)),
            },
            (Some(before), Some(_)) => {
                exchange(beside.path(), &place).map_err(failed)?;
                if stands(beside.path(), before) {
                    return Ok(Done { place, wanted, old: Some(beside) });
                }
                exchange(beside.path(), &place).map_err(failed)?;
                Err(Unsaved::Other)
            }
            (Some(before), None) => {
                fs::rename(&place, beside.path()).map_err(failed)?;
                let done = Done { place, wanted, old: Some(beside) };
                if done.old.as_ref().is_some_and(|old| stands(old.path(), before)) {
                    return Ok(done);
                }
                done.take_back();
                Err(Unsaved::Other)
            }
            (None, None) => Ok(Done { place, wanted, old: None }),
        }
    }
}

/// A replacement that was made. What was there before is forgotten when this is dropped.
struct Done<'a> {
    place: PathBuf,
    wanted: &'a Replacement,
    old: Option<NamedTempFile>,
}

impl Done<'_> {
    /// Makes it undone, unless somebody has saved over it already: then that stays.
    fn take_back(self) {
        let undone = match (self.old, &self.wanted.after) {
            (Some(old), None) => renameat_with(CWD, old.path(), CWD, &self.place, RenameFlags::NOREPLACE)
                .map_err(io::Error::from)
                .or_else(|_| old.persist_noclobber(&self.place).map(|_| ()).map_err(|error| error.error)),
            (Some(old), Some(after)) if stands(&self.place, after) => exchange(old.path(), &self.place),
            (None, Some(after)) if stands(&self.place, after) => fs::remove_file(&self.place),
            (_, _) => Ok(()),
        };
        if let Err(error) = undone {
            tracing::error!(path = %self.place.display(), "a change could not be taken back: {error}");
        }
    }
}

/// Exchanges two files in one step. Where the file system cannot do that, the first takes the place of the second, and
/// what was there is copied before.
fn exchange(new: &Path, place: &Path) -> io::Result<()> {
    match renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            let old = tempfile::Builder::new().prefix(".").tempfile_in(folder_of(place))?;
            fs::copy(place, old.path())?;
            fs::rename(new, place)?;
            old.persist(new).map(|_| ()).map_err(|error| error.error)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a file holds this text, as it would be read for a plan.
fn stands(path: &Path, text: &str) -> bool {
    config::text(path, "").is_ok_and(|found| found.as_deref() == Some(text))
}

/// Keeps the old text in a file whose name ends with `~`, as editors do; with a number behind it when such a file holds
/// another text already. After so many numbers the last one is written over: somebody never looks at them.
fn keep_aside(wanted: &Replacement) -> io::Result<Option<PathBuf>> {
    let Some(before) = &wanted.before else { return Ok(None) };
    let aside = |number: u32| {
        let mut name = wanted.path.clone().into_os_string();
        name.push(if number == 1 { "~".to_owned() } else { format!("~{number}") });
        PathBuf::from(name)
    };
    let mut file = tempfile::Builder::new().prefix(".").tempfile_in(folder_of(&wanted.path))?;
    file.write_all(before.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&wanted.path)?.permissions())?;
    file.as_file().sync_all()?;
    for path in (1..KEPT_ASIDE).map(aside) {
        if stands(&path, before) {
            return Ok(Some(path));
        }
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(Some(path)),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
            Err(error) => return Err(error.error),
        }
    }
    let path = aside(KEPT_ASIDE);
    file.persist(&path).map_err(|error| error.error)?;
    Ok(Some(path))
}

/// Only root may give files away: what cannot be kept is not worth failing for.
fn keep_owner(file: &File, old: &fs::Metadata) {
    let owner = fchown(file, Some(old.uid()), Some(old.gid()));
    if owner.is_err() && fchown(file, None, Some(old.gid())).is_err() {
        tracing::debug!("a file did not keep its owner");
    }
}

/// What the process takes away from the mode of new files.
fn umask() -> u32 {
    let mask = |status: String| {
        let line = status.lines().find_map(|line| line.strip_prefix("Umask:")).map(str::trim)?.to_owned();
        u32::from_str_radix(&line, 8).ok()
    };
    fs::read_to_string("/proc/self/status").ok().and_then(mask).unwrap_or(0o022)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new name in a folder outlives a power cut once the folder is on the disk.
fn sync_folder(place: &Path) {
    if let Err(error) = File::open(folder_of(place)).and_then(|folder| folder.sync_all()) {
        tracing::debug!(%error, "a folder was not brought to the disk");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_aside_is_not_written_over_and_not_kept_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.rhai");
        let aside = |tail: &str| folder.path().join(format!("a.rhai{tail}"));
        fs::write(aside("~"), "of an editor").unwrap();
        let replace = |unsaved: &str| {
            fs::write(&path, unsaved).unwrap();
            let before = Some(unsaved.to_owned());
            let after = Some("as it was".to_owned());
            save(&[Replacement { path: path.clone(), before, after, keep_aside: true }]).unwrap()
        };
        assert_eq!(replace("one"), [aside("~2")]);
        assert_eq!(replace("one"), [aside("~2")]);
        assert_eq!(replace("two"), [aside("~3")]);
        let texts = ["", "~", "~2", "~3"].map(|tail| fs::read_to_string(aside(tail)).unwrap());
        assert_eq!(texts, ["as it was", "of an editor", "one", "two"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "nothing else is left");
    }
}
