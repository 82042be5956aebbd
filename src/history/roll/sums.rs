//! What is kept of many reports. Pure: sums that can be added up again without loss.

/// Reports of one device in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::history) struct Sums {
    pub(in crate::history) reports: i64,
    pub(in crate::history) level_sum: i64,
    pub(in crate::history) level_min: Option<i64>,
    pub(in crate::history) level_max: Option<i64>,
    pub(in crate::history) level_last: Option<i64>,
    /// Hundredths of a degree Celsius.
    pub(in crate::history) temperature_sum: i64,
    pub(in crate::history) temperature_count: i64,
    pub(in crate::history) temperature_max: Option<i64>,
    /// Reports that said that it charges, of those that said something of it.
    pub(in crate::history) charging: i64,
    pub(in crate::history) charging_known: i64,
    /// Seconds with power, of those for which it is known.
    pub(in crate::history) powered: f64,
    pub(in crate::history) power_known: f64,
}

/// A minute, and where the device was.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::history) struct Minute {
    pub(in crate::history) sums: Sums,
    /// Which of the places of a walk.
    pub(in crate::history) place: usize,
    /// The power of that port, as the last report found it.
    pub(in crate::history) power: Option<bool>,
}

impl Sums {
    /// Takes a report: level in percent, degrees Celsius.
    pub(super) fn report(&mut self, level: i64, temperature: Option<f64>, charging: Option<bool>) {
        let hundredths = temperature.map(hundredths);
        self.add(&Self {
            reports: 1,
            level_sum: level,
            level_min: Some(level),
            level_max: Some(level),
            level_last: Some(level),
            temperature_sum: hundredths.unwrap_or_default(),
            temperature_count: i64::from(hundredths.is_some()),
            temperature_max: hundredths,
            charging: i64::from(charging == Some(true)),
            charging_known: i64::from(charging.is_some()),
            powered: 0.0,
            power_known: 0.0,
        });
    }

    /// So many seconds with or without power.
    pub(in crate::history) fn power(&mut self, is_on: bool, seconds: f64) {
        self.power_known += seconds;
        if is_on {
            self.powered += seconds;
        }
    }

    /// Adds what came later.
    pub(in crate::history) fn add(&mut self, later: &Self) {
        self.reports = self.reports.saturating_add(later.reports);
        self.level_sum = self.level_sum.saturating_add(later.level_sum);
        self.level_min = [self.level_min, later.level_min].into_iter().flatten().min();
        self.level_max = self.level_max.max(later.level_max);
        self.level_last = later.level_last.or(self.level_last);
        self.temperature_sum = self.temperature_sum.saturating_add(later.temperature_sum);
        self.temperature_count = self.temperature_count.saturating_add(later.temperature_count);
        self.temperature_max = self.temperature_max.max(later.temperature_max);
        self.charging = self.charging.saturating_add(later.charging);
        self.charging_known = self.charging_known.saturating_add(later.charging_known);
        self.powered += later.powered;
        self.power_known += later.power_known;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a temperature lies between -50 and 150 degrees")]
fn hundredths(degrees: f64) -> i64 {
    (degrees * 100.0).round() as i64
}
