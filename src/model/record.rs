//! What history is asked to write down.

use std::{fmt, sync::Arc};

use super::{
    Battery, Decision, Event, PortId, PortMemory, Power, Session, ShadowDecision, ShadowId, ShadowTally,
    StationMemory, StationName, Timestamp,
};

/// Called once the records of a person's wish are on disk, or with what went wrong.
pub type Kept = Box<dyn FnOnce(Result<(), String>) + Send>;

/// One thing to write down.
pub enum Record {
    /// A report that was taken.
    Report {
        /// Which station.
        station: StationName,
        /// Which port.
        port: PortId,
        /// Who reported.
        device: String,
        /// When it was received.
        received_at: Timestamp,
        /// What it said.
        battery: Battery,
        /// The power of the port as it was known then.
        power: Option<Power>,
    },
    /// A decision.
    Decision(Arc<Decision>),
    /// A switch and what was seen afterwards.
    Switch {
        /// Which station.
        station: StationName,
        /// Which port.
        port: PortId,
        /// When the answer came.
        at: Timestamp,
        /// What was wanted.
        wanted: Power,
        /// What was seen.
        seen: Option<Power>,
        /// What went wrong, in words.
        problem: Option<String>,
        /// Why it was wanted.
        reason: String,
    },
    /// An event.
    Event(Arc<Event>),
    /// A decision from which a set of rules in shadow differs.
    ShadowDecision(Arc<ShadowDecision>),
    /// What was counted of a shadow at one port. The last one of a port wins.
    ShadowTally {
        /// Which shadow.
        shadow: ShadowId,
        /// Which station.
        station: StationName,
        /// Which port.
        port: PortId,
        /// The counts.
        tally: ShadowTally,
    },
    /// The state of a port that goes on after a restart. The last one of a port wins.
    Memory {
        /// Which station.
        station: StationName,
        /// Which port.
        port: PortId,
        /// What to remember.
        memory: Box<PortMemory>,
    },
    /// One stretch of charging that has ended.
    Session(Box<Session>),
    /// The state of a station that goes on after a restart. The last one of a station wins.
    StationMemory {
        /// Which station.
        station: StationName,
        /// What to remember.
        memory: Box<StationMemory>,
    },
    /// Everything sent before this must be on disk, safe from a power cut, before the function is called.
    Keep(Kept),
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Report { .. } => "Report",
            Self::Decision(_) => "Decision",
            Self::Switch { .. } => "Switch",
            Self::Event(_) => "Event",
            Self::ShadowDecision(_) => "ShadowDecision",
            Self::ShadowTally { .. } => "ShadowTally",
            Self::Memory { .. } => "Memory",
            Self::Session(_) => "Session",
            Self::StationMemory { .. } => "StationMemory",
            Self::Keep(_) => "Keep",
        })
    }
}
