//! A change that somebody asked for by the API, from the wish to files on the disk. What follows is the same as for
//! files that somebody saved.

use std::{io, path::Path};

use tokio::time::sleep;

use super::{
    reading::{SECOND_READING, check, read},
    save::{Replacement, Unsaved, save},
};
use crate::{
    config::{Edit, FileKind, Files, Plan},
    settings::Settings,
    workshop::{Change, Condition, NotChanged},
};

/// Somebody who saves while a change is checked has it checked once more; who does it so often, saves all the time.
const TRIES: usize = 4;

/// A change that is on the disk.
pub(super) struct Made {
    /// The plan of the files with the change; `None` when they were so already.
    pub(super) plan: Option<Plan>,
    /// The files that were written or removed.
    pub(super) files: Vec<String>,
    /// Where texts were kept that would have been lost.
    pub(super) kept_aside: Vec<String>,
}

/// Reads, compares, checks and writes. `at_work` are the files of the plan at work.
pub(super) async fn make(change: &Change, at_work: &Files, settings: &Settings) -> Result<Made, NotChanged> {
    let mut refused = NotChanged::Restless;
    for _ in 0..TRIES {
        match try_to_make(change, at_work, settings).await? {
            Tried::Made(made) => return Ok(*made),
            Tried::Again(why) => refused = why,
        }
    }
    Err(refused)
}

enum Tried {
    Made(Box<Made>),
    /// The files were others than those that were checked.
    Again(NotChanged),
}

async fn try_to_make(change: &Change, at_work: &Files, settings: &Settings) -> Result<Tried, NotChanged> {
    let files = match read(settings).await {
        Ok(files) => files,
        Err(problems) => return again_or(None, NotChanged::Unreadable(problems), settings).await,
    };
    change.condition.check(&files)?;
    let mut edits = change.wish.edits(&files);
    // A station that the settings do not list is not read, so it may not be written either.
    let listed = |name: &str| settings.stations.iter().any(|station| station.as_str() == name);
    edits.retain(|edit| edit.kind != FileKind::Station || settings.stations.is_empty() || listed(&edit.name));
    if edits.is_empty() {
        let made = Made { plan: None, files: Vec::new(), kept_aside: Vec::new() };
        return Ok(Tried::Made(Box::new(made)));
    }
    let wanted = files.edited(&edits, &settings.directories);
    let missing = wanted.missing_stations(&settings.directories, &settings.stations);
    if !missing.is_empty() {
        return Err(NotChanged::Rejected(missing));
    }
    let plan = match check(wanted).await {
        Ok(plan) => plan,
        Err(problems) if files.hash() == at_work.hash() => return Err(NotChanged::Rejected(problems)),
        Err(problems) => return again_or(Some(&files), NotChanged::Rejected(problems), settings).await,
    };
    // Of whoever does not wait any more nobody knows whether the change is still wanted.
    if change.answer.is_closed() {
        return Err(NotChanged::Late);
    }
    if !read(settings).await.is_ok_and(|now| now.hash() == files.hash()) {
        return Ok(Tried::Again(NotChanged::Restless));
    }
    let replacements: Vec<_> =
        edits.iter().map(|edit| replacement(edit, change, &files, at_work, settings)).collect();
    let written = replacements.iter().map(|one| shown(&one.path)).collect();
    let saved = tokio::task::spawn_blocking(move || save(&replacements)).await;
    match saved.map_err(|_| NotChanged::Stopped)? {
        Ok(kept) => {
            let kept_aside = kept.iter().map(|path| shown(path)).collect();
            Ok(Tried::Made(Box::new(Made { plan: Some(plan), files: written, kept_aside })))
        }
        Err(Unsaved::Other) => Ok(Tried::Again(NotChanged::Restless)),
        Err(Unsaved::Failed(path, error)) => {
            let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
            tracing::warn!(path = %path.display(), "a change could not be written: {error}");
            Err(NotChanged::NotWritten { path: shown(&path), reason: reason(&error), full })
        }
    }
}

/// Files that do not check may be half written: they are looked at once more after a moment.
async fn again_or(
    files: Option<&Files>,
    refused: NotChanged,
    settings: &Settings,
) -> Result<Tried, NotChanged> {
    sleep(SECOND_READING).await;
    let now = read(settings).await;
    let same = match (files, now) {
        (Some(files), Ok(now)) => now.hash() == files.hash(),
        (None, Err(now)) => matches!(&refused, NotChanged::Unreadable(problems) if *problems == now),
        (_, _) => false,
    };
    if same { Err(refused) } else { Ok(Tried::Again(refused)) }
}

fn replacement(
    edit: &Edit,
    change: &Change,
    files: &Files,
    at_work: &Files,
    settings: &Settings,
) -> Replacement {
    let text = |files: &Files| files.file(edit.kind, &edit.name).map(|file| file.text.clone());
    let before = text(files);
    // What came to work is kept with its version; what did not stands in this file only.
    let keep_aside = matches!(change.condition, Condition::None) && before != text(at_work);
    let path = edit.kind.path(&settings.directories, &edit.name);
    Replacement { path, before, after: edit.text.clone(), keep_aside }
}

/// What the system said, without the path of the file that lay beside the one that is meant.
fn reason(error: &io::Error) -> String {
    let system = error.get_ref().and_then(|inner| inner.source());
    system.map_or_else(|| error.to_string(), ToString::to_string)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
