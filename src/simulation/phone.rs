//! A phone: a battery, somebody who uses it, and an app that reports.

use super::{
    battery::{Battery, Flow},
    random::Random,
};
use crate::model::{Celsius, Level, Span};

/// Longer steps are cut to this: after a week nothing changes any more that a report could tell, and the
/// number of spells to walk through stays bounded.
const LONGEST_STEP: Span = Span::from_hours(7 * 24);

/// Degrees above the room while it is in use: ours.
const RISE_IN_USE: f64 = 3.0;

/// What is peculiar about a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Nothing.
    Ordinary,
    /// It gets too hot when it charges.
    RunsHot,
    /// Again and again it reports for a while and then says nothing for a while.
    FallsSilent {
        /// For so long it reports.
        after: Span,
        /// For so long it does not.
        silent_for: Span,
    },
    /// Its cable carries no current: a port with power does not charge it.
    BadCable,
}

impl Temper {
    /// True when a device of this age says nothing.
    pub(super) fn is_silent(self, age: Span) -> bool {
        let Self::FallsSilent { after, silent_for } = self else { return false };
        let round = after.saturating_add(silent_for).as_secs().max(1);
        age.as_secs() % round >= after.as_secs()
    }
}

/// What a phone is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// What people would call it; also a valid device name.
    pub name: &'static str,
    /// Level at the start, percent, 0 to 100.
    pub level: f64,
    /// Percent points per hour when it charges at a level of 80 % or less.
    pub charge_per_hour: f64,
    /// Percent points per hour when it lies around.
    pub idle_per_hour: f64,
    /// Percent points per hour when it is in use.
    pub active_per_hour: f64,
    /// Degrees above the room at which it settles when it charges.
    pub rise: f64,
    /// What is peculiar about it.
    pub temper: Temper,
}

/// What a phone says of its battery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// State of charge, rounded.
    pub level: Level,
    /// Battery temperature, to a tenth of a degree.
    pub temperature: Celsius,
    /// Whether it charges.
    pub charging: bool,
}

/// A phone that does not exist.
#[derive(Clone, Debug)]
pub struct Phone {
    profile: Profile,
    battery: Battery,
    random: Random,
    powered: bool,
    /// Time since it came into being.
    age: Span,
    active: bool,
    /// Age at which it is taken up or put down.
    next_change: Span,
    /// Age at which it reports next.
    next_report: Span,
}

impl Phone {
    /// A phone at the start of its life; the seed decides when it is used and when it reports.
    pub fn new(profile: Profile, seed: u64) -> Self {
        let mut random = Random::new(seed);
        // Ours: the first reports come within two minutes, not all at once.
        let next_report = Span::from_secs(i64::from(random.between(0, 120)));
        let next_change = Span::from_mins(i64::from(random.between(5, 60)));
        let battery = Battery::new(profile.level);
        let active = random.between(0, 1) == 1;
        Self { profile, battery, random, powered: false, age: Span::ZERO, active, next_change, next_report }
    }

    /// What it is like.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Its battery.
    pub fn battery(&self) -> &Battery {
        &self.battery
    }

    /// How long after its beginning the next report is due.
    pub fn next_report_at(&self) -> Span {
        self.next_report
    }

    /// Lets time pass with the port on or off all the while. Answers with a report if one was due; of several
    /// that were due the last one counts, as with a phone whose network was away.
    pub fn step(&mut self, powered: bool, dt: Span) -> Option<Reading> {
        self.powered = powered;
        let end = self.age.saturating_add(dt.clamp(Span::ZERO, LONGEST_STEP));
        while self.age < end {
            let pause = self.next_change.min(end);
            self.battery.step(self.flow(), pause.saturating_sub(self.age));
            self.age = pause;
            if self.age == self.next_change {
                self.change();
            }
        }
        if self.age < self.next_report {
            return None;
        }
        // Ours: every five minutes, give or take one; phone apps report every 5 to 20 minutes.
        let pause = Span::from_secs(i64::from(self.random.between(240, 360)));
        self.next_report = self.age.saturating_add(pause);
        if self.profile.temper.is_silent(self.age) { None } else { self.reading() }
    }

    /// What it would report now; nothing when it is empty, for then it is off.
    pub fn reading(&self) -> Option<Reading> {
        reading(&self.battery, self.is_charging())
    }

    fn is_charging(&self) -> bool {
        self.powered && self.profile.temper != Temper::BadCable && self.battery.level() < 100.0
    }

    fn flow(&self) -> Flow {
        let Profile { charge_per_hour, idle_per_hour, active_per_hour, rise, temper, .. } = self.profile;
        if self.powered && temper != Temper::BadCable {
            return Flow::Charge { per_hour: charge_per_hour, rise };
        }
        if self.active {
            Flow::Drain { per_hour: active_per_hour, rise: RISE_IN_USE }
        } else {
            Flow::Drain { per_hour: idle_per_hour, rise: 0.0 }
        }
    }

