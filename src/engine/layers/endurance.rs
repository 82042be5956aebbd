//! How long the battery of a silent device lasts, as far as can be told: it is charged again before it may be empty.
//!
//! Knows nothing of now: what was learned, and what was heard last, say it all.

use crate::engine::core::Engine;
use crate::engine::state::PortState;
use crate::model::{FaultKind, Span};

/// What a silent device uses when nobody has learned it, percent points per hour. A tablet whose display is always on uses
/// 5 to 8. Ours.
const DRAIN: f64 = 8.0;

/// It is charged again when by that reckoning it is so many percent points over the floor: nobody reads its level.
const SPARE: f64 = 15.0;

/// So much of its pace counts for a silent device: it slows down above 80 %, and is used meanwhile. Ours.
const CAUTION: f64 = 0.6;

/// Nobody is left alone for longer, whatever was learned.
const LONGEST: Span = Span::from_hours(24);

/// What follows when a silent device has been charged for as long as it may be, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Round {
    /// So long its port is off.
    pub(in crate::engine) rest: Span,
    /// So long it is charged then.
    pub(in crate::engine) charge: Span,
}

impl Engine {
    /// The round of a device that fell silent; `None`: it takes no charge, so it cannot get too full and its port stays on.
    pub(in crate::engine) fn round(&self, port: &PortState) -> Option<Round> {
        let dead = port.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::NotCharging);
        if dead || port.in_vain || port.unwell.is_some() {
            return None;
        }
        let safety = &self.view.station.safety;
        let learned = &port.memory.learned;
        let pace = learned.minutes_to_charge(20.0, 80.0).map(|estimate| 3600.0 / estimate.minutes.max(1.0));
        let pace = CAUTION * pace.unwrap_or(port.care().charge_per_hour);
        let drain = learned.drain_per_hour().unwrap_or(DRAIN).max(0.1);
        let hours = |span: Span| span.as_secs_f64() / 3600.0;
        let span = |hours: f64| Span::try_from_secs_f64(hours * 3600.0).unwrap_or(LONGEST);
        let heard = port.memory.battery.as_ref().map_or(0.0, |battery| f64::from(battery.level.percent()));
        let before = (heard - drain * hours(self.view.station.silent_after)).max(0.0);
        let full = (before + pace * hours(safety.silent_charge)).min(100.0);
        let left = full - f64::from(safety.floor.percent()) - SPARE;
        let rest = span(left.max(0.0) / drain).clamp(safety.wake_every.min(LONGEST), LONGEST);
        let least = safety.wake_for.min(safety.silent_charge);
        let charge = span(drain * hours(rest) / pace.max(0.1)).clamp(least, safety.silent_charge);
        Some(Round { rest, charge })
    }
}
