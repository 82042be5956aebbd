//! Versions of the files.

use poem_openapi::Object;
use serde::Serialize;

use super::super::wire::Time;
use crate::{
    history::{FileEntry, Stored, VersionEntry},
    model::{KeptVersion, Origin, Source, Taken, Version, VersionFile},
    workshop::Changed,
};

/// How a version came to work.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Origin")]
pub(in crate::http) struct OriginOut {
    /// `start` (the service began with it), `files` (somebody saved files), `api`, `rollback` or `promotion`.
    source: String,
    /// Who, for example `REST (anna)`; `service` when only the file system knows.
    by: String,
    /// The version that a rollback brought back.
    #[oai(nullable)]
    of: Option<String>,
}

impl From<&Origin> for OriginOut {
    fn from(origin: &Origin) -> Self {
        let (source, of) = match &origin.source {
            Source::Start => ("start", None),
            Source::Files => ("files", None),
            Source::Api => ("api", None),
            Source::Rollback(version) => ("rollback", Some(version.to_string())),
            Source::Promotion => ("promotion", None),
        };
        Self { source: source.to_owned(), by: origin.by.to_string(), of }
    }
}

/// A file that a version changed.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "VersionChange")]
pub(in crate::http) struct ChangeOut {
    /// `station`, `rule`, `test`, `library` or `hub`.
    kind: String,
    /// Its name without directory and ending.
    name: String,
    /// `added`, `changed` or `removed`.
    change: String,
}

/// That a version came to work.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "VersionTaken")]
pub(in crate::http) struct VersionOut {
    /// Its number in the log; rises each time that one comes to work.
    number: i64,
    /// The version: the first digits of a hash over all files.
    version: String,
    /// When.
    at: Time,
    /// How, and by whom.
    origin: OriginOut,
    /// What was otherwise before; of the first one that is kept nothing is known.
    changes: Vec<ChangeOut>,
    /// Whether this version is at work now.
    at_work: bool,
}

impl VersionOut {
    /// A line of the log.
    pub(in crate::http) fn new(row: &Stored<VersionEntry>, active: &Version) -> Self {
        let entry = &row.value;
        let Taken { version, at, origin } = &entry.taken;
        let same = |one: &FileEntry, other: &&FileEntry| (one.kind, &one.name) == (other.kind, &other.name);
        let change = |file: &FileEntry| {
            let was = entry.before.iter().flatten().any(|one| same(one, &file));
            let is = entry.files.iter().any(|one| same(one, &file));
            let change = match (was, is) {
                (true, false) => "removed",
                (false, _) => "added",
                (true, true) => "changed",
            };
            ChangeOut {
                kind: file.kind.as_str().to_owned(),
                name: file.name.clone(),
                change: change.to_owned(),
            }
        };
        let changed = if entry.before.is_some() { entry.changed() } else { Vec::new() };
        Self {
            number: row.number,
            version: version.to_string(),
            at: (*at).into(),
            origin: origin.into(),
            changes: changed.into_iter().map(change).collect(),
            at_work: version == active,
        }
    }
}

/// What came to work, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Versions")]
pub(in crate::http) struct VersionsOut {
    /// The versions.
    pub(in crate::http) versions: Vec<VersionOut>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    pub(in crate::http) next: Option<i64>,
}

/// One file of a version.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "VersionFile")]
pub(in crate::http) struct VersionFileOut {
    /// `station`, `rule`, `test`, `library` or `hub`.
    kind: String,
    /// Its name without directory and ending.
    name: String,
    /// Where it was.
    path: String,
    /// What stood in it.
    text: String,
}

impl From<VersionFile> for VersionFileOut {
    fn from(file: VersionFile) -> Self {
        let VersionFile { kind, name, path, text } = file;
        Self { kind: kind.as_str().to_owned(), name, path, text }
    }
}

/// A version with all its files.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "VersionDetail")]
pub(in crate::http) struct VersionDetail {
    /// The version.
    version: String,
    /// When it last came to work.
    at: Time,
    /// How, and by whom.
    origin: OriginOut,
    /// Whether it is at work now.
    at_work: bool,
    /// Its files.
    files: Vec<VersionFileOut>,
}

impl VersionDetail {
    /// A version as it is kept.
    pub(in crate::http) fn new(kept: KeptVersion, active: &Version) -> Self {
        let Taken { version, at, origin } = &kept.taken;
        Self {
            version: version.to_string(),
            at: (*at).into(),
            origin: origin.into(),
            at_work: version == active,
            files: kept.files.into_iter().map(VersionFileOut::from).collect(),
        }
    }
}

/// What came of a change of the files.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "FilesChanged")]
pub(in crate::http) struct ChangedOut {
    /// The version at work now.
    version: String,
    /// The files that were written or removed; none: everything was so already.
    files: Vec<String>,
    /// Where texts were kept that had never been at work.
    kept_aside: Vec<String>,
}

impl From<Changed> for ChangedOut {
    fn from(changed: Changed) -> Self {
        Self {
            version: changed.state.active.version.to_string(),
            files: changed.files,
            kept_aside: changed.kept_aside,
        }
    }
}
