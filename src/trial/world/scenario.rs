//! What is to be simulated.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use crate::{
    model::{PortId, SignalName, Span, Timestamp},
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
    /// Numbers from elsewhere, by name; the station must name them too. One that is not listed never comes.
    pub signals: BTreeMap<SignalName, SignalCourse>,
}

/// What a number from elsewhere is over the day: the same every day, said anew at every change and every full hour.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalCourse(BTreeMap<Time, f64>);

impl SignalCourse {
    /// From each time of day on another value, until the next; before the first of the day it is that of the last.
    /// `None` when there is no value.
    pub fn new(values: BTreeMap<Time, f64>) -> Option<Self> {
        (!values.is_empty()).then_some(Self(values))
    }

    /// What is said at this time, and since when; the time is that of the change or of the full hour, whichever is later.
    pub(super) fn said(&self, now: DateTime) -> (DateTime, f64) {
        let hour = now.date().at(now.hour(), 0, 0, 0);
        match self.0.range(..=now.time()).next_back() {
            Some((since, value)) => (hour.max(now.date().to_datetime(*since)), *value),
            // INVARIANT: there is a value, so there is a last one.
            None => (hour, self.0.values().next_back().copied().unwrap_or(0.0)),
        }
    }
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

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_number_is_said_at_its_changes_and_at_full_hours() {
        let values = [(time(2, 0, 0, 0), 0.12), (time(5, 30, 0, 0), 0.35)];
        let course = SignalCourse::new(values.into()).unwrap();
        let at = |hour, minute| date(2026, 11, 23).at(hour, minute, 0, 0);
        assert_eq!(course.said(at(1, 40)), (at(1, 0), 0.35), "as on the evening before");
        assert_eq!(course.said(at(2, 0)), (at(2, 0), 0.12));
        assert_eq!(course.said(at(5, 29)), (at(5, 0), 0.12));
        assert_eq!(course.said(at(5, 59)), (at(5, 30), 0.35));
        assert_eq!(course.said(at(23, 1)), (at(23, 0), 0.35));
        assert_eq!(SignalCourse::new(BTreeMap::new()), None);
    }
}
