//! The level and the temperature of one battery.

use crate::model::{Span, TAPER_FROM, TAPER_TO};

/// Temperature of the room in degrees Celsius, ours: an office.
pub const AMBIENT: f64 = 23.0;

/// Minutes in which a phone covers 63 % of the way to its final temperature. Ours: a phone put on charge
/// feels warm after a quarter of an hour and is no warmer after an hour.
const WARMING: f64 = 18.0;

/// Share of the warming that is left while the charge current falls. Ours: half, between all at 80 % and
/// hardly any at 100 %.
const TAPER_RISE: f64 = 0.5;

/// What happens to a battery for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flow {
    /// It charges.
    Charge {
        /// Percent points per hour up to [`TAPER_FROM`], what the phone uses meanwhile taken off; 0 or more.
        per_hour: f64,
        /// How many degrees above the room it would settle.
        rise: f64,
    },
    /// It is used, and nothing comes in.
    Drain {
        /// Percent points per hour, 0 or more.
        per_hour: f64,
        /// How many degrees above the room it would settle.
        rise: f64,
    },
}

/// A battery: what is in it and how warm it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    level: f64,
    temperature: f64,
}

impl Battery {
    /// A battery as warm as the room, with so many percent in it; values outside 0 to 100 are cut, NaN is 0.
    pub fn new(level: f64) -> Self {
        let level = if level.is_nan() { 0.0 } else { level.clamp(0.0, 100.0) };
        Self { level, temperature: AMBIENT }
    }

    /// Percent, 0 to 100, with fractions.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Degrees Celsius.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// Lets time pass. Exact: one long step gives the same as many short ones.
    pub fn step(&mut self, flow: Flow, dt: Span) {
        let mut hours = dt.max(Span::ZERO).as_secs_f64() / 3600.0;
        match flow {
            Flow::Drain { per_hour, rise } => {
                self.level = (self.level - per_hour.max(0.0) * hours).max(0.0);
                self.warm(rise, hours);
            }
            Flow::Charge { per_hour, rise } => {
                let per_hour = per_hour.max(0.0);
                hours = self.charge_at_full_rate(per_hour, rise, hours);
                hours = self.charge_tapering(per_hour, rise * TAPER_RISE, hours);
                self.warm(0.0, hours);
            }
        }
    }

    /// Up to [`TAPER_FROM`]; gives back the hours that are left.
    fn charge_at_full_rate(&mut self, per_hour: f64, rise: f64, hours: f64) -> f64 {
        let missing = (TAPER_FROM - self.level).max(0.0);
        let spent = (missing / per_hour).min(hours);
        // 0 / 0 when nothing is missing and nothing comes in: then no time is spent here.
        let spent = if missing == 0.0 { 0.0 } else { spent };
        self.warm(rise, spent);
        if spent < hours {
            self.level = self.level.max(TAPER_FROM);
        } else {
            self.level += per_hour * spent;
        }
        hours - spent
    }

    /// From [`TAPER_FROM`] to 100; gives back the hours that are left.
    ///
    /// The share of the rate falls linearly with the level, from 1 to [`TAPER_TO`], and so exponentially with time.
    fn charge_tapering(&mut self, per_hour: f64, rise: f64, hours: f64) -> f64 {
        if hours <= 0.0 || self.level >= 100.0 {
            return hours;
        }
        let slope = (1.0 - TAPER_TO) / (100.0 - TAPER_FROM);
        let share = 1.0 - slope * (self.level - TAPER_FROM);
        let until_full = (share / TAPER_TO).ln() / (slope * per_hour);
        if hours >= until_full {
            self.warm(rise, until_full);
            self.level = 100.0;
            return hours - until_full;
        }
        self.warm(rise, hours);
        let share = share * (-slope * per_hour * hours).exp();
        self.level = (TAPER_FROM + (1.0 - share) / slope).clamp(self.level, 100.0);
        0.0
    }

    fn warm(&mut self, rise: f64, hours: f64) {
        let target = AMBIENT + rise;
        self.temperature = target + (self.temperature - target) * (-hours * 60.0 / WARMING).exp();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, prop_oneof, proptest};

    use super::*;

