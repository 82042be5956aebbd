//! Where the demo's station, rules and history are.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::cli::failure::{Exit, Failure};

macro_rules! shipped {
    ($($path:literal),+ $(,)?) => {
        [$(($path, include_str!(concat!("../../../", $path)))),+]
    };
}

/// The station and the rules as they are shipped, for folders that have none.
const SHIPPED: [(&str, &str); 19] = shipped!(
    "stations/demo.ron",
    "rules/calibrate.rhai",
    "rules/calibrate.test.ron",
    "rules/cheap-hours.rhai",
    "rules/cheap-hours.test.ron",
    "rules/cool-down.rhai",
    "rules/cool-down.test.ron",
    "rules/keep-between.rhai",
    "rules/keep-between.test.ron",
    "rules/never-empty.rhai",
    "rules/never-empty.test.ron",
    "rules/ready-by.rhai",
    "rules/ready-by.test.ron",
    "rules/rest-at-night.rhai",
    "rules/rest-at-night.test.ron",
    "rules/storage.rhai",
    "rules/storage.test.ron",
    "rules/top-up-at.rhai",
    "rules/top-up-at.test.ron",
);

/// The rules as they are shipped, with their tests: names in the folder of rules, and texts.
pub(in crate::cli) fn shipped_rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().filter_map(|(path, text)| Some((path.strip_prefix("rules/")?, *text)))
}

/// The places of the demo.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) stations: PathBuf,
    pub(super) rules: PathBuf,
    /// Need not be there.
    pub(super) hubs: PathBuf,
    pub(super) history: PathBuf,
    /// True when the files are copies of those that are shipped.
    pub(super) copies: bool,
    temporary: TempDir,
}

impl Places {
    /// Uses the files in `folder`, or copies of those that are shipped; history goes to a temporary folder
    /// unless it is named.
    pub(super) fn find(folder: &Path, history: Option<PathBuf>) -> Result<Self, Failure> {
        let failed = |error: io::Error| {
            let what =
                format!("no temporary folder can be made in `{}` ({error})", std::env::temp_dir().display());
            Failure::new(Exit::CannotCreate, what, "name another folder in the variable TMPDIR")
        };
        let temporary = tempfile::Builder::new().prefix("scs-demo-").tempdir().map_err(failed)?;
        let copies = !(folder.join("stations/demo.ron").is_file() && folder.join("rules").is_dir());
        if copies {
            write_shipped(temporary.path()).map_err(failed)?;
        }
        let base = if copies { temporary.path() } else { folder };
        Ok(Self {
            stations: base.join("stations"),
            rules: base.join("rules"),
            hubs: base.join("hubs"),
            history: history.unwrap_or_else(|| temporary.path().join("history.db")),
            copies,
            temporary,
        })
    }

    /// Removes the temporary folder, but not when somebody edited the copies in it: then it says where they are.
    pub(super) fn clear(self) -> Option<PathBuf> {
        let base = self.temporary.path();
        let is_as_shipped = |(path, text): &(&str, &str)| {
            fs::read_to_string(base.join(path)).is_ok_and(|present| present == *text)
        };
        if self.copies && !SHIPPED.iter().all(is_as_shipped) {
            return Some(self.temporary.keep());
        }
        // What cannot be removed now is removed by the system's own cleaning of temporary folders.
        let _ = self.temporary.close();
        None
    }
}

fn write_shipped(folder: &Path) -> io::Result<()> {
    for (path, text) in SHIPPED {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_shipped_rule_is_in_the_program() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let names = fs::read_dir(root.join("rules")).unwrap().map(|entry| entry.unwrap().file_name());
        let there: BTreeSet<String> = names.map(|name| format!("rules/{}", name.to_str().unwrap())).collect();
        let known = SHIPPED.iter().map(|(path, _)| (*path).to_owned());
        assert_eq!(known.filter(|path| path.starts_with("rules/")).collect::<BTreeSet<_>>(), there);
    }

    #[test]
    fn an_empty_folder_gets_copies_that_stay_once_they_are_edited() {
        let empty = tempfile::tempdir().unwrap();
        let untouched = Places::find(empty.path(), None).unwrap();
        let folder = untouched.temporary.path().to_owned();
        assert!(untouched.copies && untouched.rules.join("keep-between.rhai").is_file());
        assert_eq!(untouched.clear(), None);
        assert!(!folder.exists());

        let edited = Places::find(empty.path(), None).unwrap();
        fs::write(edited.stations.join("demo.ron"), "(mine)").unwrap();
        let kept = edited.clear().unwrap();
        assert!(kept.join("stations/demo.ron").is_file());
        fs::remove_dir_all(kept).unwrap();
    }

    #[test]
    fn own_files_are_used_and_nothing_is_left_behind() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let places = Places::find(root, None).unwrap();
        assert!(!places.copies && places.rules.is_dir());
        let temporary = places.temporary.path().to_owned();
        assert_eq!(places.clear(), None);
        assert!(!temporary.exists());
    }
}
