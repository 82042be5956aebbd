//! What another text of a rule or a station would change: in which situations the verdict would be another one.
//!
//! Reading order: `stations` (what belongs together, before and after) · `policy` (one policy beside the other) · `table`
//! (what one rule says in every situation) · `axis`, `situation` (what situations differ in) · `cover`, `said` (from thousands of
//! situations to few sentences). A limit lies where two situations that were tried come to something else; where what lies
//! between them was not tried, the answer says how far off the limit may be.

mod axis;
mod cover;
mod policy;
mod said;
mod situation;
mod stations;
mod table;
#[cfg(test)]
pub(super) mod tests;

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    model::{DeviceName, PortId, RuleName, Station, StationName},
    rules::RuleSet,
};

pub use stations::differences;

/// Stations and rules that belong together.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The stations.
    pub stations: BTreeMap<StationName, Arc<Station>>,
    /// The rules that their policies name.
    pub rules: Arc<RuleSet>,
}

/// What a policy comes to in one situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody has an opinion: the port stays as it is.
    Nothing,
    /// The port gets power.
    Charge,
    /// The port gets no power.
    Rest,
    /// A rule says that the port stays as it is.
    Keep,
    /// A guard fails: the port stays as it is, and rests when that happens again and again.
    GuardFails,
}

impl Outcome {
    /// Whether the port does the same, whatever the words.
    pub fn same_effect(self, other: Self) -> bool {
        let stays = |outcome| matches!(outcome, Self::Nothing | Self::Keep);
        self == other || (stays(self) && stays(other))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Charge => "charge",
            Self::Rest => "rest",
            Self::Keep => "keep",
            Self::GuardFails => "guard fails",
        })
    }
}

/// All that would be different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// What changes beside the policies, in words: `desk: port 7 is new`.
    pub stations: Vec<String>,
    /// Policies that come to something else somewhere.
    pub policies: Vec<PolicyDifference>,
    /// Policies whose texts or values change, and that come to the same in every situation.
    pub unchanged: usize,
    /// Policies of which too little could be tried: there are too many of them, or too many situations. Where something
    /// was tried, nothing differed.
    pub left_out: usize,
}

/// What changes for some ports that are treated alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDifference {
    /// The station.
    pub station: StationName,
    /// The ports, and the devices that the file puts there.
    pub ports: Vec<NamedPort>,
    /// What changes, the most frequent first.
    pub changes: Vec<VerdictChange>,
    /// Limits that are not told exactly, and how far they may be off: `time of day to 30 min`.
    pub rough: Vec<String>,
}

/// A port and the device that the file puts there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPort {
    /// The port.
    pub port: PortId,
    /// The device.
    pub device: Option<DeviceName>,
}

/// One change of the verdict, and where it takes place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictChange {
    /// The whole sentence: `level 21–25: nothing → charge`.
    pub text: String,
    /// What it comes to now.
    pub from: Outcome,
    /// What it would come to.
    pub to: Outcome,
    /// Where: every condition must hold. None: everywhere.
    pub when: Vec<String>,
    /// Earlier rules that must have no opinion.
    pub unless: Vec<RuleName>,
    /// True when it changes in every situation of `when`; else in some, as `examples` show.
    pub exact: bool,
    /// Where exactly, for some values; empty when `exact`.
    pub examples: Vec<String>,
}
