//! All that a rule may see of one port at one moment, complete, so that a decision can be replayed.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Battery, DeviceName, Level, PortId, RuleName, Span, StationName, Timestamp,
    pace::{Paces, effort},
};

/// Everything that a policy is asked with. The same facts and the same rules give the same decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment of the decision.
    pub at: Timestamp,
    /// The station's time zone, for `clock`.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// The station.
    pub station: StationFacts,
    /// The port.
    pub port: PortFacts,
    /// The device in the port.
    pub device: DeviceFacts,
    /// Its last report.
    pub battery: Battery,
    /// The rule that brought the port into its present state, if a rule did: `rule.holds` is true for it.
    pub holder: Option<RuleName>,
    /// What is known of earlier reports.
    pub history: HistoryFacts,
    /// Numbers from elsewhere that the station file names, as far as they were received.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signals: BTreeMap<String, Signal>,
    /// The deadline that counts next, and what is planned for it; `None` without one, and in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DeadlineFacts>,
}

/// What rules see of the next deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadlineFacts {
    /// When the device is to be ready.
    pub at: Timestamp,
    /// The level to be reached.
    pub level: Level,
    /// When charging for it is to begin, planned together with the other ports of the station.
    pub start: Timestamp,
    /// False: it will not make it.
    pub in_time: bool,
    /// Who asks for it.
    pub source: Arc<str>,
}

/// A number from elsewhere, for example the price of electricity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The number; always finite.
    pub value: f64,
    /// When it was received.
    pub at: Timestamp,
}

/// What rules see of the station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StationFacts {
    /// Its name.
    pub name: StationName,
    /// How many of its ports have power now.
    pub ports_on: u32,
}

/// What rules see of the port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortFacts {
    /// Its number.
    pub number: PortId,
    /// Whether it has power: as seen on the hub, else as wanted, else true (hubs power their ports by default).
    pub on: bool,
    /// Since when; `None` when that was before the service started to look.
    pub since: Option<Timestamp>,
}

/// What rules see of the device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceFacts {
    /// Its name.
    pub name: DeviceName,
    /// What kind of thing it is, from the station file: `phone`, `tablet`, … or empty.
    #[serde(default)]
    pub kind: String,
    /// Words from the station file by which rules may tell devices apart.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What rules see of the past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryFacts {
    /// How fast the device charges by its file, in percent points per hour.
    pub charge_per_hour: f64,
    /// How fast it charges in each band of levels by its own reports; `None` before enough was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paces: Option<Paces>,
    /// How sure that is, percent; 0 before enough was seen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sure: u8,
    /// What it uses without power, percent points per hour; `None` before enough was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drain_per_hour: Option<f64>,
    /// Since when the level has been at or above which percent (in steps of 5 %).
    #[serde(default)]
    pub level: Spells,
    /// Since when the temperature has been at or above which degree (in steps of half a degree).
    #[serde(default)]
    pub temperature: Spells,
    /// When the device was last full: at 100 %, or as full as it gets; `None` when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_at: Option<Timestamp>,
}

impl HistoryFacts {
    /// Minutes to charge from one level to another, in percent, as lithium batteries do: ever more slowly above
    /// [`super::TAPER_FROM`]. By what was learned of the device, else by its file. 0 when it is already there.
    pub fn minutes_to_charge(&self, from: f64, to: f64) -> f64 {
        match &self.paces {
            Some(paces) => paces.minutes(from, to),
            None => effort(from, to) / self.charge_per_hour.max(0.1) * 60.0,
        }
    }
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// Answers "since when has the value been at or above x without a break", for every x, from the reports seen.
///
/// Holds the minima of all suffixes of the series: pairs of value and time, values strictly rising, times rising. A new value
/// ends every spell above it, so the length is bounded by the number of different values, not of reports. Times are
/// whole seconds, and so is the serde form: this is written with every decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(f64, i64)>", into = "Vec<(f64, i64)>")]
pub struct Spells(Vec<(f64, Timestamp)>);

impl From<Vec<(f64, i64)>> for Spells {
    fn from(pairs: Vec<(f64, i64)>) -> Self {
        let pairs = pairs.into_iter();
        Self(pairs.filter_map(|(value, at)| Some((value, Timestamp::from_second(at).ok()?))).collect())
    }
}

impl From<Spells> for Vec<(f64, i64)> {
    fn from(spells: Spells) -> Self {
        spells.0.into_iter().map(|(value, at)| (value, at.as_second())).collect()
    }
}

impl Spells {
    /// Takes the next value of the series.
    pub fn push(&mut self, value: f64, at: Timestamp) {
        let mut since = Timestamp::from_second(at.as_second()).unwrap_or(at);
        if self.0.last().is_some_and(|(_, start)| *start > since) {
            // The clock was set back: what began later than now begins now.
            self.0.iter_mut().for_each(|(_, start)| *start = (*start).min(since));
        }
        while let Some(&(last, start)) = self.0.last() {
            if last < value {
                break;
            }
            since = start;
            self.0.pop();
        }
        self.0.push((value, since));
    }

