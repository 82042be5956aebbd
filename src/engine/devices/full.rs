//! When a device counts as full.
//!
//! Many never say 100 %: they stop short of it, or people have set them a limit of 80 or 90 %. A rule that waits for 100
//! would charge such a device for ever.

use crate::model::{Battery, PortMemory, Power, Span};

/// The lowest limit that devices offer, percent. Below it one that does not get fuller has a bad cable.
const LIMIT: u8 = 80;

/// With power for so long and no fuller, it is as full as it gets: at the end of a charge even a slow tablet gains a
/// step of level, 5 %, in less.
const NO_FULLER: Span = Span::from_hours(3);

/// Whether the device is full by its last report; the spells of its level must hold that report already.
pub(in crate::engine) fn is_full(battery: &Battery, memory: &PortMemory) -> bool {
    let (level, now) = (battery.level.percent(), battery.measured_at);
    if level == 100 {
        return true;
    }
    let powered = memory.steady.as_ref().filter(|steady| steady.power == Power::On);
    let powered = powered.map_or(Span::ZERO, |steady| now.duration_since(steady.since));
    level >= LIMIT && powered >= NO_FULLER && memory.level.above(step_of(level), now) >= NO_FULLER
}

/// The step in which the level is kept.
pub(in crate::engine) fn step_of(level: u8) -> f64 {
    f64::from(level / 5 * 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Level, Steady, Timestamp};

    /// Whether a device that said this level for so many minutes, with power or without, was full at the end.
    fn after(level: i64, minutes: i64, power: Power) -> bool {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let steady = Steady { power, since: at(0), level: None, device: None, serial: None };
        let mut memory = PortMemory { steady: Some(steady), ..PortMemory::default() };
        let level = Level::new(level).unwrap();
        memory.level.push(step_of(level.percent()), at(0));
        is_full(&Battery { level, charging: None, temperature: None, measured_at: at(minutes) }, &memory)
    }

    #[test]
    fn full_is_100_percent_at_once() {
        assert!(after(100, 0, Power::Off) && !after(99, 0, Power::On));
    }

    #[test]
    fn who_gets_no_fuller_is_full_after_three_hours() {
        for limit in [80, 85, 99] {
            assert!(after(limit, 180, Power::On) && !after(limit, 179, Power::On), "{limit}");
        }
        assert!(!after(99, 600, Power::Off), "nobody charges it");
        assert!(!after(79, 600, Power::On), "a bad cable");
    }
}
