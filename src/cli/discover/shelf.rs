//! The folder of the stations: what is in it, and what is put there.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::model::StationName;

/// A station file for one hub.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Made {
    /// What the station is called.
    pub(super) name: StationName,
    /// Where its file is, or would be.
    pub(super) path: PathBuf,
    /// What stands in it.
    pub(super) text: String,
    /// Whether it is there.
    pub(super) state: Kept,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kept {
    /// It is only shown.
    Shown,
    /// It has been written.
    Written,
    /// There is a file of this name, which stays as it is; this name is free.
    Taken(StationName),
    /// It could not be written.
    Failed(String),
}

/// The first of `name`, `name-2`, `name-3` … that is not taken.
pub(super) fn free(name: &StationName, taken: impl Fn(&StationName) -> bool) -> StationName {
    // Names have up to 64 characters.
    let stem: String = name.as_str().chars().take(58).collect();
    let numbered = (2..10_000).filter_map(|number| StationName::new(&format!("{stem}-{number}")).ok());
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or_else(|| name.clone())
}

/// True when something has this name, also a link that leads nowhere.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Writes a file that is not there yet, and its folder; never over a file.
pub(super) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a file would be refused at every start, and would be in the way of the next try.
        let _ = fs::remove_file(path);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stations/desk.ron");
        write_new(&path, "mine").unwrap();
        assert_eq!(write_new(&path, "other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        let link = folder.path().join("stations/link.ron");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        assert!(is_there(&link) && write_new(&link, "other").is_err());
    }

    #[test]
    fn another_name_is_free() {
        let name = |text: &str| StationName::new(text).unwrap();
        let taken = [name("desk"), name("desk-2")];
        assert_eq!(free(&name("desk"), |name| taken.contains(name)), name("desk-3"));
        assert_eq!(free(&name("lab"), |name| taken.contains(name)), name("lab"));
        let long = name(&"a".repeat(64));
        assert_eq!(free(&long, |name| *name == long).as_str().len(), 60);
    }
}
