//! Counts for people who watch over the service.

use std::{collections::BTreeMap, time::Duration};

/// What a station has seen since the service started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders after which the hub showed what was ordered.
    pub verified: u64,
    /// Orders after which it did not.
    pub failed: u64,
    /// Ports that somebody else had switched.
    pub drifted: u64,
    /// Ports that go on charging although they are off.
    pub leaked: u64,
    /// Ports whose device does not charge although they are on.
    pub not_charging: u64,
    /// Ports that were given up until something changes.
    pub alarms: u64,
}

/// How ports are switched and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Driver {
    /// By the program `uhubctl`.
    Uhubctl,
    /// By files of the kernel.
    Sysfs,
}

impl Driver {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uhubctl => "uhubctl",
            Self::Sysfs => "sysfs",
        }
    }
}

/// What a call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// It switched.
    Switch,
    /// It read.
    Read,
}

impl Purpose {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Switch => "switch",
            Self::Read => "read",
        }
    }
}

/// The calls of one kind since the service started: one run of `uhubctl`, or one side or one look by the kernel's files.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calls {
    /// Calls that ended well.
    pub done: u64,
    /// Calls that failed, those that took too long among them.
    pub failed: u64,
    /// Calls that were ended because they took too long.
    pub too_long: u64,
    /// Seconds that all calls took together.
    pub seconds: f64,
    /// How many calls took at most so long, see [`Calls::BOUNDS`]; each bucket counts those of the ones before too.
    pub buckets: [u64; Self::BOUNDS.len()],
}

impl Calls {
    /// Upper ends of the buckets, in seconds: a file of the kernel takes a millisecond, `uhubctl` some seconds.
    pub const BOUNDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

    /// Counts one call.
    pub fn add(&mut self, took: Duration, done: bool, too_long: bool) {
        if done {
            self.done += 1
        } else {
            self.failed += 1
        }
        self.too_long += u64::from(too_long);
        let seconds = took.as_secs_f64();
        self.seconds += seconds;
        for (bucket, bound) in self.buckets.iter_mut().zip(Self::BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }
}

/// All calls of this host.
pub type Tally = BTreeMap<(Driver, Purpose), Calls>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_count_what_is_shorter_too() {
        let mut calls = Calls::default();
        calls.add(Duration::from_millis(2), true, false);
        calls.add(Duration::from_secs(30), false, true);
        assert_eq!((calls.done, calls.failed, calls.too_long), (1, 1, 1));
        assert_eq!(calls.buckets, [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    }
}