    const CHARGE: Flow = Flow::Charge { per_hour: 30.0, rise: 10.0 };
    const DRAIN: Flow = Flow::Drain { per_hour: 10.0, rise: 2.0 };

    fn after(level: f64, flow: Flow, minutes: i64) -> Battery {
        let mut battery = Battery::new(level);
        battery.step(flow, Span::from_mins(minutes));
        battery
    }

    #[test]
    fn charging_slows_down_above_80_percent() {
        assert!((after(50.0, CHARGE, 60).level() - 80.0).abs() < 1e-9);
        let gain = |from: f64| (after(from, CHARGE, 1).level() - from) * 60.0 / 30.0;
        assert!((gain(40.0) - 1.0).abs() < 1e-6);
        assert!((gain(90.0) - 0.56).abs() < 0.02, "{}", gain(90.0));
        assert!((gain(99.5) - 0.14).abs() < 0.02, "{}", gain(99.5));
    }

    #[test]
    fn what_is_charged_is_the_sum_of_the_rate() {
        let slope = (1.0 - TAPER_TO) / (100.0 - TAPER_FROM);
        let (mut sum, dt) = (70.0, 1.0 / 3600.0);
        for _ in 0..3600 {
            sum += 30.0 * dt * (1.0 - slope * f64::max(sum - TAPER_FROM, 0.0));
        }
        assert!((after(70.0, CHARGE, 60).level() - sum).abs() < 0.01, "{sum}");
    }

    #[test]
    fn left_on_charge_it_becomes_full_and_stays() {
        let mut battery = after(3.0, CHARGE, 600);
        assert_eq!(battery.level(), 100.0);
        battery.step(CHARGE, Span::from_hours(100));
        assert_eq!(battery.level(), 100.0);
        assert!((battery.temperature() - AMBIENT).abs() < 0.01);
    }

    #[test]
    fn it_warms_while_charging_and_cools_afterwards() {
        let mut battery = after(20.0, CHARGE, 18);
        assert!((battery.temperature() - (AMBIENT + 10.0 * 0.632)).abs() < 0.01);
        battery.step(CHARGE, Span::from_mins(60));
        let warm = battery.temperature();
        assert!(warm > AMBIENT + 9.5);
        battery.step(DRAIN, Span::from_mins(18));
        assert!(battery.temperature() < AMBIENT + 2.0 + 3.0);
    }

    #[test]
    fn nothing_in_nothing_gained() {
        let still = Flow::Charge { per_hour: 0.0, rise: 0.0 };
        for level in [0.0, 42.0, 80.0, 90.0, 100.0] {
            assert_eq!(after(level, still, 500).level(), level);
        }
    }

    fn flows() -> impl Strategy<Value = Flow> {
        let numbers = (-10.0..1e6, -5.0..30.0);
        prop_oneof![
            numbers.clone().prop_map(|(per_hour, rise)| Flow::Charge { per_hour, rise }),
            numbers.prop_map(|(per_hour, rise)| Flow::Drain { per_hour, rise }),
        ]
    }

    proptest! {
        #[test]
        fn it_never_leaves_0_to_100(level in any::<f64>(), steps in proptest::collection::vec((flows(), any::<i64>(), 0..999_999_999), 1..20)) {
            let mut battery = Battery::new(level);
            for (flow, seconds, nanos) in steps {
                battery.step(flow, Span::new(seconds, nanos));
                prop_assert!((0.0..=100.0).contains(&battery.level()), "{battery:?}");
                prop_assert!((-20.0..=60.0).contains(&battery.temperature()), "{battery:?}");
            }
        }

        #[test]
        fn one_long_step_is_many_short_ones(level in 0.0..100.0, rate in 1.0..80.0, minutes in 1..600_i64) {
            for flow in [Flow::Charge { per_hour: rate, rise: 12.0 }, Flow::Drain { per_hour: rate, rise: 1.0 }] {
                let long = after(level, flow, minutes);
                let mut short = Battery::new(level);
                for _ in 0..minutes {
                    short.step(flow, Span::from_mins(1));
                }
                prop_assert!((long.level() - short.level()).abs() < 1e-6);
                prop_assert!((long.temperature() - short.temperature()).abs() < 1e-6);
            }
        }
    }
}
