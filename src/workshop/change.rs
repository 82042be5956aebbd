//! The way of an edit to the files: what is wanted, what must be so, and what came of it.
//!
//! Nothing is written here. Whoever reloads the files does it, one change at a time, in the same way in which it
//! takes what somebody saved with an editor: read, compare, check, test, write, take.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use tokio::{
    sync::{mpsc, mpsc::error::TrySendError, oneshot},
    time::timeout,
};

use super::Workshop;
use crate::{
    config::{Edit, FileKind, Files},
    model::{ConfigState, Diagnostic, KeptVersion, Origin, RuleName, Version},
};

/// Changes that may wait; each waits for the one before it, and a person for all of them.
const CHANGES: usize = 8;
/// A thousand rules with their tests take seconds on a Raspberry Pi, and some changes may stand before this one.
const PATIENCE: Duration = Duration::from_secs(30);

/// What shall be changed.
#[derive(Clone, Debug)]
pub enum Wish {
    /// These files; the others stay as they are.
    Edits(Vec<Edit>),
    /// All files shall be these: what is not among them is removed, but for stations.
    Files(Box<Files>),
}

impl Wish {
    /// A rule with this text. Tests that are not given stay as they are; empty ones are removed.
    pub fn rule(rule: &RuleName, text: String, tests: Option<String>) -> Self {
        let edit = |kind, text| Edit { kind, name: rule.as_str().to_owned(), text };
        let tests = tests.map(|tests| edit(FileKind::Test, Some(tests).filter(|text| !text.is_empty())));
        Self::Edits(std::iter::once(edit(FileKind::Rule, Some(text))).chain(tests).collect())
    }

    /// No such rule any more, and no tests of it.
    pub fn no_rule(rule: &RuleName) -> Self {
        let gone = |kind| Edit { kind, name: rule.as_str().to_owned(), text: None };
        Self::Edits(vec![gone(FileKind::Test), gone(FileKind::Rule)])
    }

    /// All files as they were in a version. Stations that it does not have stay: their ports are in use.
    pub fn version(kept: KeptVersion) -> Self {
        Self::Files(Box::new(Files::from(kept.files)))
    }

    /// A rule with its tests as it was in a version; `None` when that has no such rule.
    pub fn rule_of_version(kept: KeptVersion, rule: &RuleName) -> Option<Self> {
        let files = Files::from(kept.files);
        let text = |kind| files.file(kind, rule.as_str()).map(|file| file.text.clone());
        Some(Self::rule(rule, text(FileKind::Rule)?, Some(text(FileKind::Test).unwrap_or_default())))
    }

    /// What must be edited in these files, without what is so already.
    pub fn edits(&self, files: &Files) -> Vec<Edit> {
        let differs =
            |edit: &Edit| files.file(edit.kind, &edit.name).map(|file| &file.text) != edit.text.as_ref();
        let edits = match self {
            Self::Edits(edits) => edits.clone(),
            Self::Files(wanted) => every_file(wanted, files),
        };
        edits.into_iter().filter(differs).collect()
    }
}

fn every_file(wanted: &Files, present: &Files) -> Vec<Edit> {
    let of_kind = |kind: FileKind| {
        let wish = |name: &str, text: Option<&str>| Edit {
            kind,
            name: name.to_owned(),
            text: text.map(str::to_owned),
        };
        let there = wanted.of(kind).iter().map(move |file| wish(&file.name, Some(&file.text)));
        let gone = present.of(kind).iter().filter(move |file| {
            !matches!(kind, FileKind::Station | FileKind::Calendar) && wanted.file(kind, &file.name).is_none()
        });
        there.chain(gone.map(move |file| wish(&file.name, None))).collect::<Vec<_>>()
    };
    FileKind::ALL.into_iter().flat_map(of_kind).collect()
}

/// What must be so when the files are written, or nothing is.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Nothing. A text that would be lost, because it never came to work, is kept beside its file.
    None,
    /// The files are these: nobody has saved since.
    Files(Version),
    /// There is this rule.
    Rule(RuleName),
    /// There is this rule, and it has one of these tags.
    RuleIs(RuleName, Vec<String>),
    /// There is no such rule.
    NoRule(RuleName),
}

impl Condition {
    /// Whether these files are as they must be. Fails with what is otherwise.
    pub fn check(&self, files: &Files) -> Result<(), NotChanged> {
        match self {
            Self::None => Ok(()),
            Self::Files(version) if files.hash() == *version => Ok(()),
            Self::Files(_) => Err(NotChanged::Other),
            Self::Rule(rule) => rule_tag(files, rule).map(|_| ()).ok_or(NotChanged::Gone),
            Self::RuleIs(rule, tags) => match rule_tag(files, rule) {
                Some(tag) if tags.contains(&tag) => Ok(()),
                Some(_) => Err(NotChanged::Other),
                None => Err(NotChanged::Gone),
            },
            Self::NoRule(rule) => match rule_tag(files, rule) {
                Some(_) => Err(NotChanged::There),
                None => Ok(()),
            },
        }
    }
}

