//! A port that loses its power for a moment, so that what is plugged into it starts anew.
//!
//! It is a search that nobody looks at (`probe`): above people and rules for its moment, over by itself, and what was wanted
//! before is wanted again. A restart in the middle of it gives the port its power.

use super::probe::LONGEST_PROBE;
use crate::engine::core::{Engine, Step, later};
use crate::model::{Author, PortId, Power, Probe, Span, Timestamp};

/// So long the power is off: the capacitors of hubs and phones are empty after a second or two, and a hub may take as long
/// to switch.
pub const CYCLE: Span = Span::from_secs(5);

/// Why a port was not cycled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCycled {
    /// There is no such port.
    #[error("there is no such port")]
    UnknownPort,
    /// What is in it has no battery.
    #[error("what is in port {0} has no battery (`battery: false`): its power is never cut")]
    NoBattery(PortId),
    /// It is off, or nobody knows what it is.
    #[error("port {0} is not seen to have power: there is nothing to cycle")]
    NoPower(PortId),
    /// It is being searched or cycled.
    #[error("port {0} is switched for a moment already: try again in a few seconds")]
    Underway(PortId),
}

impl NotCycled {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownPort => "unknown_port",
            Self::NoBattery(_) => "no_battery",
            Self::NoPower(_) => "no_power",
            Self::Underway(_) => "underway",
        }
    }
}

impl Engine {
    /// Notes that a port is to be cycled, and switches nothing yet: once that is on disk, a crash in the middle gives the
    /// port its power back.
    pub fn intend_cycle(&mut self, id: PortId, by: &Author, now: Timestamp) -> Result<Step, NotCycled> {
        self.follow_clock(now);
        self.check_cycle(id)?;
        // As long as an intent may take to get onto the disk.
        let probe =
            Probe { power: Power::Off, until: later(now, LONGEST_PROBE), cycled_by: Some(by.clone()) };
        self.change(id, |port| port.memory.probe = Some(probe));
        let mut step = Step::default();
        self.remember(id, &mut step);
        Ok(step)
    }

    /// Takes the power of a port for [`CYCLE`]. What is not right changes nothing.
    pub fn cycle(&mut self, id: PortId, by: &Author, now: Timestamp) -> Result<Step, NotCycled> {
        self.follow_clock(now);
        if let Err(refused) = self.check_cycle(id) {
            // The intent is over too.
            self.change(id, |port| {
                if port.search().is_none() {
                    port.memory.probe = None;
                }
            });
            return Err(refused);
        }
        let probe = Probe { power: Power::Off, until: later(now, CYCLE), cycled_by: Some(by.clone()) };
        self.change(id, |port| port.begin_search(probe));
        let mut step = Step::default();
        self.judge(id, now, true, &mut step);
        Ok(step)
    }

    fn check_cycle(&self, id: PortId) -> Result<(), NotCycled> {
        let port = self.view.ports.get(&id).ok_or(NotCycled::UnknownPort)?;
        match () {
            () if !port.care().battery => Err(NotCycled::NoBattery(id)),
            () if port.search().is_some() => Err(NotCycled::Underway(id)),
            () if port.actual != Some(Power::On) => Err(NotCycled::NoPower(id)),
            () => Ok(()),
        }
    }
}
