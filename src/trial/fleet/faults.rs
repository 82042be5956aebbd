//! What goes wrong in the life of a fleet.

use jiff::{civil::DateTime, tz::TimeZone};
use serde::Deserialize;

use crate::model::{PortId, Span, Timestamp};

/// Something that goes wrong for a while; times are those of the station's clock.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Fault {
    /// These devices say nothing.
    Silent {
        /// Whose.
        ports: Vec<PortId>,
        /// When it begins.
        from: DateTime,
        /// For how long.
        lasts: Span,
    },
    /// What these devices say comes late, and once more after that.
    LateReports {
        /// Whose.
        ports: Vec<PortId>,
        /// When it begins.
        from: DateTime,
        /// For how long.
        lasts: Span,
        /// So much later.
        by: Span,
    },
    /// The room is warmer; most of all in the middle of that time.
    HotRoom {
        /// When it begins.
        from: DateTime,
        /// For how long.
        lasts: Span,
        /// By so many degrees at most.
        degrees: f64,
    },
    /// These ports have power and do not charge.
    DeadCable {
        /// Which.
        ports: Vec<PortId>,
        /// When it begins.
        from: DateTime,
        /// For how long.
        lasts: Span,
    },
    /// No port has power and no service runs. Afterwards the hub has all its ports on.
    PowerCut {
        /// When it begins.
        from: DateTime,
        /// For how long.
        lasts: Span,
    },
    /// The service is killed and comes back; the hub keeps its ports as they are.
    Restart {
        /// When it is killed.
        from: DateTime,
        /// For how long there is no service.
        lasts: Span,
    },
}

impl Fault {
    /// The ports that it is about; none where it is about all.
    pub(super) fn ports(&self) -> &[PortId] {
        match self {
            Self::Silent { ports, .. } | Self::LateReports { ports, .. } | Self::DeadCable { ports, .. } => {
                ports
            }
            Self::HotRoom { .. } | Self::PowerCut { .. } | Self::Restart { .. } => &[],
        }
    }

    fn spell(&self) -> (DateTime, Span) {
        match self {
            Self::Silent { from, lasts, .. }
            | Self::LateReports { from, lasts, .. }
            | Self::HotRoom { from, lasts, .. }
            | Self::DeadCable { from, lasts, .. }
            | Self::PowerCut { from, lasts }
            | Self::Restart { from, lasts } => (*from, *lasts),
        }
    }

    /// What is wrong with it as it is written.
    pub(super) fn check(&self) -> Result<(), String> {
        let (from, lasts) = self.spell();
        if !(Span::from_mins(1)..=Span::from_hours(24 * 400)).contains(&lasts) {
            return Err(format!("the fault of {from} lasts no time that there is: use 1 min to 400 days"));
        }
        match self {
            Self::LateReports { by, .. } if !(Span::ZERO..=Span::from_hours(24)).contains(by) => {
                Err(format!("the fault of {from}: reports come 0 s to 24 h late"))
            }
            Self::HotRoom { degrees, .. } if !(0.0..=30.0).contains(degrees) => {
                Err(format!("the fault of {from}: a room is 0 to 30 degrees warmer"))
            }
            _ => Ok(()),
        }
    }
}

/// A fault with its moments.
#[derive(Clone, Debug)]
struct Spell {
    fault: Fault,
    from: Timestamp,
    to: Timestamp,
}

/// All faults of a fleet, to be asked what holds at a moment.
#[derive(Clone, Debug)]
pub(super) struct Faults(Vec<Spell>);

impl Faults {
    pub(super) fn new(faults: &[Fault], zone: &TimeZone) -> Self {
        let spell = |fault: &Fault| {
            let (from, lasts) = fault.spell();
            let from = zone.to_ambiguous_timestamp(from).compatible().ok()?;
            Some(Spell { fault: fault.clone(), from, to: from.checked_add(lasts).ok()? })
        };
        Self(faults.iter().filter_map(spell).collect())
    }

    fn at(&self, now: Timestamp) -> impl Iterator<Item = &Spell> {
        self.0.iter().filter(move |spell| spell.from <= now && now < spell.to)
    }

    /// True while nothing has power.
    pub(super) fn is_cut(&self, now: Timestamp) -> bool {
        self.at(now).any(|spell| matches!(spell.fault, Fault::PowerCut { .. }))
    }

    /// True while there is no service.
    pub(super) fn is_down(&self, now: Timestamp) -> bool {
        self.at(now).any(|spell| matches!(spell.fault, Fault::PowerCut { .. } | Fault::Restart { .. }))
    }

    /// True while the cable of this port carries no power.
    pub(super) fn is_dead(&self, port: PortId, now: Timestamp) -> bool {
        self.at(now)
            .any(|spell| matches!(&spell.fault, Fault::DeadCable { ports, .. } if ports.contains(&port)))
    }

    /// True when the cable of this port is dead at any time.
    pub(super) fn has_dead_cable(&self, port: PortId) -> bool {
        self.0
            .iter()
            .any(|spell| matches!(&spell.fault, Fault::DeadCable { ports, .. } if ports.contains(&port)))
    }

    /// True while this device says nothing.
    pub(super) fn is_silent(&self, port: PortId, now: Timestamp) -> bool {
        self.at(now).any(|spell| matches!(&spell.fault, Fault::Silent { ports, .. } if ports.contains(&port)))
    }

    /// By how much what this device says now comes late.
    pub(super) fn late(&self, port: PortId, now: Timestamp) -> Option<Span> {
        self.at(now).find_map(|spell| match &spell.fault {
            Fault::LateReports { ports, by, .. } if ports.contains(&port) => Some(*by),
            _ => None,
        })
    }

    /// By how many degrees the room is warmer: from nothing to the most and back.
    pub(super) fn heat(&self, now: Timestamp) -> f64 {
        self.at(now)
            .filter_map(|spell| {
                let Fault::HotRoom { degrees, .. } = spell.fault else { return None };
                let part = now.duration_since(spell.from).as_secs_f64()
                    / spell.to.duration_since(spell.from).as_secs_f64();
                Some(degrees * (part * std::f64::consts::PI).sin())
            })
            .fold(0.0, f64::max)
    }
}