    /// Forgets the series: nothing is known of the time before the next value.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How long the value has been at or above `limit` without a break until `now`; zero if it is not.
    pub fn above(&self, limit: f64, now: Timestamp) -> Span {
        let first = self.0.partition_point(|(value, _)| *value < limit);
        self.0.get(first).map_or(Span::ZERO, |(_, since)| now.duration_since(*since).max(Span::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_percents_take_longer() {
        let history = HistoryFacts { charge_per_hour: 40.0, ..HistoryFacts::default() };
        let minutes = |from, to| history.minutes_to_charge(from, to);
        assert_eq!((minutes(50.0, 80.0), minutes(80.0, 80.0), minutes(90.0, 20.0)), (45.0, 0.0, 0.0));
        let (first, last) = (minutes(80.0, 90.0), minutes(90.0, 100.0));
        assert!((first - 19.8).abs() < 0.1 && (last - 52.5).abs() < 0.1, "{first} {last}");
        assert!((minutes(50.0, 100.0) - (45.0 + first + last)).abs() < 1e-9, "parts add up");
        assert_eq!(minutes(-20.0, 300.0), minutes(0.0, 100.0));
        assert!(minutes(f64::NAN, 100.0).is_nan());
    }

    #[test]
    fn what_was_learned_counts_more_than_the_file() {
        let paces = Some(Paces::even(20.0));
        let history = HistoryFacts { charge_per_hour: 40.0, paces, ..HistoryFacts::default() };
        assert!((history.minutes_to_charge(50.0, 80.0) - 90.0).abs() < 1e-9);
        let old = "{\"charge_per_hour\":40.0}";
        let known: HistoryFacts = serde_json::from_str(old).unwrap();
        assert_eq!((known.paces, known.sure, known.drain_per_hour), (None, 0, None), "rows of before");
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(n * 60).unwrap()
    }

    #[test]
    fn spells_tell_since_when_a_limit_is_passed() {
        let mut spells = Spells::default();
        for (n, value) in [30.0, 41.0, 44.0, 42.0, 43.0].into_iter().enumerate() {
            spells.push(value, minute(i64::try_from(n).unwrap()));
        }
        assert_eq!(spells.above(40.0, minute(10)), Span::from_mins(9));
        assert_eq!(spells.above(42.0, minute(10)), Span::from_mins(8));
        assert_eq!(spells.above(43.0, minute(10)), Span::from_mins(6));
        assert_eq!(spells.above(44.0, minute(10)), Span::ZERO);
        assert_eq!(spells.above(0.0, minute(10)), Span::from_mins(10));
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_no_spell_of_a_lower_limit_shorter_than_that_of_a_higher_one() {
        let mut spells = Spells::default();
        for (value, at) in [(20.0, 100), (30.0, 200), (25.0, 50), (35.0, 60)] {
            spells.push(value, minute(at));
        }
        let above = |limit| spells.above(limit, minute(70)).as_mins();
        assert_eq!([above(20.0), above(25.0), above(35.0)], [20, 20, 10]);
    }

    #[test]
    fn a_drop_ends_the_spell() {
        let mut spells = Spells::default();
        spells.push(50.0, minute(0));
        spells.push(20.0, minute(5));
        spells.push(50.0, minute(6));
        assert_eq!(spells.above(40.0, minute(8)), Span::from_mins(2));
    }
}
