//! Where a version of the files came from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Author, Version};

/// How a version of the files came to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The service started with it.
    Start,
    /// Somebody saved files.
    Files,
    /// Somebody edited a rule by the API.
    Api,
    /// Somebody brought an earlier version back.
    Rollback(Version),
    /// A set of rules that ran in shadow was promoted.
    Promotion,
}

/// Who brought a version of the files, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// How.
    pub source: Source,
    /// Who; of saved files only the file system knows, so [`Author::Service`].
    pub by: Author,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Start => f.write_str("start of the service"),
            Source::Files => f.write_str("files saved"),
            Source::Api => write!(f, "edited by {}", self.by),
            Source::Rollback(version) => write!(f, "rolled back to {version} by {}", self.by),
            Source::Promotion => write!(f, "promoted from shadow by {}", self.by),
        }
    }
}
