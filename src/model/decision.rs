//! What was decided, by whom and why.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Adjustments, DeviceName, Facts, PortId, RuleName, Safeguard, StationName, Timestamp};

/// What a rule, or the engine, wants for a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The port has power.
    Charge,
    /// The port has no power.
    Rest,
    /// The port stays as it is.
    Keep,
}

impl Verdict {
    /// The word on the wire: `charge`, `rest`, `keep`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Rest => "rest",
            Self::Keep => "keep",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Short hash of all files that a plan was made from: twelve hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Version(Arc<str>);

impl Version {
    /// Takes the hash as text.
    pub fn new(hash: &str) -> Self {
        Self(hash.into())
    }
    /// The hash as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one rule said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// What it wants.
    pub verdict: Verdict,
    /// Why, in the rule's own words.
    pub reason: String,
    /// The rule.
    pub rule: RuleName,
    /// Line of the verb in the rule's file, from 1.
    pub line: u32,
}

/// A rule that could not answer: it had no opinion this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFailure {
    /// The rule.
    pub rule: RuleName,
    /// True when it was asked as a guard.
    pub guard: bool,
    /// What went wrong, in words.
    pub message: String,
    /// Line in the rule's file, from 1, where known.
    pub line: Option<u32>,
}

/// Who decided (design: who decides, in this order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The engine, to keep a device from harm: it was silent for too long, or a guard failed.
    Safety,
    /// A person.
    Mode,
    /// A guard or a rule.
    Policy,
    /// The power supply: others have power before it.
    Budget,
    /// Nobody had an opinion: the port stays as it is.
    Nobody,
}

impl Layer {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Mode => "mode",
            Self::Policy => "policy",
            Self::Budget => "budget",
            Self::Nobody => "nobody",
        }
    }
}

/// Number of a decision, rising within a station, unique there also over restarts.
pub type DecisionId = i64;

/// One decision for one port, complete enough to be explained and replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Its number.
    pub id: DecisionId,
    /// When.
    pub at: Timestamp,
    /// Which station.
    pub station: StationName,
    /// Which port.
    pub port: PortId,
    /// The device that was in it.
    pub device: Option<DeviceName>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// Who decided.
    pub by: Layer,
    /// Why, where the safety layer decided.
    #[serde(default)]
    pub safeguard: Option<Safeguard>,
    /// The rule that decided, if one did.
    pub rule: Option<RuleName>,
    /// The line in it, from 1.
    pub line: Option<u32>,
    /// The version of the files that decided.
    pub version: Version,
    /// What the policy saw; `None` when there was no report yet to decide by.
    pub facts: Option<Arc<Facts>>,
    /// The rules that failed on the way.
    pub failures: Vec<RuleFailure>,
    /// The values of parameters that people had set over the files.
    #[serde(default)]
    pub adjusted: Arc<Adjustments>,
}