/// What tells a text of a rule with its tests from every other: a part of a SHA-256, in hexadecimal digits.
pub fn tag(text: &str, tests: Option<&str>) -> String {
    let mut hash = Sha256::new();
    hash.update(text.len().to_le_bytes());
    hash.update(text);
    if let Some(tests) = tests {
        hash.update([1]);
        hash.update(tests);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn rule_tag(files: &Files, rule: &RuleName) -> Option<String> {
    let text = |kind| files.file(kind, rule.as_str()).map(|file| file.text.as_str());
    Some(tag(text(FileKind::Rule)?, text(FileKind::Test)))
}

/// A change on its way.
#[derive(Debug)]
pub struct Change {
    /// Who wants it, and how.
    pub origin: Origin,
    /// What is wanted.
    pub wish: Wish,
    /// What must be so.
    pub condition: Condition,
    /// Where the answer goes. Nothing is written any more once nobody waits for it.
    pub answer: oneshot::Sender<Result<Changed, NotChanged>>,
}

/// What came of a change.
#[derive(Clone, Debug)]
pub struct Changed {
    /// What is at work now.
    pub state: Arc<ConfigState>,
    /// The files that were written or removed; none when everything was so already.
    pub files: Vec<String>,
    /// Where texts were kept that would have been lost.
    pub kept_aside: Vec<String>,
}

/// Why a change was not made. `Display` says what to do.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotChanged {
    /// Others wait already.
    #[error("other changes of the files wait already: try again in a few seconds")]
    Busy,
    /// The service is stopping.
    #[error("the service is stopping")]
    Stopped,
    /// It took too long; unless it was being written at that moment, nothing was changed.
    #[error("the files were not checked within {} s: read it again to see what it is now", PATIENCE.as_secs())]
    Late,
    /// Somebody else was quicker.
    #[error(
        "somebody else has saved something meanwhile: read it again, also what `file` shows, and make your change on that"
    )]
    Other,
    /// Somebody else has removed it, or it never was.
    #[error("there is no such file to change any more: read it again; a new one needs `If-None-Match: *`")]
    Gone,
    /// Somebody else has made it.
    #[error("there is such a file already: read it, and send its ETag as `If-Match`")]
    There,
    /// Somebody saves all the time.
    #[error("the files change all the time: try again when nobody saves")]
    Restless,
    /// The files cannot be read as they are.
    #[error("the files cannot be read as they are: mend these first")]
    Unreadable(Vec<Diagnostic>),
    /// With the change they would not be taken.
    #[error("nothing was changed: with this change the files would not be taken")]
    Rejected(Vec<Diagnostic>),
    /// It was written, but what somebody else saved at the same moment keeps the files from being taken.
    #[error(
        "it was written, but what somebody else saved at the same moment keeps the files from being taken"
    )]
    Written(Vec<Diagnostic>),
    /// The system does not let a file be written.
    #[error("nothing was changed: `{path}` cannot be written ({reason}); {}", if *.full { "free some space on its disk" } else { "let the service's user write to its folder, or change it by hand" })]
    NotWritten {
        /// Which.
        path: String,
        /// What the system said.
        reason: String,
        /// True when its disk is full.
        full: bool,
    },
}

impl Workshop {
    /// Has the files changed. The answer comes when the change is on disk and at work, or when nothing was changed.
    pub async fn change(
        &self,
        origin: Origin,
        wish: Wish,
        condition: Condition,
    ) -> Result<Changed, NotChanged> {
        let (answer, made) = oneshot::channel();
        self.changes.try_send(Change { origin, wish, condition, answer }).map_err(|error| match error {
            TrySendError::Full(_) => NotChanged::Busy,
            TrySendError::Closed(_) => NotChanged::Stopped,
        })?;
        match timeout(PATIENCE, made).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(NotChanged::Stopped),
            Err(_) => Err(NotChanged::Late),
        }
    }
}

/// A way for changes, and where they arrive.
pub fn changes() -> (mpsc::Sender<Change>, mpsc::Receiver<Change>) {
    mpsc::channel(CHANGES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Directories;

    fn edit(kind: FileKind, name: &str, text: Option<&str>) -> Edit {
        Edit { kind, name: name.to_owned(), text: text.map(str::to_owned) }
    }

    fn files(edits: &[Edit]) -> Files {
        let directories =
            Directories { stations: "stations".into(), rules: "rules".into(), hubs: "hubs".into() };
        Files::default().edited(edits, &directories)
    }

    #[test]
    fn only_what_differs_is_edited() {
        let rule = |name, text| edit(FileKind::Rule, name, text);
        let present = files(&[rule("a", Some("1")), rule("b", Some("2")), rule("c", Some("3"))]);
        let wish = Wish::Edits(vec![rule("a", Some("1")), rule("b", None), rule("d", None)]);
        assert_eq!(wish.edits(&present), [rule("b", None)]);
        let wish =
            Wish::Files(Box::new(files(&[rule("a", Some("1")), rule("b", Some("x")), rule("n", Some("y"))])));
        assert_eq!(wish.edits(&present), [rule("b", Some("x")), rule("n", Some("y")), rule("c", None)]);
    }

    #[test]
    fn a_condition_is_about_the_files_as_they_are() {
        let name = |name| RuleName::new(name).unwrap();
        let present = files(&[
            edit(FileKind::Rule, "a", Some("1")),
            edit(FileKind::Test, "a", Some("[]")),
            edit(FileKind::Test, "lonely", Some("[]")),
        ]);
        let holds = |condition: Condition| condition.check(&present).is_ok();
        let is = |tags: &[String]| holds(Condition::RuleIs(name("a"), tags.to_vec()));
        assert!(is(&[tag("0", None), tag("1", Some("[]"))]));
        assert!(!is(&[]) && !is(&[tag("1", None)]) && !is(&[tag("1", Some(""))]));
        assert!(holds(Condition::Rule(name("a"))) && !holds(Condition::NoRule(name("a"))));
        assert!(holds(Condition::NoRule(name("lonely"))));
        assert!(holds(Condition::Files(present.hash())));
        assert!(!holds(Condition::Files(Files::default().hash())));
    }
}
