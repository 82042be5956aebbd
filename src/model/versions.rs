//! Versions of the files that were at work, as they are kept.

use serde::{Deserialize, Serialize};

use super::{Origin, Timestamp, Version};

/// Which files of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// `stations/NAME.ron`
    Station,
    /// `rules/NAME.rhai`
    Rule,
    /// `rules/NAME.test.ron`
    Test,
    /// `rules/lib/NAME.rhai`
    Library,
    /// `hubs/NAME.ron`
    Hub,
    /// `stations/NAME.ics`
    Calendar,
}

impl FileKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Station, Self::Rule, Self::Test, Self::Library, Self::Hub, Self::Calendar];

    /// The word for it: `station`, `rule`, `test`, `library`, `hub`, `calendar`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Rule => "rule",
            Self::Test => "test",
            Self::Library => "library",
            Self::Hub => "hub",
            Self::Calendar => "calendar",
        }
    }
}

/// That a version of the files came to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which version.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// By whom, and how.
    pub origin: Origin,
}

/// One file of a version, with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFile {
    /// Which kind of file.
    pub kind: FileKind,
    /// Its name without directory and ending.
    pub name: String,
    /// Where it was, as the user would type it.
    pub path: String,
    /// What stood in it.
    pub text: String,
}

/// A version with all its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptVersion {
    /// Which, and how it came to work.
    pub taken: Taken,
    /// Its files, in the order in which they were read.
    pub files: Vec<VersionFile>,
}
