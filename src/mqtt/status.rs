//! How the connections to the broker are, for health and for people.

use std::collections::BTreeMap;

use tokio::sync::watch;

use crate::model::StationName;

/// How one station's connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is being made for the first time.
    Connecting,
    /// All is well.
    Connected,
    /// States are published, but commands and reports, or some of them, do not come in.
    Deaf {
        /// Why, and what to do.
        reason: String,
    },
    /// All is well, but more commands come than are carried out.
    Crowded {
        /// For which ports, and what to do.
        reason: String,
    },
    /// Commands and reports come in, but the broker does not take all states.
    Mute {
        /// Why, and what to do.
        reason: String,
    },
    /// There is no connection; it is tried again, at least once a minute.
    Down {
        /// Why, and what to do.
        reason: String,
    },
}

impl Link {
    /// What is wrong, if something is.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Connecting | Self::Connected => None,
            Self::Deaf { reason }
            | Self::Mute { reason }
            | Self::Crowded { reason }
            | Self::Down { reason } => Some(reason),
        }
    }
}

/// The connections of all stations, by station.
pub type Status = BTreeMap<StationName, Link>;

/// Where one station says how its connection is.
pub(super) struct StatusLine {
    station: StationName,
    all: watch::Sender<Status>,
}

impl StatusLine {
    pub(super) fn new(station: StationName, all: watch::Sender<Status>) -> Self {
        Self { station, all }
    }

    /// Says how it is from now on. False when that was said before.
    pub(super) fn set(&self, link: &Link) -> bool {
        self.all.send_if_modified(|all| all.insert(self.station.clone(), link.clone()).as_ref() != Some(link))
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.all.send_if_modified(|all| all.remove(&self.station).is_some());
    }
}