    /// Ours: taken up for 10 to 40 minutes, put down for 15 to 60.
    fn change(&mut self) {
        self.active = !self.active;
        let (low, high) = if self.active { (10, 40) } else { (15, 60) };
        let spell = Span::from_mins(i64::from(self.random.between(low, high)));
        self.next_change = self.age.saturating_add(spell);
    }
}

/// What a device with this battery reports; nothing when it is empty, for then it is off.
pub(super) fn reading(battery: &Battery, charging: bool) -> Option<Reading> {
    let level = battery.level();
    if level < 1.0 {
        return None;
    }
    let tenths = (battery.temperature() * 10.0).round();
    Some(Reading {
        level: Level::new(rounded(level)).ok()?,
        temperature: Celsius::new(tenths / 10.0).ok()?,
        charging,
    })
}

fn rounded(level: f64) -> i64 {
    // INVARIANT: a battery's level is 0 to 100.
    #[expect(clippy::cast_possible_truncation, reason = "a level is at most 100")]
    let percent = level.round() as i64;
    percent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::*;

    fn phone(level: f64, temper: Temper) -> Phone {
        let profile = Profile {
            name: "test phone",
            level,
            charge_per_hour: 30.0,
            idle_per_hour: 3.0,
            active_per_hour: 20.0,
            rise: if temper == Temper::RunsHot { 23.0 } else { 9.0 },
            temper,
        };
        Phone::new(profile, 1)
    }

    fn readings(phone: &mut Phone, powered: bool, minutes: u32) -> Vec<Reading> {
        (0..minutes).filter_map(|_| phone.step(powered, Span::from_mins(1))).collect()
    }

    #[test]
    fn it_reports_about_every_five_minutes() {
        let count = readings(&mut phone(50.0, Temper::Ordinary), true, 600).len();
        assert!((100..=150).contains(&count), "{count}");
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let story = |seed| {
            let mut phone = Phone::new(phone(50.0, Temper::Ordinary).profile, seed);
            readings(&mut phone, false, 300)
        };
        assert_eq!(story(3), story(3));
        assert_ne!(story(3), story(4));
    }

    #[test]
    fn left_on_charge_it_says_100_percent_and_not_charging() {
        let mut phone = phone(50.0, Temper::Ordinary);
        let last = readings(&mut phone, true, 600).pop().unwrap();
        assert_eq!((last.level.percent(), last.charging), (100, false));
    }

    #[test]
    fn one_that_runs_hot_passes_42_degrees_and_cools_again() {
        let mut phone = phone(20.0, Temper::RunsHot);
        let hottest = |phone: &mut Phone, on| {
            readings(phone, on, 60).iter().map(|r| r.temperature.degrees()).fold(0.0, f64::max)
        };
        assert!(hottest(&mut phone, true) > 43.0);
        hottest(&mut phone, false);
        assert!(hottest(&mut phone, false) < 30.0);
    }

    #[test]
    fn an_ordinary_one_stays_under_38_degrees() {
        let mut phone = phone(5.0, Temper::Ordinary);
        assert!(readings(&mut phone, true, 200).iter().all(|r| r.temperature.degrees() < 38.0));
    }

    #[test]
    fn a_bad_cable_charges_nothing_and_says_so() {
        let mut phone = phone(50.0, Temper::BadCable);
        let said = readings(&mut phone, true, 60);
        assert!(said.iter().all(|r| !r.charging));
        assert!(said.last().unwrap().level.percent() < 50);
    }

    #[test]
    fn a_silent_one_comes_back() {
        let temper = Temper::FallsSilent { after: Span::from_mins(60), silent_for: Span::from_mins(90) };
        let mut phone = phone(50.0, temper);
        assert!(!readings(&mut phone, true, 59).is_empty());
        assert!(readings(&mut phone, true, 90).is_empty());
        assert!(!readings(&mut phone, true, 30).is_empty());
    }

    #[test]
    fn an_empty_phone_is_off_until_it_has_charged_a_little() {
        let mut phone = phone(2.0, Temper::Ordinary);
        readings(&mut phone, false, 120);
        assert_eq!(phone.reading(), None);
        assert!(readings(&mut phone, true, 20).pop().unwrap().charging);
    }

    proptest! {
        #[test]
        fn whatever_happens_a_report_is_valid(seed in any::<u64>(), level in -10.0..110.0, steps in proptest::collection::vec((any::<bool>(), any::<i64>()), 1..20)) {
            let mut phone = Phone::new(Profile { level, ..phone(0.0, Temper::RunsHot).profile }, seed);
            for (powered, seconds) in steps {
                let before = phone.next_report_at();
                let reading = phone.step(powered, Span::from_secs(seconds));
                prop_assert!(phone.next_report_at() >= before);
                prop_assert!((0.0..=100.0).contains(&phone.battery().level()));
                prop_assert!(reading.is_none_or(|r| r.temperature.degrees() < 60.0));
            }
        }
    }
}
