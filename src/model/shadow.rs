//! A set of rules in shadow: asked beside the one at work, written down where it differs, deciding nothing.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Author, DeviceName, Facts, Layer, PortId, RuleName, StationName, Timestamp, Verdict};

/// Number of a shadow: the microseconds since 1970 at its start.
pub type ShadowId = i64;

/// What one of the two sets of rules decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowSide {
    /// What it wants.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// Who decided.
    pub by: Layer,
    /// The rule that decided, if one did.
    pub rule: Option<RuleName>,
    /// The line in it, from 1.
    pub line: Option<u32>,
}

/// A decision of the set at work from which the one in shadow differs.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowDecision {
    /// Which shadow.
    pub shadow: ShadowId,
    /// When it began to differ.
    pub at: Timestamp,
    /// The station.
    pub station: StationName,
    /// The port.
    pub port: PortId,
    /// The device that was in it.
    pub device: Option<DeviceName>,
    /// What counted.
    pub active: ShadowSide,
    /// What the shadow would have decided.
    pub candidate: ShadowSide,
    /// True when the port would have been on instead of off, or off instead of on.
    pub switches: bool,
    /// What the policy at work saw.
    pub facts: Arc<Facts>,
}

/// What was counted for one port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShadowTally {
    /// How often both were asked.
    pub compared: u64,
    /// How often they did not decide the same.
    pub differed: u64,
    /// How often they began not to decide the same: so many differing decisions were written down.
    pub differences: u64,
    /// At how many of these the port would have been on instead of off, or off instead of on.
    pub switches: u64,
    /// How often a rule of the shadow failed.
    pub failures: u64,
    /// When they last began not to decide the same.
    pub last: Option<Timestamp>,
    /// What the one at work and the one in shadow want, while that is not the same: a restart begins no difference anew.
    pub differs: Option<(Verdict, Verdict)>,
}

impl ShadowTally {
    /// Adds the count of another port; what they differ in now is no sum.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            compared: self.compared.saturating_add(other.compared),
            differed: self.differed.saturating_add(other.differed),
            differences: self.differences.saturating_add(other.differences),
            switches: self.switches.saturating_add(other.switches),
            failures: self.failures.saturating_add(other.failures),
            last: self.last.max(other.last),
            differs: None,
        }
    }
}

/// What was counted, by station and port.
pub type ShadowTallies = BTreeMap<(StationName, PortId), ShadowTally>;

/// A shadow as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowEntry {
    /// Its number.
    pub id: ShadowId,
    /// When it was started.
    pub at: Timestamp,
    /// Who started it.
    pub by: Author,
    /// What it changes of the files, in the form of whoever keeps it.
    pub edits: String,
}

/// How a shadow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShadowEnd {
    /// Somebody dropped it, or started another one.
    Dropped,
    /// Its changes were made in the files.
    Promoted,
}

impl ShadowEnd {
    /// The word on the wire: `dropped`, `promoted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Promoted => "promoted",
        }
    }
}
