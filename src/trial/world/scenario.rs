//! What is to be simulated.

use std::collections::BTreeMap;

use crate::{
    model::{PortId, Span, Timestamp},
    simulation::DeviceModel,
};

/// Longer runs are cut to this: a year shows all there is to see, and everything is kept in memory.
pub(super) const LONGEST: Span = Span::from_hours(400 * 24);

/// Shorter steps show no more than this one, for rules look at the clock by the minute.
const SHORTEST_STEP: Span = Span::from_mins(1);

/// In longer steps a fast phone would pass what a rule looks for.
const LONGEST_STEP: Span = Span::from_mins(15);

/// So many samples of a device are kept: 400 days at 5 minutes, 5 MB. Of more steps each second, third, … one is kept.
const MOST_SAMPLES: u64 = 120_000;

/// A time, and the devices that live through it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// When it begins.
    pub start: Timestamp,
    /// How long it lasts; at most 400 days count.
    pub length: Span,
    /// How far the clock moves at a time, 1 to 15 minutes; what lies outside counts as the nearer of both.
    pub step: Span,
    /// Decides on all that the models leave open.
    pub seed: u64,
    /// The devices, by port. A port that is not listed is empty.
    pub devices: BTreeMap<PortId, DeviceModel>,
}

impl Scenario {
    /// The length that counts.
    pub(super) fn lasting(&self) -> Span {
        self.length.clamp(Span::ZERO, LONGEST)
    }

    /// The step that counts.
    pub(super) fn stride(&self) -> Span {
        self.step.clamp(SHORTEST_STEP, LONGEST_STEP)
    }

    /// How many steps there are.
    pub(super) fn steps(&self) -> u64 {
        let (length, stride) = (self.lasting().as_secs(), self.stride().as_secs().max(1));
        length.unsigned_abs().div_ceil(stride.unsigned_abs())
    }

    /// The sample of each so many steps is kept.
    pub(super) fn keeps_each(&self) -> u64 {
        self.steps().div_ceil(MOST_SAMPLES).max(1)
    }
}
